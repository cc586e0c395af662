// SPDX-License-Identifier: Apache-2.0

/// What a datagram is, told from its first bytes without reading it whole: the first step of sorting packets that
/// arrive on a shared socket.
package enum DatagramKind: Equatable, Sendable {
    /// ASF presence ping or pong.
    case asf
    /// IPMI 1.5 session format, with the session ID of its header (0: outside a session).
    case ipmi15(sessionID: UInt32)
    /// RMCP+ format, with payload type and session ID of its header (0: outside a session).
    case rmcpPlus(PayloadType, sessionID: UInt32)
    /// RMCP acknowledgement, OEM class, or nothing we know.
    case other

    package init(of datagram: [UInt8]) {
        self = (try? Self.read(datagram)) ?? .other
    }

    private static func read(_ datagram: [UInt8]) throws(WireError) -> DatagramKind {
        var reader = WireReader(datagram)
        let rmcp = try RMCPHeader(decoding: &reader)
        guard !rmcp.isAcknowledgement else { return .other }
        switch rmcp.messageClass {
        case .asf: return .asf
        case .oem: return .other
        case .ipmi: break
        }
        guard try reader.u8("authentication type") & 0x0f == RMCPPlusHeader.format else {
            try reader.skip(4, "session sequence number")
            return .ipmi15(sessionID: try reader.u32LE("session ID"))
        }
        var again = WireReader(datagram)
        let header = try RMCPPlusHeader(decoding: &again)
        return .rmcpPlus(header.payloadType, sessionID: header.sessionID)
    }
}
