// SPDX-License-Identifier: Apache-2.0

/// The four bytes in front of every datagram (ASF 2.0 §3.2.2, IPMI v2.0 §13.1.3).
package struct RMCPHeader: WireMessage {
    /// What follows the header.
    package enum Class: UInt8, Sendable {
        case asf = 0x06
        case ipmi = 0x07
        case oem = 0x08
    }

    /// FFh: no RMCP acknowledgement wanted. IPMI never wants one.
    package var sequence: UInt8
    package var messageClass: Class
    /// An RMCP acknowledgement has no body and means nothing to IPMI: drop it.
    package var isAcknowledgement: Bool

    package init(_ messageClass: Class, sequence: UInt8 = 0xff, isAcknowledgement: Bool = false) {
        self.messageClass = messageClass
        self.sequence = sequence
        self.isAcknowledgement = isAcknowledgement
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        let version = try reader.u8("RMCP version")
        guard version == Self.version else { throw .invalid(field: "RMCP version", value: UInt64(version)) }
        try reader.skip(1, "RMCP reserved")
        self.sequence = try reader.u8("RMCP sequence")
        let byte = try reader.u8("RMCP class")
        guard let messageClass = Class(rawValue: byte & 0x1f) else {
            throw .invalid(field: "RMCP class", value: UInt64(byte))
        }
        self.messageClass = messageClass
        self.isAcknowledgement = byte & 0x80 != 0
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(Self.version)
        writer.u8(0)
        writer.u8(self.sequence)
        writer.u8(self.messageClass.rawValue | (self.isAcknowledgement ? 0x80 : 0))
    }

    private static let version: UInt8 = 0x06
    /// How many bytes the header takes.
    package static let byteCount = 4
}
