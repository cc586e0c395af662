// SPDX-License-Identifier: Apache-2.0

/// Get Device ID (IPMI v2.0 §20.1): manufacturer and product select workarounds.
package enum GetDeviceID: IPMICommand {
    package static let id = CommandID(.application, 0x01)

    package typealias Request = NoData

    package struct Response: WireMessage {
        package var deviceID: UInt8
        /// Bit 7: the device provides SDRs; bits 3:0: revision.
        package var deviceRevision: UInt8
        /// Bit 7: update in progress; bits 6:0: firmware major revision.
        package var firmwareMajor: UInt8
        /// Binary coded decimal.
        package var firmwareMinor: UInt8
        /// Major version in bits 3:0, minor in bits 7:4: 02h is 2.0, 51h is 1.5.
        package var ipmiVersion: UInt8
        package var additionalDeviceSupport: UInt8
        /// 20 bits.
        package var manufacturer: UInt32
        package var product: UInt16
        /// Four bytes in the vendor's format, or missing.
        package var auxiliaryFirmwareRevision: [UInt8]

        package init(
            deviceID: UInt8,
            deviceRevision: UInt8,
            firmwareMajor: UInt8,
            firmwareMinor: UInt8,
            ipmiVersion: UInt8 = 0x02,
            additionalDeviceSupport: UInt8 = 0,
            manufacturer: UInt32,
            product: UInt16,
            auxiliaryFirmwareRevision: [UInt8] = []
        ) {
            self.deviceID = deviceID
            self.deviceRevision = deviceRevision
            self.firmwareMajor = firmwareMajor
            self.firmwareMinor = firmwareMinor
            self.ipmiVersion = ipmiVersion
            self.additionalDeviceSupport = additionalDeviceSupport
            self.manufacturer = manufacturer
            self.product = product
            self.auxiliaryFirmwareRevision = auxiliaryFirmwareRevision
        }

        /// Firmware revision the way vendors write it: `9.08`.
        package var firmwareRevision: String {
            let minor = String(self.firmwareMinor, radix: 16)
            return "\(self.firmwareMajor & 0x7f).\(minor.count < 2 ? "0" : "")\(minor)"
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.deviceID = try reader.u8("device ID")
            self.deviceRevision = try reader.u8("device revision")
            self.firmwareMajor = try reader.u8("firmware revision 1")
            self.firmwareMinor = try reader.u8("firmware revision 2")
            self.ipmiVersion = try reader.u8("IPMI version")
            self.additionalDeviceSupport = try reader.u8("additional device support")
            self.manufacturer = try reader.u24LE("manufacturer ID")
            self.product = try reader.u16LE("product ID")
            self.auxiliaryFirmwareRevision = Array(reader.rest().prefix(4))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.deviceID)
            writer.u8(self.deviceRevision)
            writer.u8(self.firmwareMajor)
            writer.u8(self.firmwareMinor)
            writer.u8(self.ipmiVersion)
            writer.u8(self.additionalDeviceSupport)
            writer.u24LE(self.manufacturer)
            writer.u16LE(self.product)
            writer.append(self.auxiliaryFirmwareRevision)
        }
    }
}
