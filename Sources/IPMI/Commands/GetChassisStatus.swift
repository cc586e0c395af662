// SPDX-License-Identifier: Apache-2.0

/// Get Chassis Status (IPMI v2.0 §28.2): is the host on?
package enum GetChassisStatus: IPMICommand {
    package static let id = CommandID(.chassis, 0x01)

    package typealias Request = NoData

    package struct Response: WireMessage {
        package var power: Power
        package var lastPowerEvent: LastPowerEvent
        package var miscellaneous: Miscellaneous
        /// Which front panel buttons are, or may be, disabled. Missing on many boards.
        package var frontPanel: UInt8?

        package init(
            power: Power,
            lastPowerEvent: LastPowerEvent = [],
            miscellaneous: Miscellaneous = [],
            frontPanel: UInt8? = nil
        ) {
            self.power = power
            self.lastPowerEvent = lastPowerEvent
            self.miscellaneous = miscellaneous
            self.frontPanel = frontPanel
        }

        /// Says that the host has power.
        package var isOn: Bool { self.power.contains(.on) }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.power = Power(rawValue: try reader.u8("current power state"))
            self.lastPowerEvent = LastPowerEvent(rawValue: try reader.u8("last power event"))
            self.miscellaneous = Miscellaneous(rawValue: try reader.u8("miscellaneous chassis state"))
            self.frontPanel = reader.isAtEnd ? nil : try reader.u8("front panel capabilities")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.power.rawValue)
            writer.u8(self.lastPowerEvent.rawValue)
            writer.u8(self.miscellaneous.rawValue)
            if let frontPanel = self.frontPanel { writer.u8(frontPanel) }
        }
    }

    /// Current power state. Bits 6:5 are the restore policy.
    package struct Power: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let on = Self(rawValue: 0x01)
        package static let overload = Self(rawValue: 0x02)
        package static let interlock = Self(rawValue: 0x04)
        package static let fault = Self(rawValue: 0x08)
        package static let controlFault = Self(rawValue: 0x10)

        /// What happens when mains power returns.
        package var restorePolicy: RestorePolicy {
            RestorePolicy(rawValue: self.rawValue >> 5 & 0x03) ?? .unknown
        }
    }

    /// What a host does when mains power returns.
    package enum RestorePolicy: UInt8, Sendable {
        case staysOff = 0
        case previousState = 1
        case alwaysOn = 2
        case unknown = 3
    }

    /// Why power changed last.
    package struct LastPowerEvent: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let mainsFailed = Self(rawValue: 0x01)
        package static let overload = Self(rawValue: 0x02)
        package static let interlock = Self(rawValue: 0x04)
        package static let fault = Self(rawValue: 0x08)
        package static let switchedOnByCommand = Self(rawValue: 0x10)
    }

    /// The rest. Bits 5:4 tell the identify light when bit 6 is set.
    package struct Miscellaneous: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let intrusion = Self(rawValue: 0x01)
        package static let frontPanelLockout = Self(rawValue: 0x02)
        package static let driveFault = Self(rawValue: 0x04)
        package static let coolingFault = Self(rawValue: 0x08)
    }
}
