// SPDX-License-Identifier: Apache-2.0

/// Chassis Control (IPMI v2.0 §28.3): power and reset. Some BMCs drop the session on a reset.
package enum ChassisControl: IPMICommand {
    package static let id = CommandID(.chassis, 0x02)

    package enum Action: UInt8, CaseIterable, Sendable {
        case powerDown = 0
        case powerUp = 1
        /// D5h when the host is off.
        case powerCycle = 2
        case hardReset = 3
        /// NMI; a Linux host panics when so configured.
        case diagnosticInterrupt = 4
        /// By emulated over-temperature.
        case softShutdown = 5
    }

    package struct Request: WireMessage {
        package var action: Action

        package init(_ action: Action) {
            self.action = action
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            let byte = try reader.u8("chassis control")
            guard let action = Action(rawValue: byte & 0x0f) else {
                throw .invalid(field: "chassis control", value: UInt64(byte & 0x0f))
            }
            self.action = action
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.action.rawValue)
        }
    }

    package typealias Response = NoData
}
