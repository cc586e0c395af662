// SPDX-License-Identifier: Apache-2.0

/// Activate Session (IPMI v2.0 §22.17): second step of an IPMI 1.5 log-in, signed, with the temporary session ID.
package enum ActivateSession: IPMICommand {
    package static let id = CommandID(.application, 0x3a)

    package struct Request: WireMessage {
        package var authenticationType: AuthenticationType
        package var privilege: PrivilegeLevel
        /// 16 bytes, from Get Session Challenge.
        package var challenge: [UInt8]
        /// The number the BMC is to start its own packets with; random, not 0.
        package var initialOutboundSequence: UInt32

        package init(
            authenticationType: AuthenticationType,
            privilege: PrivilegeLevel,
            challenge: [UInt8],
            initialOutboundSequence: UInt32
        ) {
            self.authenticationType = authenticationType
            self.privilege = privilege
            self.challenge = challenge
            self.initialOutboundSequence = initialOutboundSequence
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.authenticationType = AuthenticationType(rawValue: try reader.u8("authentication type"))
            self.privilege = PrivilegeLevel(rawValue: try reader.u8("requested maximum privilege level"))
            self.challenge = try reader.array(16, "challenge")
            self.initialOutboundSequence = try reader.u32LE("initial outbound sequence number")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.authenticationType.rawValue)
            writer.u8(self.privilege.rawValue)
            writer.append(self.challenge, paddedTo: 16)
            writer.u32LE(self.initialOutboundSequence)
        }
    }

    package struct Response: WireMessage {
        /// For the rest of the session: none, when per-message authentication is disabled.
        package var authenticationType: AuthenticationType
        package var sessionID: UInt32
        /// The number our next packet carries.
        package var initialInboundSequence: UInt32
        package var maximumPrivilege: PrivilegeLevel

        package init(
            authenticationType: AuthenticationType,
            sessionID: UInt32,
            initialInboundSequence: UInt32,
            maximumPrivilege: PrivilegeLevel
        ) {
            self.authenticationType = authenticationType
            self.sessionID = sessionID
            self.initialInboundSequence = initialInboundSequence
            self.maximumPrivilege = maximumPrivilege
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.authenticationType = AuthenticationType(rawValue: try reader.u8("authentication type"))
            self.sessionID = try reader.u32LE("session ID")
            self.initialInboundSequence = try reader.u32LE("initial inbound sequence number")
            self.maximumPrivilege = PrivilegeLevel(rawValue: try reader.u8("maximum privilege level"))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.authenticationType.rawValue)
            writer.u32LE(self.sessionID)
            writer.u32LE(self.initialInboundSequence)
            writer.u8(self.maximumPrivilege.rawValue)
        }
    }
}
