// SPDX-License-Identifier: Apache-2.0

/// Signature of an IPMI 1.5 packet (IPMI v2.0 §22.17.1).
package enum AuthCode {
    /// The 16 bytes for one packet; nil for types that have none or that we do not know. The same formula serves both
    /// directions, each with its own sequence number.
    package static func compute(
        _ type: AuthenticationType,
        password: BMCPassword,
        sessionID: UInt32,
        sequence: UInt32,
        message: ArraySlice<UInt8>
    ) -> [UInt8]? {
        var secret = password.padded(to: BMCPassword.limitIPMI15).copied()
        var writer = WireWriter(capacity: 40 + message.count)
        writer.append(secret)
        writer.u32LE(sessionID)
        writer.append(message)
        writer.u32LE(sequence)
        writer.append(secret)
        defer {
            Digest.wipe(&writer.bytes)
            Digest.wipe(&secret)
        }
        switch type {
        case .md2: return MD2.digest(writer.bytes)
        case .md5: return Digest.md5(writer.bytes)
        case .straightPassword: return secret
        default: return nil
        }
    }
}
