// SPDX-License-Identifier: Apache-2.0

/// The header of an RMCP+ packet, RMCP header included (IPMI v2.0 §13.6).
package struct RMCPPlusHeader: WireMessage {
    /// Whose payload an OEM explicit one is.
    package struct OEMPayload: Equatable, Sendable {
        package var enterprise: UInt32
        package var payloadID: UInt16

        package init(enterprise: UInt32, payloadID: UInt16) {
            self.enterprise = enterprise
            self.payloadID = payloadID
        }
    }

    package var payloadType: PayloadType
    package var isEncrypted: Bool
    package var isAuthenticated: Bool
    /// Present with payload type `.oemExplicit` only.
    package var oem: OEMPayload?
    /// The ID its *receiver* chose; 0 outside a session.
    package var sessionID: UInt32
    /// 0 outside a session.
    package var sequence: UInt32
    /// Bytes of the payload field, confidentiality header and trailer included.
    package var payloadLength: UInt16

    package init(
        _ payloadType: PayloadType,
        sessionID: UInt32,
        sequence: UInt32,
        payloadLength: UInt16,
        isEncrypted: Bool = false,
        isAuthenticated: Bool = false,
        oem: OEMPayload? = nil
    ) {
        self.payloadType = payloadType
        self.sessionID = sessionID
        self.sequence = sequence
        self.payloadLength = payloadLength
        self.isEncrypted = isEncrypted
        self.isAuthenticated = isAuthenticated
        self.oem = oem
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        let rmcp = try RMCPHeader(decoding: &reader)
        guard rmcp.messageClass == .ipmi, !rmcp.isAcknowledgement else {
            throw .invalid(field: "RMCP class", value: UInt64(rmcp.messageClass.rawValue))
        }
        let format = try reader.u8("authentication type")
        guard format & 0x0f == Self.format else {
            throw .invalid(field: "authentication type", value: UInt64(format))
        }
        let type = try reader.u8("payload type")
        self.payloadType = PayloadType(rawValue: type)
        self.isEncrypted = type & 0x80 != 0
        self.isAuthenticated = type & 0x40 != 0
        if self.payloadType == .oemExplicit {
            let enterprise = try reader.u32LE("OEM IANA number")
            self.oem = OEMPayload(enterprise: enterprise, payloadID: try reader.u16LE("OEM payload ID"))
        }
        self.sessionID = try reader.u32LE("session ID")
        self.sequence = try reader.u32LE("session sequence number")
        self.payloadLength = try reader.u16LE("payload length")
    }

    package func encode(into writer: inout WireWriter) {
        RMCPHeader(.ipmi).encode(into: &writer)
        writer.u8(Self.format)
        writer.u8(
            self.payloadType.rawValue | (self.isEncrypted ? 0x80 : 0) | (self.isAuthenticated ? 0x40 : 0)
        )
        if self.payloadType == .oemExplicit {
            writer.u32LE(self.oem?.enterprise ?? 0)
            writer.u16LE(self.oem?.payloadID ?? 0)
        }
        writer.u32LE(self.sessionID)
        writer.u32LE(self.sequence)
        writer.u16LE(self.payloadLength)
    }

    /// The authentication type that marks RMCP+ packets.
    package static let format: UInt8 = 0x06
    /// Bytes up to the payload, for every type but OEM explicit.
    package static let byteCount = 16
}
