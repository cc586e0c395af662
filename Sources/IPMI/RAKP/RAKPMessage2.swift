// SPDX-License-Identifier: Apache-2.0

/// RAKP Message 2 (IPMI v2.0 §13.21): the BMC's random number, GUID and proof of the user key.
package struct RAKPMessage2: WireMessage {
    /// What a BMC that knows the user sends.
    package struct Challenge: Equatable, Sendable {
        /// R_c, 16 bytes.
        package var managedSystemRandom: [UInt8]
        /// 16 bytes, used as they stand; their order is disputed.
        package var managedSystemGUID: [UInt8]
        /// Everything to the end of the message: Sun and Peppercon boards send a digest that is too long.
        package var keyExchangeAuthenticationCode: [UInt8]

        package init(
            managedSystemRandom: [UInt8],
            managedSystemGUID: [UInt8],
            keyExchangeAuthenticationCode: [UInt8]
        ) {
            self.managedSystemRandom = managedSystemRandom
            self.managedSystemGUID = managedSystemGUID
            self.keyExchangeAuthenticationCode = keyExchangeAuthenticationCode
        }
    }

    package var tag: UInt8
    package var status: StatusCode
    package var remoteConsoleSessionID: UInt32
    /// Nil unless `status` is `.noErrors`: what follows byte 8 of a refusal means nothing.
    package var challenge: Challenge?

    package init(
        tag: UInt8,
        status: StatusCode = .noErrors,
        remoteConsoleSessionID: UInt32,
        challenge: Challenge?
    ) {
        self.tag = tag
        self.status = status
        self.remoteConsoleSessionID = remoteConsoleSessionID
        self.challenge = challenge
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try reader.u8("message tag")
        self.status = StatusCode(rawValue: try reader.u8("status code"))
        try reader.skip(2, "reserved")
        self.remoteConsoleSessionID = try reader.u32LE("remote console session ID")
        guard self.status == .noErrors else { return }
        self.challenge = Challenge(
            managedSystemRandom: try reader.array(16, "managed system random number"),
            managedSystemGUID: try reader.array(16, "managed system GUID"),
            keyExchangeAuthenticationCode: Array(reader.rest())
        )
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.tag)
        writer.u8(self.status.rawValue)
        writer.zeros(2)
        writer.u32LE(self.remoteConsoleSessionID)
        guard let challenge = self.challenge else { return }
        writer.append(challenge.managedSystemRandom, paddedTo: 16)
        writer.append(challenge.managedSystemGUID, paddedTo: 16)
        writer.append(challenge.keyExchangeAuthenticationCode)
    }
}
