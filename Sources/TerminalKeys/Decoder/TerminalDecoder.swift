// SPDX-License-Identifier: Apache-2.0

/// What an operator's terminal sent, taken apart.
package enum TerminalToken: Equatable, Sendable {
    /// Characters; UTF-8 is never cut within a character.
    case text([UInt8])
    /// A key, and the bytes that it came as.
    case key(KeyName, bytes: [UInt8])
    /// Part of a bracketed paste, without the brackets. The first one is empty, long pastes come in several more.
    case paste([UInt8])
    /// A lone ESC, ESC and a character, a terminal's report, or a sequence nobody knows.
    case unknown([UInt8])
}

/// Finds keys in what an operator's terminal sends, in whatever pieces it arrives. All bytes come out again, in order and
/// unchanged, but for the brackets of a paste.
///
/// ```
///             starter byte                     decided, or quiet for `escapeTimeout`
///  text  ───────────────────> sequence (held) ──────────────────────────────────────> text
///    │   half a character           │ ESC [ 2 0 0 ~
///    ├──────────────> character     └────────────────> paste ──── ESC [ 2 0 1 ~ ────> text
/// ```
///
/// Never holds more than `longestSequence` bytes.
package struct TerminalDecoder: Sendable {
    /// How long the rest of a sequence may take to arrive. A lone ESC waits this long.
    package var escapeTimeout: Duration

    /// How long a paste may pause before it is taken to have ended without its end.
    package static let pasteTimeout: Duration = .seconds(5)

    /// Longer ones go out in parts.
    package static let longestSequence = 64

    package static let defaultEscapeTimeout: Duration = .milliseconds(100)
    static let pasteBegin = ByteNotation.table("^[[200~")
    static let pasteEnd = ByteNotation.table("^[[201~")

    private enum State: Equatable, Sendable {
        case text
        /// The first bytes of a character in UTF-8 are held.
        case character
        /// `held` is the beginning of a sequence; `node` is where its bytes lead in the table, nil if nowhere. With
        /// `isAlt`, `held` has an ESC more in front.
        case sequence(KeyGrammar, node: KeyTrie.Node?, isAlt: Bool)
        /// Inside the brackets; `held` is the beginning of the closing one, or empty.
        case paste
    }

    private let trie: KeyTrie
    private var state: State = .text
    private var held: [UInt8] = []
    private var lastByte: ContinuousClock.Instant?

    /// Decodes what terminals of this family send.
    package init(family: TerminalFamily, escapeTimeout: Duration = Self.defaultEscapeTimeout) {
        self.trie = KeyTrie.of(family)
        self.escapeTimeout = escapeTimeout
    }

    /// Decodes what the terminal with this TERM sends.
    package init(term: String, escapeTimeout: Duration = Self.defaultEscapeTimeout) {
        self.init(family: TerminalFamily(term: term), escapeTimeout: escapeTimeout)
    }

    /// Call `wakeUp(now:)` then. Nil: nothing is held.
    package var deadline: ContinuousClock.Instant? {
        guard let lastByte else { return nil }
        return switch self.state {
        case .text: nil
        case .character, .sequence: lastByte + self.escapeTimeout
        case .paste: lastByte + Self.pasteTimeout
        }
    }

    /// Takes bytes; tokens are added to `tokens`.
    package mutating func receive(
        _ bytes: [UInt8],
        now: ContinuousClock.Instant,
        into tokens: inout [TerminalToken]
    ) {
        guard !bytes.isEmpty else { return }
        self.wakeUp(now: now, into: &tokens)
        self.lastByte = now
        if self.state == .character {
            // Rare: the character goes on; start again with its beginning in front.
            let whole = self.held + bytes
            self.held.removeAll(keepingCapacity: true)
            self.state = .text
            return self.decode(whole, into: &tokens)
        }
        self.decode(bytes, into: &tokens)
    }

    /// Takes bytes.
    package mutating func receive(_ bytes: [UInt8], now: ContinuousClock.Instant) -> [TerminalToken] {
        var tokens: [TerminalToken] = []
        self.receive(bytes, now: now, into: &tokens)
        return tokens
    }

    /// Gives out what is held if its time has passed.
    package mutating func wakeUp(now: ContinuousClock.Instant, into tokens: inout [TerminalToken]) {
        guard let deadline, now >= deadline else { return }
        self.release(into: &tokens)
    }

    /// Gives out what is held if its time has passed.
    package mutating func wakeUp(now: ContinuousClock.Instant) -> [TerminalToken] {
        var tokens: [TerminalToken] = []
        self.wakeUp(now: now, into: &tokens)
        return tokens
    }

    /// Gives out what is held, and forgets that a paste was on.
    package mutating func release(into tokens: inout [TerminalToken]) {
        defer { self.state = .text }
        guard !self.held.isEmpty else { return }
        switch self.state {
        case .text, .character: tokens.append(.text(self.takeHeld()))
        case .sequence: tokens.append(.unknown(self.takeHeld()))
        case .paste: tokens.append(.paste(self.takeHeld()))
        }
    }

    private mutating func takeHeld() -> [UInt8] {
        defer { self.held.removeAll(keepingCapacity: true) }
        return Array(self.held)
    }
}

// MARK: - Text

extension TerminalDecoder {
    private mutating func decode(_ bytes: [UInt8], into tokens: inout [TerminalToken]) {
        var index = 0
        while index < bytes.count {
            switch self.state {
            case .text, .character: self.text(bytes, &index, &tokens)
            case .sequence(let grammar, let node, let isAlt):
                self.sequence(bytes[index], grammar, node, isAlt: isAlt, &index, &tokens)
            case .paste: self.paste(bytes, &index, &tokens)
            }
        }
    }

    /// Gives out characters up to the next starter, and begins a sequence with that.
    private mutating func text(_ bytes: [UInt8], _ index: inout Int, _ tokens: inout [TerminalToken]) {
        let start = index
        while index < bytes.count, !self.trie.starters.contains(bytes[index]) { index += 1 }
        if index == bytes.count {
            let end = index - UTF8Tail.incomplete(bytes[start..<index])
            if start == 0, end == index {
                tokens.append(.text(bytes))
                return
            }
            if start < end { tokens.append(.text(Array(bytes[start..<end]))) }
            guard end < index else { return }
            self.held.append(contentsOf: bytes[end..<index])
            self.state = .character
            return
        }
        if start < index { tokens.append(.text(Array(bytes[start..<index]))) }
        self.begin(with: bytes[index], &tokens)
        index += 1
    }

    private mutating func begin(with byte: UInt8, _ tokens: inout [TerminalToken]) {
        let node = self.trie.next(KeyTrie.root, byte)
        self.held.append(byte)
        if let node, let key = self.trie.key(at: node) {
            self.finish(.key(key, bytes: self.takeHeld()), &tokens)
            return
        }
        self.state = .sequence(byte == 0x1B ? .escape : .table, node: node, isAlt: false)
    }

    private mutating func finish(_ token: TerminalToken, _ tokens: inout [TerminalToken]) {
        tokens.append(token)
        self.state = .text
    }
}

// MARK: - Sequences

extension TerminalDecoder {
    private mutating func sequence(
        _ byte: UInt8,
        _ grammar: KeyGrammar,
        _ node: KeyTrie.Node?,
        isAlt: Bool,
        _ index: inout Int,
        _ tokens: inout [TerminalToken]
    ) {
        if grammar == .escape, byte == 0x1B || isAlt {
            self.secondEscape(byte, isAlt: isAlt, &index, &tokens)
            return
        }
        let next = node.flatMap { self.trie.next($0, byte) }
        if let next, let key = self.trie.key(at: next) {
            self.held.append(byte)
            index += 1
            self.finish(.key(key.with(isAlt ? [.alt] : []), bytes: self.takeHeld()), &tokens)
            return
        }
        switch grammar.step(byte, isFirst: self.held.count == (isAlt ? 3 : 2)) {
        case .more(let grammar): self.hold(byte, grammar, next, isAlt: isAlt, &index, &tokens)
        case .complete where next != nil: self.hold(byte, .table, next, isAlt: isAlt, &index, &tokens)
        case .complete:
            self.held.append(byte)
            index += 1
            self.complete(isAlt: isAlt, &tokens)
        case .broken where next != nil: self.hold(byte, grammar, next, isAlt: isAlt, &index, &tokens)
        case .broken:
            // The byte is not part of it: what is held goes out, and the byte is looked at afresh.
            self.finish(.unknown(self.takeHeld()), &tokens)
        }
    }

    private mutating func hold(
        _ byte: UInt8,
        _ grammar: KeyGrammar,
        _ node: KeyTrie.Node?,
        isAlt: Bool,
        _ index: inout Int,
        _ tokens: inout [TerminalToken]
    ) {
        self.held.append(byte)
        index += 1
        self.state = .sequence(grammar, node: node, isAlt: isAlt)
        if byte == UInt8(ascii: "$"), self.trie.endsWithDollar(self.held.dropFirst(isAlt ? 1 : 0)) {
            self.complete(isAlt: isAlt, &tokens)
        } else if self.held.count >= Self.longestSequence {
            self.finish(.unknown(self.takeHeld()), &tokens)
        }
    }

    /// ESC ESC may be Alt with a key, of PuTTY and rxvt. Anything but `[` or `O` after it shows that the first was a lone one.
    private mutating func secondEscape(
        _ byte: UInt8,
        isAlt: Bool,
        _ index: inout Int,
        _ tokens: inout [TerminalToken]
    ) {
        let escape = self.trie.next(KeyTrie.root, 0x1B)
        switch (byte, isAlt) {
        case (0x1B, false):
            self.held.append(byte)
            self.state = .sequence(.escape, node: escape, isAlt: true)
            index += 1
        case (UInt8(ascii: "["), _), (UInt8(ascii: "O"), _):
            self.held.append(byte)
            let grammar: KeyGrammar = byte == UInt8(ascii: "[") ? .control : .singleShift
            self.state = .sequence(grammar, node: escape.flatMap { self.trie.next($0, byte) }, isAlt: true)
            index += 1
        case (_, _):
            self.held.removeLast()
            tokens.append(.unknown(self.takeHeld()))
            self.held.append(0x1B)
            self.state = .sequence(.escape, node: escape, isAlt: false)
        }
    }

    /// `held` is a whole sequence that the table does not have.
    private mutating func complete(isAlt: Bool, _ tokens: inout [TerminalToken]) {
        if self.held.dropFirst(isAlt ? 1 : 0).elementsEqual(Self.pasteBegin) {
            if isAlt { tokens.append(.unknown([0x1B])) }
            self.held.removeAll(keepingCapacity: true)
            tokens.append(.paste([]))
            self.state = .paste
            return
        }
        let key = self.trie.key(byRule: self.held.dropFirst(isAlt ? 1 : 0))?.with(isAlt ? [.alt] : [])
        let bytes = self.takeHeld()
        self.finish(key.map { .key($0, bytes: bytes) } ?? .unknown(bytes), &tokens)
    }
}

// MARK: - Paste

extension TerminalDecoder {
    /// Gives out what is pasted up to the end of `bytes` or the closing bracket, whose beginning is held.
    private mutating func paste(_ bytes: [UInt8], _ index: inout Int, _ tokens: inout [TerminalToken]) {
        var pasted: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Self.pasteEnd[self.held.count] {
                self.held.append(byte)
                index += 1
                guard self.held.count == Self.pasteEnd.count else { continue }
                self.held.removeAll(keepingCapacity: true)
                self.state = .text
                break
            }
            // What is held was no bracket. ESC begins it and occurs nowhere else in it, so only this byte can begin one anew.
            if !self.held.isEmpty {
                pasted.append(contentsOf: self.takeHeld())
                continue
            }
            pasted.append(byte)
            index += 1
        }
        if !pasted.isEmpty { tokens.append(.paste(pasted)) }
    }
}

/// Where the last character of a text in UTF-8 is cut.
enum UTF8Tail {
    /// How many bytes at the end begin a character whose rest is missing: 0 to 3. Bytes that are not UTF-8 count as whole.
    static func incomplete(_ bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        for byte in bytes.reversed() {
            count += 1
            switch byte {
            case 0x00...0x7F: return 0
            case 0x80...0xBF: if count == 3 { return 0 }
            case 0xC2...0xDF: return count < 2 ? count : 0
            case 0xE0...0xEF: return count < 3 ? count : 0
            case 0xF0...0xF4: return count < 4 ? count : 0
            default: return 0
            }
        }
        return 0
    }
}
