// SPDX-License-Identifier: Apache-2.0

/// RAKP Message 3 (IPMI v2.0 §13.22): our proof of the user key, or why we give up.
package struct RAKPMessage3: WireMessage {
    package var tag: UInt8
    package var status: StatusCode
    package var managedSystemSessionID: UInt32
    /// Empty with RAKP-none and when `status` is not `.noErrors`.
    package var keyExchangeAuthenticationCode: [UInt8]

    package init(
        tag: UInt8,
        status: StatusCode = .noErrors,
        managedSystemSessionID: UInt32,
        keyExchangeAuthenticationCode: [UInt8]
    ) {
        self.tag = tag
        self.status = status
        self.managedSystemSessionID = managedSystemSessionID
        self.keyExchangeAuthenticationCode = keyExchangeAuthenticationCode
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try reader.u8("message tag")
        self.status = StatusCode(rawValue: try reader.u8("status code"))
        try reader.skip(2, "reserved")
        self.managedSystemSessionID = try reader.u32LE("managed system session ID")
        self.keyExchangeAuthenticationCode = Array(reader.rest())
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.tag)
        writer.u8(self.status.rawValue)
        writer.zeros(2)
        writer.u32LE(self.managedSystemSessionID)
        writer.append(self.keyExchangeAuthenticationCode)
    }
}
