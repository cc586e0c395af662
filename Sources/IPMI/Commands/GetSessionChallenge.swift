// SPDX-License-Identifier: Apache-2.0

/// Get Session Challenge (IPMI v2.0 §22.16): first step of an IPMI 1.5 log-in, outside a session.
package enum GetSessionChallenge: IPMICommand {
    package static let id = CommandID(.application, 0x39)

    package struct Request: WireMessage {
        package var authenticationType: AuthenticationType
        /// At most 16 bytes; zeros at the end do not belong to the name.
        package var userName: [UInt8]

        package init(authenticationType: AuthenticationType, userName: [UInt8]) {
            self.authenticationType = authenticationType
            self.userName = userName
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.authenticationType = AuthenticationType(rawValue: try reader.u8("authentication type"))
            self.userName = Array(try reader.slice(16, "user name").prefix { $0 != 0 })
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.authenticationType.rawValue)
            writer.append(self.userName, paddedTo: 16)
        }
    }

    package struct Response: WireMessage {
        package var temporarySessionID: UInt32
        /// 16 bytes.
        package var challenge: [UInt8]

        package init(temporarySessionID: UInt32, challenge: [UInt8]) {
            self.temporarySessionID = temporarySessionID
            self.challenge = challenge
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.temporarySessionID = try reader.u32LE("temporary session ID")
            self.challenge = try reader.array(16, "challenge")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u32LE(self.temporarySessionID)
            writer.append(self.challenge, paddedTo: 16)
        }
    }
}
