// SPDX-License-Identifier: Apache-2.0

/// How the user proves the password in RAKP (IPMI v2.0 §13.28). Unknown and OEM numbers are kept.
package struct AuthenticationAlgorithm: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x3f
    }

    package static let none = Self(rawValue: 0)
    package static let hmacSHA1 = Self(rawValue: 1)
    package static let hmacMD5 = Self(rawValue: 2)
    package static let hmacSHA256 = Self(rawValue: 3)

    /// Length of the RAKP 2 and RAKP 3 digests and of SIK, K1 and K2.
    package var digestByteCount: Int { self.hash?.digestByteCount ?? 0 }

    /// Length of the RAKP 4 check value.
    package var checkValueByteCount: Int {
        switch self {
        case .hmacSHA1: 12
        case .hmacMD5, .hmacSHA256: 16
        default: 0
        }
    }

    /// The hash under the HMAC; nil for RAKP-none and what we do not know.
    package var hash: HashFunction? {
        switch self {
        case .hmacSHA1: .sha1
        case .hmacMD5: .md5
        case .hmacSHA256: .sha256
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .none: "RAKP-none"
        case .hmacSHA1: "RAKP-HMAC-SHA1"
        case .hmacMD5: "RAKP-HMAC-MD5"
        case .hmacSHA256: "RAKP-HMAC-SHA256"
        default: "authentication algorithm \(self.rawValue)"
        }
    }
}

/// How packets of a session are signed (IPMI v2.0 §13.28.4). Unknown and OEM numbers are kept.
package struct IntegrityAlgorithm: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x3f
    }

    package static let none = Self(rawValue: 0)
    package static let hmacSHA1_96 = Self(rawValue: 1)
    package static let hmacMD5_128 = Self(rawValue: 2)
    /// Keyed by the user's password, not by K1.
    package static let md5_128 = Self(rawValue: 3)
    package static let hmacSHA256_128 = Self(rawValue: 4)

    /// Length of the AuthCode at the end of a packet.
    package var authCodeByteCount: Int {
        switch self {
        case .hmacSHA1_96: 12
        case .hmacMD5_128, .md5_128, .hmacSHA256_128: 16
        default: 0
        }
    }

    package var description: String {
        switch self {
        case .none: "none"
        case .hmacSHA1_96: "HMAC-SHA1-96"
        case .hmacMD5_128: "HMAC-MD5-128"
        case .md5_128: "MD5-128"
        case .hmacSHA256_128: "HMAC-SHA256-128"
        default: "integrity algorithm \(self.rawValue)"
        }
    }
}

/// How payloads of a session are encrypted (IPMI v2.0 §13.28.5). Unknown and OEM numbers are kept.
package struct ConfidentialityAlgorithm: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x3f
    }

    package static let none = Self(rawValue: 0)
    package static let aesCBC128 = Self(rawValue: 1)
    /// Broken; never offered, never accepted. Here for its name.
    package static let xRC4_128 = Self(rawValue: 2)
    /// Broken; never offered, never accepted. Here for its name.
    package static let xRC4_40 = Self(rawValue: 3)

    package var description: String {
        switch self {
        case .none: "none"
        case .aesCBC128: "AES-CBC-128"
        case .xRC4_128: "xRC4-128"
        case .xRC4_40: "xRC4-40"
        default: "confidentiality algorithm \(self.rawValue)"
        }
    }
}
