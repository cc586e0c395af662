// SPDX-License-Identifier: Apache-2.0

/// Bytes as people write them in tables and in the configuration: `^[` for ESC and `^A` for Ctrl-A, `^?` for 7f, `\e`, `\r`,
/// `\n`, `\t`, `\x1b`, `\033`, and `\\` or `\^` for those characters themselves. A caret that cannot begin a control
/// character stands for itself.
package enum ByteNotation {
    /// The bytes, or nil if a backslash is followed by something else than the above.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.popFirst() {
            switch first {
            case UInt8(ascii: "^"): bytes.append(self.control(&rest))
            case UInt8(ascii: "\\"):
                guard let byte = self.escaped(&rest) else { return nil }
                bytes.append(byte)
            default: bytes.append(first)
            }
        }
        return bytes
    }

    /// The bytes of one of our own tables, which a test has read.
    static func table(_ text: String) -> [UInt8] {
        guard let bytes = self.bytes(text) else {
            assertionFailure("bad notation in a table: \(text)")
            return []
        }
        return bytes
    }

    /// Bytes as an operator reads them; `bytes(_:)` takes it back.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case 0x00..<0x20: text += "^" + String(UnicodeScalar(byte | 0x40))
            case 0x7F: text += "^?"
            case UInt8(ascii: "\\"), UInt8(ascii: "^"): text += "\\" + String(UnicodeScalar(byte))
            case 0x80...: text += "\\x" + String(byte, radix: 16)
            default: text.unicodeScalars.append(UnicodeScalar(byte))
            }
        }
        return text
    }

    private static func control(_ rest: inout ArraySlice<UInt8>) -> UInt8 {
        switch rest.first {
        case .some(UInt8(ascii: "?")):
            rest.removeFirst()
            return 0x7F
        case .some(let letter)
        where (0x40...0x5F).contains(letter) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter):
            rest.removeFirst()
            return letter & 0x1F
        case .some, .none: return UInt8(ascii: "^")
        }
    }

    private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let first = rest.popFirst() else { return nil }
        switch first {
        case UInt8(ascii: "\\"), UInt8(ascii: "^"): return first
        case UInt8(ascii: "e"): return 0x1B
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "x"): return self.number(&rest, digits: 2, radix: 16)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            rest = ([first] + rest)[...]
            return self.number(&rest, digits: 3, radix: 8)
        default: return nil
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int, radix: Int) -> UInt8? {
        let text = String(decoding: rest.prefix(digits), as: UTF8.self)
        guard text.utf8.count == digits, let value = UInt8(text, radix: radix) else { return nil }
        rest = rest.dropFirst(digits)
        return value
    }
}
