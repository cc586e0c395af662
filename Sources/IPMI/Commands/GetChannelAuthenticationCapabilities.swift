// SPDX-License-Identifier: Apache-2.0

/// Get Channel Authentication Capabilities (IPMI v2.0 §22.13): the first thing asked of a BMC, outside a session and in
/// IPMI 1.5 format. Its answer is a hint: user-name bits, types and the K_g bit are wrong on many boards (`authcap`).
package enum GetChannelAuthenticationCapabilities: IPMICommand {
    package static let id = CommandID(.application, 0x38)

    package struct Request: WireMessage {
        /// Asks for the IPMI v2.0 data. A BMC of the 1.5 era may answer CCh: repeat without.
        package var wantsIPMI20Data: Bool
        /// 0Eh: the channel this arrives on.
        package var channel: UInt8
        package var privilege: PrivilegeLevel

        package init(
            wantsIPMI20Data: Bool = true,
            channel: UInt8 = Channel.current,
            privilege: PrivilegeLevel
        ) {
            self.wantsIPMI20Data = wantsIPMI20Data
            self.channel = channel & 0x0f
            self.privilege = privilege
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            let byte = try reader.u8("channel number")
            self.wantsIPMI20Data = byte & 0x80 != 0
            self.channel = byte & 0x0f
            self.privilege = PrivilegeLevel(rawValue: try reader.u8("requested maximum privilege level"))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.channel | (self.wantsIPMI20Data ? 0x80 : 0))
            writer.u8(self.privilege.rawValue)
        }
    }

    package struct Response: WireMessage {
        package var channel: UInt8
        package var authenticationTypes: AuthenticationTypes
        package var status: Status
        /// Valid when `authenticationTypes` contains `.ipmi20Data`.
        package var protocols: Protocols
        package var oemEnterprise: UInt32
        package var oemAuxiliary: UInt8

        package init(
            channel: UInt8,
            authenticationTypes: AuthenticationTypes,
            status: Status,
            protocols: Protocols,
            oemEnterprise: UInt32 = 0,
            oemAuxiliary: UInt8 = 0
        ) {
            self.channel = channel
            self.authenticationTypes = authenticationTypes
            self.status = status
            self.protocols = protocols
            self.oemEnterprise = oemEnterprise
            self.oemAuxiliary = oemAuxiliary
        }

        /// Says that the BMC claims to speak RMCP+.
        package var supportsIPMI20: Bool {
            self.authenticationTypes.contains(.ipmi20Data) && self.protocols.contains(.ipmi20)
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.channel = try reader.u8("channel number")
            self.authenticationTypes = .init(rawValue: try reader.u8("authentication type support"))
            self.status = .init(rawValue: try reader.u8("authentication status"))
            self.protocols = .init(rawValue: try reader.u8("extended capabilities"))
            self.oemEnterprise = try reader.u24LE("OEM ID")
            self.oemAuxiliary = try reader.u8("OEM auxiliary data")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.channel)
            writer.u8(self.authenticationTypes.rawValue)
            writer.u8(self.status.rawValue)
            writer.u8(self.protocols.rawValue)
            writer.u24LE(self.oemEnterprise)
            writer.u8(self.oemAuxiliary)
        }
    }

    /// Which IPMI 1.5 authentication types the channel offers.
    package struct AuthenticationTypes: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let none = Self(rawValue: 0x01)
        package static let md2 = Self(rawValue: 0x02)
        package static let md5 = Self(rawValue: 0x04)
        package static let straightPassword = Self(rawValue: 0x10)
        package static let oem = Self(rawValue: 0x20)
        /// The `protocols` byte is valid.
        package static let ipmi20Data = Self(rawValue: 0x80)
    }

    /// What kinds of log-in exist.
    package struct Status: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// User 1 has neither name nor password.
        package static let anonymousLogin = Self(rawValue: 0x01)
        /// There is a user without a name but with a password.
        package static let nullUserNames = Self(rawValue: 0x02)
        package static let nonNullUserNames = Self(rawValue: 0x04)
        package static let userLevelAuthenticationDisabled = Self(rawValue: 0x08)
        package static let perMessageAuthenticationDisabled = Self(rawValue: 0x10)
        /// K_g is set to a value that is not zero.
        package static let bmcKeySet = Self(rawValue: 0x20)
    }

    /// Which session protocols the channel speaks.
    package struct Protocols: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let ipmi15 = Self(rawValue: 0x01)
        package static let ipmi20 = Self(rawValue: 0x02)
    }
}

/// Channel numbers.
package enum Channel {
    /// The channel a request arrives on.
    package static let current: UInt8 = 0x0e
}
