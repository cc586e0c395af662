// SPDX-License-Identifier: Apache-2.0

/// A packet in IPMI 1.5 format, RMCP header included (IPMI v2.0 §13.6): the sessions of old BMCs, and everything asked
/// before a session so that every BMC understands it.
package struct IPMI15Packet: WireMessage {
    package var authenticationType: AuthenticationType
    /// 0 outside a session.
    package var sequence: UInt32
    /// 0 outside a session.
    package var sessionID: UInt32
    /// 16 bytes; nil with authentication type none.
    package var authCode: [UInt8]?
    /// At most 255 bytes.
    package var message: ArraySlice<UInt8>

    /// A packet outside a session.
    package init(_ message: [UInt8]) {
        self.init(.none, sessionID: 0, sequence: 0, authCode: nil, message: message[...])
    }

    package init(
        _ authenticationType: AuthenticationType,
        sessionID: UInt32,
        sequence: UInt32,
        authCode: [UInt8]?,
        message: ArraySlice<UInt8>
    ) {
        self.authenticationType = authenticationType
        self.sessionID = sessionID
        self.sequence = sequence
        self.authCode = authCode
        self.message = message
    }

    /// A packet of a session, signed as `authenticationType` wants it.
    package init(
        signing message: [UInt8],
        _ authenticationType: AuthenticationType,
        sessionID: UInt32,
        sequence: UInt32,
        password: BMCPassword
    ) {
        self.init(
            authenticationType,
            sessionID: sessionID,
            sequence: sequence,
            authCode: AuthCode.compute(
                authenticationType,
                password: password,
                sessionID: sessionID,
                sequence: sequence,
                message: message[...]
            ),
            message: message[...]
        )
    }

    /// Reads the message by its length byte; a pad byte of 00h may follow and stays in the reader.
    package init(decoding reader: inout WireReader) throws(WireError) {
        let rmcp = try RMCPHeader(decoding: &reader)
        guard rmcp.messageClass == .ipmi, !rmcp.isAcknowledgement else {
            throw .invalid(field: "RMCP class", value: UInt64(rmcp.messageClass.rawValue))
        }
        self.authenticationType = AuthenticationType(rawValue: try reader.u8("authentication type"))
        guard self.authenticationType != .rmcpPlus else {
            throw .invalid(field: "authentication type", value: UInt64(self.authenticationType.rawValue))
        }
        self.sequence = try reader.u32LE("session sequence number")
        self.sessionID = try reader.u32LE("session ID")
        self.authCode = self.authenticationType == .none ? nil : try reader.array(16, "AuthCode")
        let length = try reader.u8("message length")
        self.message = try reader.slice(Int(length), "message")
    }

    package func encode(into writer: inout WireWriter) {
        RMCPHeader(.ipmi).encode(into: &writer)
        writer.u8(self.authenticationType.rawValue)
        writer.u32LE(self.sequence)
        writer.u32LE(self.sessionID)
        if self.authenticationType != .none { writer.append(self.authCode ?? [], paddedTo: 16) }
        let message = self.message.prefix(Int(UInt8.max))
        writer.u8(UInt8(message.count))
        writer.append(message)
    }

    /// Says whether the AuthCode is the one the password gives. A packet without one is not verified.
    package func isAuthentic(password: BMCPassword) -> Bool {
        let expected = AuthCode.compute(
            self.authenticationType,
            password: password,
            sessionID: self.sessionID,
            sequence: self.sequence,
            message: self.message
        )
        guard let authCode = self.authCode, let expected else { return false }
        return Digest.areEqual(authCode[...], expected[...])
    }
}
