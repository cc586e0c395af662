// SPDX-License-Identifier: Apache-2.0

/// Privilege level of a session or user (IPMI v2.0 §6.8). Ordered: a higher level may do all a lower one may.
package struct PrivilegeLevel: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x0f
    }

    /// In a request: as high as the algorithms allow, or "tell the present level".
    package static let unspecified = Self(rawValue: 0)
    package static let callback = Self(rawValue: 1)
    package static let user = Self(rawValue: 2)
    package static let `operator` = Self(rawValue: 3)
    package static let administrator = Self(rawValue: 4)
    package static let oem = Self(rawValue: 5)

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String {
        switch self {
        case .unspecified: "unspecified"
        case .callback: "callback"
        case .user: "user"
        case .operator: "operator"
        case .administrator: "administrator"
        case .oem: "OEM"
        default: "level \(self.rawValue)"
        }
    }
}
