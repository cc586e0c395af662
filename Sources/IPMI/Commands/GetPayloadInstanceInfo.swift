// SPDX-License-Identifier: Apache-2.0

/// Get Payload Instance Info (IPMI v2.0 §24.5): who owns the payload. Our keepalive, because it notices theft too.
package enum GetPayloadInstanceInfo: IPMICommand {
    package static let id = CommandID(.application, 0x4b)

    package typealias Request = PayloadInstance

    package struct Response: WireMessage {
        /// The BMC's ID of the session that owns the instance, the one its console puts into packets; 0: inactive.
        package var sessionID: UInt32
        /// Eight bytes, specific to the payload. Empty when a BMC ends the answer after the session ID.
        package var payloadSpecific: [UInt8]

        package init(sessionID: UInt32, payloadSpecific: [UInt8]) {
            self.sessionID = sessionID
            self.payloadSpecific = payloadSpecific
        }

        /// What the BMC says for SOL.
        package init(sessionID: UInt32, serialPort: UInt8) {
            self.init(sessionID: sessionID, payloadSpecific: [serialPort, 0, 0, 0, 0, 0, 0, 0])
        }

        /// SOL: number of the system's serial port.
        package var serialPort: UInt8? { self.payloadSpecific.first }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.sessionID = try reader.u32LE("session ID")
            self.payloadSpecific = Array(reader.rest().prefix(8))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u32LE(self.sessionID)
            writer.append(self.payloadSpecific)
        }
    }
}
