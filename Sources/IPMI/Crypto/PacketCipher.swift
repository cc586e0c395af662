// SPDX-License-Identifier: Apache-2.0

/// Protects and unprotects the packets of one session. A small protocol, so that the implementation can be exchanged
/// and tests can set a second one beside it.
package protocol PacketCipher: AnyObject, Sendable {
    /// Set after an activation that the BMC accepted without encryption only (83h, and the configuration allows it): SOL
    /// packets then go and come in clear, still signed; everything else stays as the suite says.
    var solIsInClear: Bool { get set }

    /// A whole datagram with this payload, encrypted and signed as the session's suite says.
    func seal(_ type: PayloadType, _ payload: [UInt8], sequence: UInt32) throws(PacketCipherFailure)
        -> [UInt8]

    /// Verifies and decrypts a whole datagram that `DatagramKind` found to belong to this session. Sequence numbers are
    /// the caller's business. Pass the datagram with `consume` where it is not needed any more: decrypted in place.
    func open(_ datagram: consuming [UInt8]) throws(PacketRejection) -> OpenedPacket
}

/// What a packet of a session contained.
package struct OpenedPacket: Equatable, Sendable {
    package var payloadType: PayloadType
    package var sessionID: UInt32
    package var sequence: UInt32
    /// The payload in clear, without pads.
    package var payload: ArraySlice<UInt8>
    /// False when the confidentiality pad does not count 1, 2, 3...: worth a count, not a refusal.
    package var hasExpectedPad: Bool

    package init(
        payloadType: PayloadType,
        sessionID: UInt32,
        sequence: UInt32,
        payload: ArraySlice<UInt8>,
        hasExpectedPad: Bool = true
    ) {
        self.payloadType = payloadType
        self.sessionID = sessionID
        self.sequence = sequence
        self.payload = payload
        self.hasExpectedPad = hasExpectedPad
    }
}

/// Why a packet of a session was dropped.
package enum PacketRejection: Error, Equatable, Sendable, CustomStringConvertible {
    /// The header cannot be read, or the payload length passes the end.
    case malformed(WireError)
    /// The session ID is not ours.
    case otherSession(UInt32)
    /// The suite signs every packet, this one is not signed.
    case unsigned
    /// The suite encrypts every packet, this one is not encrypted.
    case unencrypted
    /// The packet claims a protection the suite does not have.
    case unexpectedProtection
    /// The AuthCode is wrong: made with another key, or altered on the way.
    case wrongAuthCode
    /// The encrypted payload is not an initialisation vector and whole blocks.
    case wrongCiphertextLength(Int)
    /// The last byte of the clear text names an impossible pad length.
    case wrongPadLength(UInt8)
    /// libcrypto failed.
    case cryptoFailure

    package var description: String {
        switch self {
        case .malformed(let error): "malformed packet: \(error)"
        case .otherSession(let id): "packet of another session (\(String(id, radix: 16))h)"
        case .unsigned: "unsigned packet on a signed session"
        case .unencrypted: "clear packet on an encrypted session"
        case .unexpectedProtection: "packet claims a protection that the cipher suite lacks"
        case .wrongAuthCode: "AuthCode is wrong"
        case .wrongCiphertextLength(let count): "encrypted payload of \(count) bytes"
        case .wrongPadLength(let count): "confidentiality pad of \(count) bytes"
        case .cryptoFailure: "libcrypto failed"
        }
    }
}

/// Why a session's packets cannot be protected.
package enum PacketCipherFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// libcrypto refuses an algorithm of the suite (MD5 in FIPS mode).
    case algorithmUnavailable(CipherSuite)
    /// The keys do not belong to the suite: derived with another authentication algorithm.
    case unsuitableKeys(CipherSuite)
    /// The payload is too long for the length field.
    case payloadTooLong(Int)
    /// libcrypto failed.
    case cryptoFailure

    package var description: String {
        switch self {
        case .algorithmUnavailable(let suite): "libcrypto does not offer the algorithms of \(suite)"
        case .unsuitableKeys(let suite): "the session's keys do not fit \(suite)"
        case .payloadTooLong(let count): "payload of \(count) bytes"
        case .cryptoFailure: "libcrypto failed"
        }
    }
}
