// SPDX-License-Identifier: Apache-2.0

/// The key of a BMC, K_g, at most 20 bytes of any value. Printing it gives `<redacted>`.
package struct BMCKey: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    package static let limit = 20

    package let secret: SecretBytes

    package init(_ bytes: [UInt8]) throws(SecretError) {
        guard bytes.count <= Self.limit else { throw .keyTooLong(byteCount: bytes.count) }
        self.secret = SecretBytes(bytes)
    }

    /// The bytes of a text, as they stand.
    package init(text: String) throws(SecretError) {
        try self.init(Array(text.utf8))
    }

    /// Pairs of hexadecimal digits, with or without `0x` in front: the way to write keys that are not text.
    package init(hexadecimal text: String) throws(SecretError) {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.utf8.dropFirst(2) : text.utf8[...]
        guard digits.count.isMultiple(of: 2) else { throw .keyNotHexadecimal }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = Self.value(ofDigit: digit) else { throw .keyNotHexadecimal }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        try self.init(bytes)
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// All zeros means "not set" to a BMC: then the user's password takes its place.
    package var isUnset: Bool { self.secret.copied().allSatisfy { $0 == 0 } }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
