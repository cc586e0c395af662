// SPDX-License-Identifier: Apache-2.0

/// What an operator types before a command to Heliograph itself.
package struct EscapeKeys: Hashable, Sendable, CustomStringConvertible {
    /// One to `maximumLength` ASCII bytes.
    package let bytes: [UInt8]
    /// Recognised only at the beginning of a line, as OpenSSH does.
    package let onlyAfterNewline: Bool
    /// As it was written: the preset's name, or the keys.
    package let description: String

    package static let maximumLength = 8

    private init(_ name: String, _ bytes: [UInt8], onlyAfterNewline: Bool = false) {
        self.bytes = bytes
        self.onlyAfterNewline = onlyAfterNewline
        self.description = name
    }

    package static let conserver = EscapeKeys("conserver", [0x05, 0x63])
    package static let conman = EscapeKeys("conman", [0x26])
    package static let ssh = EscapeKeys("ssh", [0x7E], onlyAfterNewline: true)
    package static let telnet = EscapeKeys("telnet", [0x1D])
    package static let presets = [conserver, conman, ssh, telnet]

    /// Takes a preset's name, or the keys: `^E` for Ctrl-E, `^?` for Delete, `\005` in octal, `\\` and `\^` for those
    /// characters themselves. A lone `^` means itself.
    package init(parsing text: String) throws(ValueError) {
        if let preset = Self.presets.first(where: { $0.description == text }) {
            self = preset
            return
        }
        let word =
            text.utf8.count > 2
            && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        guard !word else {
            let names = Self.presets.map(\.description)
            throw ValueError(
                "there is no escape preset \(text.quoted)" + Spelling.hint(for: text, among: names)
            )
        }
        let keys = try Self.keys(in: text)
        guard !keys.isEmpty else { throw ValueError("the escape is empty") }
        guard keys.count <= Self.maximumLength else {
            throw ValueError("the escape has more than \(Self.maximumLength) keys")
        }
        for key in keys {
            switch key {
            case 0x0A, 0x0D: throw ValueError("the escape has Enter in it")
            case 0x1B: throw ValueError("the escape has the Esc key in it, with which function keys begin")
            case 0x80...: throw ValueError("the escape has a character that is not ASCII")
            default: continue
            }
        }
        if keys.count == 1, let key = keys.first, EscapeKeys.isOrdinary(key) {
            throw ValueError(
                "the escape \(text.quoted) is a key that everybody types; take a control key such as \"^E\""
            )
        }
        self.init(text, keys)
    }

    /// The key of a command that this escape makes unreachable: after the escape, its own last key sends the escape.
    var hiddenCommand: String? {
        guard let last = self.bytes.last, ".?asfjBSlkK\\tpr/iwunbdoLPx;e!z".utf8.contains(last) else {
            return nil
        }
        return String(UnicodeScalar(last))
    }

    private static func isOrdinary(_ key: UInt8) -> Bool {
        switch key {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), 0x08, 0x09, 0x7F: true
        default: false
        }
    }

    private static func keys(in text: String) throws(ValueError) -> [UInt8] {
        var keys: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch (byte, rest.first) {
            case (UInt8(ascii: "^"), UInt8(ascii: "?")):
                rest.removeFirst()
                keys.append(0x7F)
            case (UInt8(ascii: "^"), .some(let next)) where (0x40...0x7E).contains(next):
                rest.removeFirst()
                keys.append(next & 0x1F)
            case (UInt8(ascii: "\\"), UInt8(ascii: "\\")), (UInt8(ascii: "\\"), UInt8(ascii: "^")):
                keys.append(rest.removeFirst())
            case (UInt8(ascii: "\\"), _):
                let digits = String(decoding: rest.prefix(3), as: UTF8.self)
                guard digits.utf8.count == 3, digits.utf8.allSatisfy(isDigit),
                    let value = UInt8(digits, radix: 8)
                else {
                    throw ValueError(
                        "the escape has \"\\\" with something other than three octal digits, \"\\\" or \"^\""
                    )
                }
                rest = rest.dropFirst(3)
                keys.append(value)
            default:
                keys.append(byte)
            }
        }
        return keys
    }
}
