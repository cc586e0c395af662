// SPDX-License-Identifier: Apache-2.0

/// `cipher_suite:`.
package enum CipherSuiteSetting: Hashable, Sendable {
    /// The best that both sides have, never less than 3.
    case automatic
    /// This one and no other.
    case number(UInt8)

    /// Reads `auto` or a number; refuses, by name, what is not built.
    package init(parsing text: String) throws(ValueError) {
        if text == "auto" {
            self = .automatic
            return
        }
        guard text.utf8.allSatisfy(isDigit), let number = UInt8(text), let parts = Self.standard[number]
        else {
            throw ValueError(
                "\(text.quoted) is not a cipher suite; write auto, 17 or 3 (or another of 0 to 19)"
            )
        }
        guard !parts.contains("xRC4") else {
            throw ValueError(
                "cipher suite \(number) (\(parts)) is not built: RC4 is broken; write auto, 17 or 3"
            )
        }
        self = .number(number)
    }

    /// What an administrator should know about the choice.
    var caution: String? {
        guard case .number(let number) = self else { return nil }
        switch number {
        case 0: return "cipher suite 0 checks no password and encrypts nothing"
        case 1, 2, 6, 7, 11, 15, 16:
            return "cipher suite \(number) encrypts nothing: console text and keys go in clear"
        default: return nil
        }
    }

    /// IPMI v2.0 table 22-20.
    private static let standard: [UInt8: String] = [
        0: "none, none, none",
        1: "RAKP-HMAC-SHA1, none, none",
        2: "RAKP-HMAC-SHA1, HMAC-SHA1-96, none",
        3: "RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128",
        4: "RAKP-HMAC-SHA1, HMAC-SHA1-96, xRC4-128",
        5: "RAKP-HMAC-SHA1, HMAC-SHA1-96, xRC4-40",
        6: "RAKP-HMAC-MD5, none, none",
        7: "RAKP-HMAC-MD5, HMAC-MD5-128, none",
        8: "RAKP-HMAC-MD5, HMAC-MD5-128, AES-CBC-128",
        9: "RAKP-HMAC-MD5, HMAC-MD5-128, xRC4-128",
        10: "RAKP-HMAC-MD5, HMAC-MD5-128, xRC4-40",
        11: "RAKP-HMAC-MD5, MD5-128, none",
        12: "RAKP-HMAC-MD5, MD5-128, AES-CBC-128",
        13: "RAKP-HMAC-MD5, MD5-128, xRC4-128",
        14: "RAKP-HMAC-MD5, MD5-128, xRC4-40",
        15: "RAKP-HMAC-SHA256, none, none",
        16: "RAKP-HMAC-SHA256, HMAC-SHA256-128, none",
        17: "RAKP-HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128",
        18: "RAKP-HMAC-SHA256, HMAC-SHA256-128, xRC4-128",
        19: "RAKP-HMAC-SHA256, HMAC-SHA256-128, xRC4-40",
    ]
}
