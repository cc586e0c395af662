// SPDX-License-Identifier: Apache-2.0

/// RAKP Message 4 (IPMI v2.0 §13.23): the BMC's proof that it knows K_g, or a refusal.
package struct RAKPMessage4: WireMessage {
    package var tag: UInt8
    package var status: StatusCode
    package var remoteConsoleSessionID: UInt32
    /// Ignore it with RAKP-none, where some boards send one all the same (`integritycheckvalue`), and after a refusal.
    package var integrityCheckValue: [UInt8]

    package init(
        tag: UInt8,
        status: StatusCode = .noErrors,
        remoteConsoleSessionID: UInt32,
        integrityCheckValue: [UInt8]
    ) {
        self.tag = tag
        self.status = status
        self.remoteConsoleSessionID = remoteConsoleSessionID
        self.integrityCheckValue = integrityCheckValue
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try reader.u8("message tag")
        self.status = StatusCode(rawValue: try reader.u8("status code"))
        try reader.skip(2, "reserved")
        self.remoteConsoleSessionID = try reader.u32LE("remote console session ID")
        self.integrityCheckValue = Array(reader.rest())
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.tag)
        writer.u8(self.status.rawValue)
        writer.zeros(2)
        writer.u32LE(self.remoteConsoleSessionID)
        writer.append(self.integrityCheckValue)
    }
}
