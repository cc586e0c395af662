// SPDX-License-Identifier: Apache-2.0

/// Why a text names no key.
package struct KeyNameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was written.
    package let text: String
    /// The nearest name, if one is near.
    package let suggestion: String?

    package var description: String {
        let question = self.suggestion.map { "; did you mean \($0)?" }
        return self.text.isEmpty
            ? "a key name is missing, such as F11, Home or Ctrl-Alt-Del"
            : "there is no key \"\(self.text)\"" + (question ?? "")
    }
}

extension KeyName {
    /// Takes a name as people type it: `F11`, `home`, `Del`, `PgUp`, `Ctrl-Alt-Del`, `C-M-x`, `^M`, `kp_enter`, or one
    /// printable ASCII character. Case counts only for a single character.
    package init(parsing text: String) throws(KeyNameError) {
        var rest = Substring(text).trimmingSpaces
        var modifiers: KeyModifiers = []
        if rest.utf8.count == 2, rest.first == "^", let letter = rest.utf8.last, letter > 0x20, letter < 0x7F
        {
            self.init(Self.letter(letter, [.control]), [.control])
            return
        }
        while let (modifier, after) = Self.leadingModifier(of: rest) {
            modifiers.insert(modifier)
            rest = after
        }
        guard let key = Self.key(named: rest, modifiers) else {
            throw KeyNameError(text: text, suggestion: Self.suggestion(for: rest, modifiers))
        }
        self.init(key, modifiers)
    }

    /// The modifier that a name begins with, and what follows its separator.
    private static func leadingModifier(of text: Substring) -> (KeyModifiers, Substring)? {
        guard let separator = text.dropFirst().firstIndex(where: { $0 == "-" || $0 == "+" }) else {
            return nil
        }
        let after = text[text.index(after: separator)...]
        guard !after.isEmpty else { return nil }
        switch text[..<separator].lowercased() {
        case "ctrl", "control", "ctl", "c": return (.control, after)
        case "alt", "meta", "m", "a": return (.alt, after)
        case "shift", "s": return (.shift, after)
        default: return nil
        }
    }

    private static func key(named name: Substring, _ modifiers: KeyModifiers) -> Key? {
        if name.utf8.count == 1, let byte = name.utf8.first, byte > 0x20, byte < 0x7F {
            return Self.letter(byte, modifiers)
        }
        return Self.names[Self.folded(name)]
    }

    /// Ctrl makes no difference between `m` and `M`; the name has the capital.
    private static func letter(_ byte: UInt8, _ modifiers: KeyModifiers) -> Key {
        let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        return .character(modifiers.contains(.control) && isLower ? byte - 0x20 : byte)
    }

    /// Lower case, without the characters that people put between words.
    private static func folded(_ name: Substring) -> String {
        name.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
    }

    /// Every name and its other spellings, folded.
    private static let names: [String: Key] = {
        var names: [String: Key] = [:]
        for number in UInt8(1)...24 {
            names["f\(number)"] = .function(number)
            if number < 10 { names["f0\(number)"] = .function(number) }
        }
        for (key, name) in Key.named { names[Self.folded(name[...])] = key }
        for key in KeypadKey.allCases {
            names["kp" + key.rawValue.lowercased()] = .keypad(key)
            names["keypad" + key.rawValue.lowercased()] = .keypad(key)
        }
        for (spelling, key) in Self.otherSpellings { names[spelling] = key }
        return names
    }()

    private static let otherSpellings: [(String, Key)] = [
        ("del", .delete), ("ins", .insert), ("pgup", .pageUp), ("pgdn", .pageDown), ("pgdown", .pageDown),
        ("pagedn", .pageDown), ("prior", .pageUp), ("next", .pageDown),
        ("esc", .escape), ("return", .enter), ("ret", .enter), ("cr", .enter),
        ("bs", .backspace), ("bksp", .backspace), ("backsp", .backspace),
        ("uparrow", .up), ("downarrow", .down), ("leftarrow", .left), ("rightarrow", .right),
        ("arrowup", .up), ("arrowdown", .down), ("arrowleft", .left), ("arrowright", .right),
        ("spc", .character(0x20)), ("kpdel", .keypad(.delete)), ("kpins", .keypad(.insert)),
        ("kppgup", .keypad(.pageUp)), ("kppgdn", .keypad(.pageDown)), ("kpcenter", .keypad(.begin)),
    ]

    private static func suggestion(for name: Substring, _ modifiers: KeyModifiers) -> String? {
        let wanted = Array(Self.folded(name).utf8)
        guard !wanted.isEmpty, wanted.count <= 16 else { return nil }
        let near =
            Self.names.map { spelling, key in
                let letters = Array(spelling.utf8)
                let common = zip(wanted, letters).prefix { $0 == $1 }.count
                return (order: (Self.distance(wanted, letters), -common, spelling), key: key)
            }
            .min { $0.order < $1.order }
        guard let near, near.order.0 <= max(1, wanted.count / 3) else { return nil }
        return KeyName(near.key, modifiers).description
    }

    /// How many single-letter edits, or swaps of two neighbours, lie between two words.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var rows = [Array(0...other.count)]
        for line in 1...max(1, one.count) where line <= one.count {
            var row = [line]
            for column in 1...max(1, other.count) where column <= other.count {
                let isSame = one[line - 1] == other[column - 1]
                var best = min(rows[line - 1][column] + 1, row[column - 1] + 1)
                best = min(best, rows[line - 1][column - 1] + (isSame ? 0 : 1))
                if line > 1, column > 1, one[line - 1] == other[column - 2],
                    one[line - 2] == other[column - 1]
                {
                    best = min(best, rows[line - 2][column - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
