// SPDX-License-Identifier: Apache-2.0

/// A line that the operator types to Heliograph instead of to the console: echoed, edited, bounded.
package struct LinePrompt: Equatable, Sendable {
    /// What the line is for.
    package enum Purpose: Equatable, Sendable, CaseIterable {
        case note
        case broadcast
        case search
        case keyName
        case console
        case prefix

        var question: String {
            switch self {
            case .note: "note"
            case .broadcast: "message to all here"
            case .search: "search for"
            case .keyName: "key"
            case .console: "move to console"
            case .prefix: "new escape keys, then Enter"
            }
        }
    }

    /// What came of a key.
    enum Step: Equatable {
        /// Still typing; show this.
        case more(echo: [UInt8])
        case done([UInt8])
        case cancelled
        /// Cancelled by the Esc before; this key is not part of it.
        case cancelledBefore
    }

    /// Where we are in an arrow or function key, whose sequence is dropped.
    private enum Sequence: Equatable {
        case none
        case escape(until: ContinuousClock.Instant)
        case control
        case singleShift
    }

    /// Bytes in a line. More are refused with a bell.
    package static let maximumLength = 240
    /// How long an Esc waits for the rest of an arrow key's sequence before it means cancel.
    package static let escapePatience: Duration = .milliseconds(150)

    package let purpose: Purpose
    private var line: [UInt8] = []
    private var sequence = Sequence.none

    init(_ purpose: Purpose) {
        self.purpose = purpose
    }

    /// What is shown before the line.
    var opening: [UInt8] { Array("\r\n[heliograph] \(self.purpose.question) (Esc cancels): ".utf8) }

    var deadline: ContinuousClock.Instant? {
        guard case .escape(let until) = self.sequence else { return nil }
        return until
    }

    /// The keys that cancel where one key is awaited: Esc, Enter, ^C, ^G.
    static func cancels(_ key: UInt8) -> Bool { [0x1B, 0x0D, 0x0A, 0x03, 0x07].contains(key) }

    mutating func take(_ key: UInt8, now: ContinuousClock.Instant) -> Step {
        switch self.sequence {
        case .none: return self.takeKey(key, now: now)
        case .escape:
            switch Unicode.Scalar(key) {
            case "[": self.sequence = .control
            case "O": self.sequence = .singleShift
            default: return .cancelledBefore
            }
        case .control:
            if (0x40...0x7E).contains(key) { self.sequence = .none }
        case .singleShift:
            self.sequence = .none
        }
        return .more(echo: [])
    }

    private mutating func takeKey(_ key: UInt8, now: ContinuousClock.Instant) -> Step {
        switch key {
        case 0x0D, 0x0A: return self.line.isEmpty ? .cancelled : .done(self.line)
        case 0x1B:
            self.sequence = .escape(until: now + Self.escapePatience)
            return .more(echo: [])
        case 0x08, 0x7F: return .more(echo: self.eraseCharacter())
        case 0x03 where self.purpose != .prefix, 0x07 where self.purpose != .prefix: return .cancelled
        case 0x15 where self.purpose != .prefix: return .more(echo: self.eraseAll())
        case 0x17 where self.purpose != .prefix: return .more(echo: self.eraseWord())
        case 0x00..<0x20 where self.purpose != .prefix: return .more(echo: [])
        default: return .more(echo: self.append(key))
        }
    }

    private mutating func append(_ key: UInt8) -> [UInt8] {
        guard self.line.count < Self.maximumLength else { return [0x07] }
        self.line.append(key)
        return key < 0x20 ? Array(EscapePrefix.name(of: [key]).utf8) : [key]
    }

    // MARK: Editing

    private mutating func eraseCharacter() -> [UInt8] {
        var character: [UInt8] = []
        while let last = self.line.popLast() {
            character.insert(last, at: 0)
            if last & 0xC0 != 0x80 { break }
        }
        return Self.erasing(columns: Self.columns(of: character))
    }

    private mutating func eraseAll() -> [UInt8] {
        var echo: [UInt8] = []
        while !self.line.isEmpty { echo += self.eraseCharacter() }
        return echo
    }

    private mutating func eraseWord() -> [UInt8] {
        var echo: [UInt8] = []
        while self.line.last == 0x20 { echo += self.eraseCharacter() }
        while let last = self.line.last, last != 0x20 { echo += self.eraseCharacter() }
        return echo
    }

    private static func erasing(columns: Int) -> [UInt8] {
        Array(repeatElement(Array("\u{8} \u{8}".utf8), count: columns).joined())
    }

    /// Columns that a character's echo takes; a control key is echoed as `^X`.
    private static func columns(of character: [UInt8]) -> Int {
        character.first.map { $0 < 0x20 } == true
            ? 2 : TerminalSafe.columns(of: String(decoding: character, as: UTF8.self))
    }
}
