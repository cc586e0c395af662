// SPDX-License-Identifier: Apache-2.0

/// What a firmware or boot loader takes for each key.
package struct KeyProfile: Hashable, Sendable {
    /// How the configuration and the operators call it.
    package let name: String
    /// What it is for, in a few words.
    package let title: String
    let codes: [KeyName: [UInt8]]
    private let style: Style

    /// What a profile does beyond its table.
    enum Style: Hashable, Sendable {
        /// Keys without a code are not sent: firmware would take their bytes as Escape and text.
        case firmware
        /// As `firmware`; Alt is a prefix.
        case altPrefix([UInt8])
        /// As `firmware`; Alt with a letter is ESC, the capital, the letter.
        case altLetterTwice
        /// Modified keys have xterm's forms, and keys without a form pass unchanged.
        case xterm
    }

    init(_ name: String, _ title: String, _ codes: [KeyName: [UInt8]], style: Style = .firmware) {
        self.name = name
        self.title = title
        self.codes = codes
        self.style = style
    }

    /// The bytes of a key. Nil if the firmware has no code for it.
    ///
    /// A character without a code of its own is itself, with Ctrl its control character, with Alt behind ESC. The reset
    /// sequence comes only from `.controlAltDelete`, which `KeyTranslator` never sends for a key that was merely typed.
    package func encode(_ name: KeyName) -> [UInt8]? {
        let name = self.codes[name] == nil ? name.withoutKeypad : name
        if let code = self.codes[name] { return code.isEmpty ? nil : code }
        if case .character(let byte) = name.key { return self.character(byte, name.modifiers) }
        guard !name.modifiers.isEmpty else { return nil }
        switch self.style {
        case .firmware, .altLetterTwice: return nil
        case .altPrefix(let prefix):
            guard name.modifiers == .alt, let code = self.encode(KeyName(name.key)) else { return nil }
            return prefix + code
        case .xterm: return self.codes[KeyName(name.key)].flatMap { Self.xterm($0, name.modifiers) }
        }
    }

    /// True for profiles that let a key without a code pass unchanged.
    var passesUnknownKeys: Bool { self.style == .xterm }

    /// What Alt with this letter, which came as ESC and the letter, is to this firmware; nil to leave it so. Letters with
    /// which the profile's own codes begin were typed by hand.
    func altLetter(_ letter: UInt8) -> [UInt8]? {
        guard self.style == .altLetterTwice, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter),
            !self.codes.values.contains([0x1B, letter])
        else { return nil }
        return [0x1B, letter - 0x20, letter]
    }

    /// The keys that have a code, for a list.
    package var keys: [KeyName] { self.codes.filter { !$0.value.isEmpty }.keys.sorted { "\($0)" < "\($1)" } }

    private func character(_ byte: UInt8, _ modifiers: KeyModifiers) -> [UInt8]? {
        switch modifiers {
        case [], .shift: return [byte]
        case .control: return Self.control(byte).map { [$0] }
        case .alt:
            if case .altPrefix(let prefix) = self.style { return prefix + [byte] }
            return self.altLetter(byte) ?? [0x1B, byte]
        case [.control, .alt]: return Self.control(byte).map { [0x1B, $0] }
        default: return nil
        }
    }

    private static func control(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x20: 0
        case UInt8(ascii: "?"): 0x7F
        case 0x40...0x5F: byte & 0x1F
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & 0x1F
        default: nil
        }
    }

    /// `^[OP` and `^[[A` become `^[[1;5P`, `^[[3~` becomes `^[[3;5~`.
    private static func xterm(_ code: [UInt8], _ modifiers: KeyModifiers) -> [UInt8]? {
        guard code.count >= 3, code[0] == 0x1B, let final = code.last else { return nil }
        let parameters = code[2..<(code.count - 1)]
        let number = parameters.isEmpty ? [UInt8(ascii: "1")] : Array(parameters)
        return [0x1B, UInt8(ascii: "[")] + number + Array(";\(modifiers.xtermParameter)".utf8) + [final]
    }
}

/// Why a configured profile is refused.
package enum KeyProfileError: Error, Equatable, Sendable, CustomStringConvertible {
    case name(String)
    case unknownBase(String, suggestion: String?)
    case key(KeyNameError)
    case repeated(KeyName)
    case bytes(key: KeyName, text: String)
    case tooLong(key: KeyName)

    package var description: String {
        switch self {
        case .name(let name):
            "a profile cannot be called \"\(name)\": it is taken, or not made of a-z, 0-9 and -"
        case .unknownBase(let name, let suggestion):
            "there is no key profile \"\(name)\"" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .key(let error): error.description
        case .repeated(let key): "\(key) is given twice"
        case .bytes(let key, let text):
            "\(key): \"\(text)\" is not understood; write ^[ for ESC, \\xHH for a byte, \\\\ for a backslash"
        case .tooLong(let key): "\(key): a key has at most \(KeyProfile.longestCode) bytes"
        }
    }
}

extension KeyProfile {
    /// Keys must fit into one packet.
    package static let longestCode = 32

    /// Makes a profile as the configuration defines it: keys by name, their bytes in `ByteNotation`, empty for a key that
    /// shall not be sent. What is not given is taken from the base, if there is one.
    package init(
        name: String,
        title: String = "",
        base: KeyProfile? = nil,
        keys: [(name: String, bytes: String)]
    ) throws(KeyProfileError) {
        guard Self.isName(name), Self.named(name) == nil else { throw .name(name) }
        var codes = base?.codes ?? Self.plainKeys
        var seen: Set<KeyName> = []
        for (text, notation) in keys {
            let key: KeyName
            do { key = try KeyName(parsing: text) } catch { throw .key(error) }
            guard seen.insert(key).inserted else { throw .repeated(key) }
            guard let bytes = ByteNotation.bytes(notation) else { throw .bytes(key: key, text: notation) }
            guard bytes.count <= Self.longestCode else { throw .tooLong(key: key) }
            codes[key] = bytes
        }
        self.init(
            name,
            title.isEmpty ? "from the configuration" : title,
            codes,
            style: base?.style ?? .firmware
        )
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 32
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}
