// SPDX-License-Identifier: Apache-2.0

/// Get Payload Activation Status (IPMI v2.0 §24.4). Any error means "unknown": boards exist that answer CCh.
package enum GetPayloadActivationStatus: IPMICommand {
    package static let id = CommandID(.application, 0x4a)

    package struct Request: WireMessage {
        package var payloadType: PayloadType

        package init(_ payloadType: PayloadType = .sol) {
            self.payloadType = payloadType
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.payloadType = PayloadType(rawValue: try reader.u8("payload type"))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.payloadType.rawValue)
        }
    }

    package struct Response: WireMessage {
        /// How many instances can be active; some say 0 and mean 1.
        package var capacity: UInt8
        /// Bit n: instance n + 1 is active.
        package var activeInstances: UInt16

        package init(capacity: UInt8, activeInstances: UInt16) {
            self.capacity = capacity & 0x0f
            self.activeInstances = activeInstances
        }

        /// Says whether an instance, counted from 1, is active.
        package func isActive(_ instance: UInt8) -> Bool {
            (1...16).contains(instance) && self.activeInstances >> (UInt16(instance) - 1) & 1 == 1
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.capacity = try reader.u8("instance capacity") & 0x0f
            self.activeInstances = try reader.u16LE("payload instance activation")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.capacity)
            writer.u16LE(self.activeInstances)
        }
    }
}
