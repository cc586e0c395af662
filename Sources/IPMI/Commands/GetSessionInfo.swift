// SPDX-License-Identifier: Apache-2.0

/// Get Session Info (IPMI v2.0 §22.20): tells an operator who holds the console.
package enum GetSessionInfo: IPMICommand {
    package static let id = CommandID(.application, 0x3d)

    /// Which session to tell about.
    package enum Request: WireMessage {
        case current
        /// The n-th active session, from 1.
        case active(UInt8)
        case handle(UInt8)
        case sessionID(UInt32)

        package init(decoding reader: inout WireReader) throws(WireError) {
            switch try reader.u8("session index") {
            case 0x00: self = .current
            case 0xfe: self = .handle(try reader.u8("session handle"))
            case 0xff: self = .sessionID(try reader.u32LE("session ID"))
            case let index: self = .active(index)
            }
        }

        package func encode(into writer: inout WireWriter) {
            switch self {
            case .current:
                writer.u8(0x00)
            case .active(let index):
                writer.u8(index)
            case .handle(let handle):
                writer.u8(0xfe)
                writer.u8(handle)
            case .sessionID(let id):
                writer.u8(0xff)
                writer.u32LE(id)
            }
        }
    }

    package struct Response: WireMessage {
        /// 0: no such session.
        package var handle: UInt8
        package var possibleSessions: UInt8
        package var activeSessions: UInt8
        /// Nil when there is no such session.
        package var session: Session?

        package init(handle: UInt8, possibleSessions: UInt8, activeSessions: UInt8, session: Session?) {
            self.handle = handle
            self.possibleSessions = possibleSessions
            self.activeSessions = activeSessions
            self.session = session
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.handle = try reader.u8("session handle")
            self.possibleSessions = try reader.u8("possible active sessions") & 0x3f
            self.activeSessions = try reader.u8("current active sessions") & 0x3f
            self.session = reader.isAtEnd ? nil : try Session(decoding: &reader)
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.handle)
            writer.u8(self.possibleSessions)
            writer.u8(self.activeSessions)
            self.session?.encode(into: &writer)
        }
    }

    /// One active session.
    package struct Session: WireMessage {
        package var userID: UInt8
        package var privilege: PrivilegeLevel
        package var isIPMI20: Bool
        package var channel: UInt8
        /// Nil when the session does not come over LAN.
        package var peer: Peer?

        package init(
            userID: UInt8,
            privilege: PrivilegeLevel,
            isIPMI20: Bool,
            channel: UInt8,
            peer: Peer?
        ) {
            self.userID = userID
            self.privilege = privilege
            self.isIPMI20 = isIPMI20
            self.channel = channel & 0x0f
            self.peer = peer
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.userID = try reader.u8("user ID") & 0x3f
            self.privilege = PrivilegeLevel(rawValue: try reader.u8("operating privilege level"))
            let byte = try reader.u8("session protocol and channel")
            self.isIPMI20 = byte >> 4 == 1
            self.channel = byte & 0x0f
            self.peer = reader.isAtEnd ? nil : try Peer(decoding: &reader)
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.userID)
            writer.u8(self.privilege.rawValue)
            writer.u8(self.channel | (self.isIPMI20 ? 0x10 : 0))
            self.peer?.encode(into: &writer)
        }
    }

    /// Where a session over LAN comes from.
    package struct Peer: WireMessage {
        /// Four bytes of IPv4 address.
        package var address: [UInt8]
        /// Six bytes.
        package var macAddress: [UInt8]
        package var port: UInt16

        package init(address: [UInt8], macAddress: [UInt8], port: UInt16) {
            self.address = address
            self.macAddress = macAddress
            self.port = port
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.address = try reader.array(4, "remote console IP address")
            self.macAddress = try reader.array(6, "remote console MAC address")
            self.port = try reader.u16LE("remote console port")
        }

        package func encode(into writer: inout WireWriter) {
            writer.append(self.address, paddedTo: 4)
            writer.append(self.macAddress, paddedTo: 6)
            writer.u16LE(self.port)
        }
    }
}
