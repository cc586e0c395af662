// SPDX-License-Identifier: Apache-2.0

/// A cipher suite we speak (IPMI v2.0 §22.15.2): 0 to 3, 6 to 8, 11, 12, 15 to 17.
package struct CipherSuite: Hashable, Sendable, CustomStringConvertible {
    package let id: UInt8
    package let authentication: AuthenticationAlgorithm
    package let integrity: IntegrityAlgorithm
    package let confidentiality: ConfidentialityAlgorithm

    /// Why a cipher suite is not spoken.
    package enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// The suite encrypts with RC4, which is broken.
        case xRC4(id: Int, algorithm: ConfidentialityAlgorithm)
        /// No standard suite has this number.
        case unknown(id: Int)

        package var description: String {
            switch self {
            case .xRC4(let id, let algorithm):
                "cipher suite \(id) encrypts with \(algorithm), which is broken; use 3 or 17"
            case .unknown(let id):
                "there is no cipher suite \(id); use 3 or 17"
            }
        }
    }

    /// The suite with this number, or why it is refused.
    package init(id: Int) throws(Refusal) {
        guard let suite = Self.all.first(where: { $0.id == id }) else {
            switch id {
            case 4, 9, 13, 18: throw .xRC4(id: id, algorithm: .xRC4_128)
            case 5, 10, 14, 19: throw .xRC4(id: id, algorithm: .xRC4_40)
            default: throw .unknown(id: id)
            }
        }
        self = suite
    }

    /// The suite made of these algorithms, nil when we do not speak it.
    package init?(
        _ authentication: AuthenticationAlgorithm,
        _ integrity: IntegrityAlgorithm,
        _ confidentiality: ConfidentialityAlgorithm
    ) {
        let match = Self.all.first {
            $0.authentication == authentication && $0.integrity == integrity
                && $0.confidentiality == confidentiality
        }
        guard let match else { return nil }
        self = match
    }

    private init(
        _ id: UInt8,
        _ authentication: AuthenticationAlgorithm,
        _ integrity: IntegrityAlgorithm,
        _ confidentiality: ConfidentialityAlgorithm
    ) {
        self.id = id
        self.authentication = authentication
        self.integrity = integrity
        self.confidentiality = confidentiality
    }

    /// No password check at all: refuse unless configured.
    package static let suite0 = Self(0, .none, .none, .none)
    /// Mandatory for every BMC.
    package static let suite3 = Self(3, .hmacSHA1, .hmacSHA1_96, .aesCBC128)
    /// Preferred.
    package static let suite17 = Self(17, .hmacSHA256, .hmacSHA256_128, .aesCBC128)

    /// Every suite we speak, by number.
    package static let all: [CipherSuite] = [
        .suite0,
        Self(1, .hmacSHA1, .none, .none),
        Self(2, .hmacSHA1, .hmacSHA1_96, .none),
        .suite3,
        Self(6, .hmacMD5, .none, .none),
        Self(7, .hmacMD5, .hmacMD5_128, .none),
        Self(8, .hmacMD5, .hmacMD5_128, .aesCBC128),
        Self(11, .hmacMD5, .md5_128, .none),
        Self(12, .hmacMD5, .md5_128, .aesCBC128),
        Self(15, .hmacSHA256, .none, .none),
        Self(16, .hmacSHA256, .hmacSHA256_128, .none),
        .suite17,
    ]

    /// Says that packets are signed.
    package var isAuthenticated: Bool { self.integrity != .none }
    /// Says that payloads are encrypted.
    package var isEncrypted: Bool { self.confidentiality != .none }

    package var description: String {
        "cipher suite \(self.id) (\(self.authentication), \(self.integrity), \(self.confidentiality))"
    }
}
