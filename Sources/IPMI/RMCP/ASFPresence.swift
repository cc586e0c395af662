// SPDX-License-Identifier: Apache-2.0

/// ASF Presence Ping: "is there anything on port 623?" (ASF 2.0 §3.2.4.2). Sent as a whole datagram.
package struct ASFPresencePing: WireMessage {
    /// Repeated by the pong; FFh asks for no answer.
    package var tag: UInt8

    package init(tag: UInt8) {
        self.tag = tag
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try ASFHeader.read(type: ASFHeader.ping, from: &reader).tag
    }

    package func encode(into writer: inout WireWriter) {
        ASFHeader.write(type: ASFHeader.ping, tag: self.tag, dataLength: 0, into: &writer)
    }
}

/// ASF Presence Pong (ASF 2.0 §3.2.4.3). Its absence proves nothing: several BMCs never answer.
package struct ASFPresencePong: WireMessage {
    package var tag: UInt8
    /// IANA number under which the OEM field has a meaning; 4542: none.
    package var enterprise: UInt32
    package var oemData: UInt32
    /// Bit 7: IPMI is supported.
    package var supportedEntities: UInt8
    package var supportedInteractions: UInt8

    /// Says that the responder speaks IPMI.
    package var supportsIPMI: Bool { self.supportedEntities & 0x80 != 0 }

    package init(
        tag: UInt8,
        enterprise: UInt32 = ASFHeader.enterprise,
        oemData: UInt32 = 0,
        supportedEntities: UInt8 = 0x81,
        supportedInteractions: UInt8 = 0
    ) {
        self.tag = tag
        self.enterprise = enterprise
        self.oemData = oemData
        self.supportedEntities = supportedEntities
        self.supportedInteractions = supportedInteractions
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try ASFHeader.read(type: ASFHeader.pong, from: &reader).tag
        self.enterprise = try reader.u32BE("pong enterprise number")
        self.oemData = try reader.u32BE("pong OEM data")
        self.supportedEntities = try reader.u8("pong supported entities")
        self.supportedInteractions = try reader.u8("pong supported interactions")
        try reader.skip(6, "pong reserved")
    }

    package func encode(into writer: inout WireWriter) {
        ASFHeader.write(type: ASFHeader.pong, tag: self.tag, dataLength: 16, into: &writer)
        writer.u32BE(self.enterprise)
        writer.u32BE(self.oemData)
        writer.u8(self.supportedEntities)
        writer.u8(self.supportedInteractions)
        writer.zeros(6)
    }
}

/// What ping and pong have in common. All numbers of ASF are big-endian.
package enum ASFHeader {
    /// The IANA enterprise number of ASF.
    package static let enterprise: UInt32 = 4542
    /// Message type of a presence ping.
    package static let ping: UInt8 = 0x80
    /// Message type of a presence pong.
    package static let pong: UInt8 = 0x40

    fileprivate static func read(
        type expected: UInt8,
        from reader: inout WireReader
    ) throws(WireError) -> (tag: UInt8, dataLength: UInt8) {
        let header = try RMCPHeader(decoding: &reader)
        guard header.messageClass == .asf, !header.isAcknowledgement else {
            throw .invalid(field: "RMCP class", value: UInt64(header.messageClass.rawValue))
        }
        let enterprise = try reader.u32BE("ASF enterprise number")
        guard enterprise == Self.enterprise else {
            throw .invalid(field: "ASF enterprise number", value: UInt64(enterprise))
        }
        let type = try reader.u8("ASF message type")
        guard type == expected else { throw .invalid(field: "ASF message type", value: UInt64(type)) }
        let tag = try reader.u8("ASF message tag")
        try reader.skip(1, "ASF reserved")
        return (tag, try reader.u8("ASF data length"))
    }

    fileprivate static func write(type: UInt8, tag: UInt8, dataLength: UInt8, into writer: inout WireWriter) {
        RMCPHeader(.asf).encode(into: &writer)
        writer.u32BE(Self.enterprise)
        writer.u8(type)
        writer.u8(tag)
        writer.u8(0)
        writer.u8(dataLength)
    }
}
