// SPDX-License-Identifier: Apache-2.0

/// What an RMCP+ packet carries (IPMI v2.0 §13.27.3).
package struct PayloadType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x3f
    }

    package static let ipmiMessage = Self(rawValue: 0x00)
    package static let sol = Self(rawValue: 0x01)
    /// Six more bytes in the header say whose payload it is.
    package static let oemExplicit = Self(rawValue: 0x02)
    package static let openSessionRequest = Self(rawValue: 0x10)
    package static let openSessionResponse = Self(rawValue: 0x11)
    package static let rakpMessage1 = Self(rawValue: 0x12)
    package static let rakpMessage2 = Self(rawValue: 0x13)
    package static let rakpMessage3 = Self(rawValue: 0x14)
    package static let rakpMessage4 = Self(rawValue: 0x15)

    /// Session set-up payloads travel outside a session, neither signed nor encrypted.
    package var isSessionSetup: Bool { (0x10...0x15).contains(self.rawValue) }
}
