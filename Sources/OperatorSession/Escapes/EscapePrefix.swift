// SPDX-License-Identifier: Apache-2.0

/// The keys that tell Heliograph that a command follows, and not text for the console.
package struct EscapePrefix: Hashable, Sendable {
    /// The keys, one to `maximumLength` ASCII bytes.
    package let bytes: [UInt8]
    /// True where the prefix counts only as the first thing on a line, as OpenSSH's tilde does.
    package let onlyAfterNewline: Bool

    /// Longer prefixes are refused: nobody types them, and held-back keys are bounded by this.
    package static let maximumLength = 8

    /// `^Ec`, as conserver has it.
    package static let conserver = EscapePrefix(unchecked: [0x05, 0x63])
    /// `&`, as ConMan has it.
    package static let conman = EscapePrefix(unchecked: [0x26])
    /// `~` after a newline, as OpenSSH has it.
    package static let ssh = EscapePrefix(unchecked: [0x7E], onlyAfterNewline: true)
    /// `^]`, as telnet has it.
    package static let telnet = EscapePrefix(unchecked: [0x1D])

    /// The presets by the name that the configuration gives them.
    package static let presets: [(name: String, prefix: EscapePrefix)] = [
        ("conserver", .conserver), ("conman", .conman), ("ssh", .ssh), ("telnet", .telnet),
    ]

    private init(unchecked bytes: [UInt8], onlyAfterNewline: Bool = false) {
        self.bytes = bytes
        self.onlyAfterNewline = onlyAfterNewline
    }

    /// Takes the keys as they are typed.
    package init(bytes: [UInt8], onlyAfterNewline: Bool = false) throws(EscapePrefixError) {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumLength else { throw .tooLong }
        for byte in bytes {
            switch byte {
            case 0x0A, 0x0D: throw .newline
            case 0x1B: throw .escapeKey
            case 0x80...: throw .notASCII
            default: break
            }
        }
        self.init(unchecked: bytes, onlyAfterNewline: onlyAfterNewline)
    }

    /// Takes what the configuration says: a preset's name, or the keys with `^E` for Ctrl-E, `^?` for Delete, `\005`
    /// in octal, and `\\` or `\^` for those characters themselves. A lone `^` means itself.
    package init(parsing text: String) throws(EscapePrefixError) {
        if let preset = Self.presets.first(where: { $0.name == text }) {
            self = preset.prefix
            return
        }
        try self.init(bytes: Self.keys(in: Array(text.utf8)))
    }

    /// How an operator reads the prefix: `^Ec`.
    package var name: String { Self.name(of: self.bytes) }

    /// The command that cannot be reached, because the prefix's last character after the prefix sends the prefix itself:
    /// with `^Xa` that is `a`. The configuration warns about it.
    package var hiddenCommand: UInt8? {
        self.bytes.last.flatMap { last in EscapeCommand.table.contains { $0.key == last } ? last : nil }
    }

    /// Keys as an operator reads them: `^E` for a control character.
    package static func name(of keys: some Sequence<UInt8>) -> String {
        var name = ""
        for key in keys {
            switch key {
            case 0x00..<0x20: name += "^" + String(UnicodeScalar(key | 0x40))
            case 0x7F: name += "^?"
            case 0x80...: name += "\\" + String(key, radix: 8)
            default: name.unicodeScalars.append(UnicodeScalar(key))
            }
        }
        return name
    }

    private static func keys(in text: [UInt8]) throws(EscapePrefixError) -> [UInt8] {
        var keys: [UInt8] = []
        var rest = text[...]
        while let first = rest.popFirst() {
            switch first {
            case UInt8(ascii: "^"): keys.append(try self.control(&rest))
            case UInt8(ascii: "\\"): keys.append(try self.backslash(&rest))
            default: keys.append(first)
            }
        }
        return keys
    }

    private static func control(_ rest: inout ArraySlice<UInt8>) throws(EscapePrefixError) -> UInt8 {
        guard let letter = rest.popFirst() else { return UInt8(ascii: "^") }
        switch letter {
        case UInt8(ascii: "?"): return 0x7F
        case UInt8(ascii: "@")...UInt8(ascii: "_"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            return letter & 0x1F
        default: throw .badControl
        }
    }

    private static func backslash(_ rest: inout ArraySlice<UInt8>) throws(EscapePrefixError) -> UInt8 {
        guard let first = rest.first else { throw .badOctal }
        if first == UInt8(ascii: "\\") || first == UInt8(ascii: "^") {
            rest.removeFirst()
            return first
        }
        guard let value = OctalCharacter.value(of: rest.prefix(3)) else { throw .badOctal }
        rest.removeFirst(3)
        return value
    }
}

/// Why a text is not an escape prefix.
package enum EscapePrefixError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong
    case newline
    case escapeKey
    case notASCII
    case badControl
    case badOctal

    package var description: String {
        switch self {
        case .empty: "an escape prefix needs at least one key"
        case .tooLong: "an escape prefix has at most \(EscapePrefix.maximumLength) keys"
        case .newline: "an escape prefix cannot contain Enter"
        case .escapeKey: "an escape prefix cannot contain Esc, which starts the arrow and function keys"
        case .notASCII: "an escape prefix consists of ASCII keys"
        case .badControl:
            "^ is followed by a letter or one of @ [ \\ ] ^ _ ?; write \\^ for the character itself"
        case .badOctal: "\\ is followed by three octal digits, \\ or ^"
        }
    }
}

/// A character written as three octal digits, `000` to `377`.
enum OctalCharacter {
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) }

    static func value(of digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 3 else { return nil }
        var value = 0
        for digit in digits {
            guard self.isDigit(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }
}
