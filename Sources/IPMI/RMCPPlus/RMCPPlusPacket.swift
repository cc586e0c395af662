// SPDX-License-Identifier: Apache-2.0

/// A packet with its payload as it lies on the wire (IPMI v2.0 §13.6): for everything outside a session, where there is
/// neither signature nor encryption. Packets of a session go through a `PacketCipher`.
package struct RMCPPlusPacket: WireMessage {
    package var header: RMCPPlusHeader
    package var payload: ArraySlice<UInt8>

    package var payloadType: PayloadType { self.header.payloadType }

    /// A packet outside a session: session ID and sequence 0.
    package init(_ payloadType: PayloadType, _ payload: [UInt8]) {
        self.init(payloadType, payload[...], sessionID: 0, sequence: 0)
    }

    /// A packet without signature and encryption. Payloads of 64 KiB do not exist; the length field would wrap.
    package init(
        _ payloadType: PayloadType,
        _ payload: ArraySlice<UInt8>,
        sessionID: UInt32,
        sequence: UInt32
    ) {
        self.header = RMCPPlusHeader(
            payloadType,
            sessionID: sessionID,
            sequence: sequence,
            payloadLength: UInt16(truncatingIfNeeded: payload.count)
        )
        self.payload = payload
    }

    /// Reads header and payload field. What follows (pad, AuthCode, or stray bytes) stays in the reader.
    package init(decoding reader: inout WireReader) throws(WireError) {
        self.header = try RMCPPlusHeader(decoding: &reader)
        self.payload = try reader.slice(Int(self.header.payloadLength), "payload")
    }

    package func encode(into writer: inout WireWriter) {
        self.header.encode(into: &writer)
        writer.append(self.payload)
    }
}
