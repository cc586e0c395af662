// SPDX-License-Identifier: Apache-2.0

/// SOL Activating (IPMI v2.0 §26.1): a request *from the BMC*. OpenBMC sends it to the session whose payload was taken
/// away, instead of a SOL packet with the deactivating bit. No response is sent.
package enum SOLActivating: IPMICommand {
    package static let id = CommandID(.transport, 0x20)

    package struct Request: WireMessage {
        package var sessionState: UInt8
        package var instance: UInt8
        package var formatMajor: UInt8
        package var formatMinor: UInt8

        package init(
            sessionState: UInt8 = 0,
            instance: UInt8 = 1,
            formatMajor: UInt8 = 1,
            formatMinor: UInt8 = 0
        ) {
            self.sessionState = sessionState & 0x0f
            self.instance = instance & 0x0f
            self.formatMajor = formatMajor
            self.formatMinor = formatMinor
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.sessionState = try reader.u8("session state") & 0x0f
            self.instance = try reader.u8("payload instance") & 0x0f
            self.formatMajor = try reader.u8("SOL format version major")
            self.formatMinor = try reader.u8("SOL format version minor")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.sessionState)
            writer.u8(self.instance)
            writer.u8(self.formatMajor)
            writer.u8(self.formatMinor)
        }
    }

    package typealias Response = NoData
}
