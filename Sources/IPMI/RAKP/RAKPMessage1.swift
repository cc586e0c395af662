// SPDX-License-Identifier: Apache-2.0

/// RAKP Message 1 (IPMI v2.0 §13.20): our random number, the role and the user name.
package struct RAKPMessage1: WireMessage {
    package var tag: UInt8
    package var managedSystemSessionID: UInt32
    /// R_m, 16 bytes.
    package var remoteConsoleRandom: [UInt8]
    /// Requested privilege in bits 3:0, name-only lookup in bit 4; enters the digests as it stands.
    package var role: Role
    /// At most 16 bytes, without padding. A longer one is read all the same: the BMC answers `.invalidNameLength`.
    package var userName: [UInt8]

    /// The role byte.
    package struct Role: RawRepresentable, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// With name-only lookup, which every known client asks for: the BMC finds the user whatever its level.
        package init(_ privilege: PrivilegeLevel, nameOnlyLookup: Bool = true) {
            self.rawValue = privilege.rawValue | (nameOnlyLookup ? 0x10 : 0)
        }

        package var privilege: PrivilegeLevel { PrivilegeLevel(rawValue: self.rawValue) }
        package var nameOnlyLookup: Bool { self.rawValue & 0x10 != 0 }
    }

    package init(
        tag: UInt8,
        managedSystemSessionID: UInt32,
        remoteConsoleRandom: [UInt8],
        role: Role,
        userName: [UInt8]
    ) {
        self.tag = tag
        self.managedSystemSessionID = managedSystemSessionID
        self.remoteConsoleRandom = remoteConsoleRandom
        self.role = role
        self.userName = userName
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try reader.u8("message tag")
        try reader.skip(3, "reserved")
        self.managedSystemSessionID = try reader.u32LE("managed system session ID")
        self.remoteConsoleRandom = try reader.array(16, "remote console random number")
        self.role = Role(rawValue: try reader.u8("requested maximum privilege level"))
        try reader.skip(2, "reserved")
        let length = try reader.u8("user name length")
        self.userName = try reader.array(Int(length), "user name")
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.tag)
        writer.zeros(3)
        writer.u32LE(self.managedSystemSessionID)
        writer.append(self.remoteConsoleRandom, paddedTo: 16)
        writer.u8(self.role.rawValue)
        writer.zeros(2)
        let name = self.userName.prefix(Int(UInt8.max))
        writer.u8(UInt8(name.count))
        writer.append(name)
    }
}
