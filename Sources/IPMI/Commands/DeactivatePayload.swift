// SPDX-License-Identifier: Apache-2.0

/// Deactivate Payload (IPMI v2.0 §24.2), also that of another session, if the privilege allows.
package enum DeactivatePayload: IPMICommand {
    package static let id = CommandID(.application, 0x49)

    /// Completion codes of this command.
    package enum Code {
        /// Counts as success.
        package static let alreadyDeactivated = CompletionCode(rawValue: 0x80)
        package static let payloadTypeDisabled = CompletionCode(rawValue: 0x81)
    }

    package struct Request: WireMessage {
        package var payload: PayloadInstance
        /// 0 for SOL.
        package var auxiliary: UInt32

        package init(_ payload: PayloadInstance = .sol, auxiliary: UInt32 = 0) {
            self.payload = payload
            self.auxiliary = auxiliary
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.payload = try PayloadInstance(decoding: &reader)
            self.auxiliary = try reader.u32LE("payload auxiliary data")
        }

        package func encode(into writer: inout WireWriter) {
            self.payload.encode(into: &writer)
            writer.u32LE(self.auxiliary)
        }
    }

    package typealias Response = NoData
}
