// SPDX-License-Identifier: Apache-2.0

/// Set Session Privilege Level (IPMI v2.0 §22.18). A session begins at User level whatever was asked before.
package enum SetSessionPrivilegeLevel: IPMICommand {
    package static let id = CommandID(.application, 0x3b)

    package struct Request: WireMessage {
        /// `.unspecified`: tell the present level.
        package var privilege: PrivilegeLevel

        package init(privilege: PrivilegeLevel) {
            self.privilege = privilege
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.privilege = PrivilegeLevel(rawValue: try reader.u8("requested privilege level"))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.privilege.rawValue)
        }
    }

    package struct Response: WireMessage {
        package var privilege: PrivilegeLevel

        package init(privilege: PrivilegeLevel) {
            self.privilege = privilege
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.privilege = PrivilegeLevel(rawValue: try reader.u8("new privilege level"))
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.privilege.rawValue)
        }
    }
}
