// SPDX-License-Identifier: Apache-2.0

/// How IPMI 1.5 packets are authenticated (IPMI v2.0 §13.6).
package struct AuthenticationType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x0f
    }

    package static let none = Self(rawValue: 0)
    package static let md2 = Self(rawValue: 1)
    package static let md5 = Self(rawValue: 2)
    package static let straightPassword = Self(rawValue: 4)
    package static let oem = Self(rawValue: 5)
    /// Not an authentication type: marks RMCP+ packets.
    package static let rmcpPlus = Self(rawValue: 6)

    package var description: String {
        switch self {
        case .none: "none"
        case .md2: "MD2"
        case .md5: "MD5"
        case .straightPassword: "straight password"
        case .oem: "OEM"
        case .rmcpPlus: "RMCP+"
        default: "authentication type \(self.rawValue)"
        }
    }
}
