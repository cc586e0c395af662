// SPDX-License-Identifier: Apache-2.0

/// Close Session (IPMI v2.0 §22.19). Do not insist: some BMCs never answer.
package enum CloseSession: IPMICommand {
    package static let id = CommandID(.application, 0x3c)

    package struct Request: WireMessage {
        /// The BMC's session ID, the one we put into our packets.
        package var sessionID: UInt32
        /// Names the session when the ID is 0.
        package var handle: UInt8?

        package init(sessionID: UInt32, handle: UInt8? = nil) {
            self.sessionID = sessionID
            self.handle = handle
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.sessionID = try reader.u32LE("session ID")
            self.handle = self.sessionID == 0 && !reader.isAtEnd ? try reader.u8("session handle") : nil
        }

        package func encode(into writer: inout WireWriter) {
            writer.u32LE(self.sessionID)
            if let handle = self.handle { writer.u8(handle) }
        }
    }

    package typealias Response = NoData
}
