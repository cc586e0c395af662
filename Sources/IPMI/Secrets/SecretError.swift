// SPDX-License-Identifier: Apache-2.0

/// Why a password or key cannot be used. Says lengths, never contents.
package enum SecretError: Error, Equatable, Sendable, CustomStringConvertible {
    /// IPMI v2.0 allows 20 bytes.
    case passwordTooLong(byteCount: Int)
    /// IPMI 1.5 allows 16 bytes.
    case passwordTooLongForIPMI15(byteCount: Int)
    /// K_g has at most 20 bytes.
    case keyTooLong(byteCount: Int)
    /// Hexadecimal notation wants pairs of digits.
    case keyNotHexadecimal

    package var description: String {
        switch self {
        case .passwordTooLong(let count):
            "the password has \(count) bytes; IPMI v2.0 allows at most \(BMCPassword.limit)"
        case .passwordTooLongForIPMI15(let count):
            "the password has \(count) bytes; an IPMI 1.5 session allows at most \(BMCPassword.limitIPMI15)"
        case .keyTooLong(let count):
            "the BMC key K_g has \(count) bytes; at most \(BMCKey.limit) are allowed"
        case .keyNotHexadecimal:
            "the BMC key K_g is not written in pairs of hexadecimal digits"
        }
    }
}
