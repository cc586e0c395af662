// SPDX-License-Identifier: Apache-2.0

/// How far a sequence has got, for sequences that the table does not have: keys that follow a rule, terminal reports, and
/// whatever else a terminal may send, which all must leave in one piece.
///
/// ```
///  ESC ── [ ──> parameters ── final ──> complete        ESC [ M ──> three bytes of a mouse report
///   │      └─ [ ──> one byte (Linux F1 to F5)
///   ├── O ──> digits ── any ──> complete (PuTTY, konsole)
///   ├── ESC ──> as ESC, with Alt                        ESC and any other byte: complete
/// ```
enum KeyGrammar: Equatable, Sendable {
    /// Only the table knows: sequences that begin with another byte than ESC.
    case table
    case escape
    case control
    case linuxKey
    case singleShift
    case mouseReport(missing: Int)

    enum Step: Equatable {
        case more(KeyGrammar)
        /// The sequence ends with this byte.
        case complete
        /// The byte cannot belong to the sequence, which ended before it.
        case broken
    }

    /// Takes one byte. `isFirst` tells whether it is the first after `ESC [`.
    func step(_ byte: UInt8, isFirst: Bool) -> Step {
        switch self {
        case .table: .broken
        case .escape: self.afterEscape(byte)
        case .control: self.inControl(byte, isFirst: isFirst)
        case .linuxKey: (0x20...0x7E).contains(byte) ? .complete : .broken
        case .singleShift:
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: ";"): .more(.singleShift)
            case 0x20...0x7E: .complete
            default: .broken
            }
        case .mouseReport(let missing):
            byte < 0x20 ? .broken : missing == 1 ? .complete : .more(.mouseReport(missing: missing - 1))
        }
    }

    private func afterEscape(_ byte: UInt8) -> Step {
        switch byte {
        case UInt8(ascii: "["): .more(.control)
        case UInt8(ascii: "O"): .more(.singleShift)
        case 0x80...: .broken  // A character of several bytes, which must stay whole.
        default: .complete
        }
    }

    private func inControl(_ byte: UInt8, isFirst: Bool) -> Step {
        switch byte {
        case UInt8(ascii: "[") where isFirst: .more(.linuxKey)
        case UInt8(ascii: "M") where isFirst: .more(.mouseReport(missing: 3))
        case 0x20...0x3F: .more(.control)
        case 0x40...0x7E: .complete
        default: .broken
        }
    }
}

extension KeyTrie {
    /// The key of a complete sequence that follows a rule instead of standing in the table.
    func key(byRule sequence: ArraySlice<UInt8>) -> KeyName? {
        guard sequence.count >= 4, let final = sequence.last, sequence.first == 0x1B else { return nil }
        let numbers = Self.numbers(sequence.dropFirst(2).dropLast())
        switch (sequence[sequence.startIndex + 1], final) {
        case (UInt8(ascii: "["), UInt8(ascii: "~")):
            guard let numbers, numbers.count == 2 else { return nil }
            return self.tilde(numbers[0], KeyModifiers(xtermParameter: numbers[1]))
        case (UInt8(ascii: "["), UInt8(ascii: "^")): return self.rxvt(numbers, [.control])
        case (UInt8(ascii: "["), UInt8(ascii: "$")): return self.rxvt(numbers, [.shift])
        case (UInt8(ascii: "["), UInt8(ascii: "@")): return self.rxvt(numbers, [.control, .shift])
        case (UInt8(ascii: "["), _):
            // `^[[1;2R` is Shift-F3 or the cursor's position: only the latter matters to firmware.
            guard let numbers, numbers.count == 2, numbers[0] == 1, final != UInt8(ascii: "R") else {
                return nil
            }
            return Self.letter(final, KeyModifiers(xtermParameter: numbers[1]))
        case (UInt8(ascii: "O"), _):
            guard let numbers, numbers.count == 1 || numbers.count == 2 && numbers[0] == 1 else { return nil }
            return Self.letter(final, numbers.last.flatMap(KeyModifiers.init(xtermParameter:)))
        default: return nil
        }
    }

    /// True if `ESC [ 7 $` may be a key, so that it must not wait for a final byte.
    func endsWithDollar(_ sequence: ArraySlice<UInt8>) -> Bool {
        sequence.last == UInt8(ascii: "$") && self.key(byRule: sequence) != nil
    }

    private func tilde(_ number: Int, _ modifiers: KeyModifiers?) -> KeyName? {
        guard let modifiers else { return nil }
        return self.key(for: [0x1B, UInt8(ascii: "[")] + Array("\(number)~".utf8))?.with(modifiers)
    }

    private func rxvt(_ numbers: [Int]?, _ modifiers: KeyModifiers) -> KeyName? {
        guard let numbers, numbers.count == 1 else { return nil }
        return self.tilde(numbers[0], modifiers)
    }

    private static func letter(_ final: UInt8, _ modifiers: KeyModifiers?) -> KeyName? {
        guard let modifiers else { return nil }
        let key: Key? =
            switch final {
            case UInt8(ascii: "A"): .up
            case UInt8(ascii: "B"): .down
            case UInt8(ascii: "C"): .right
            case UInt8(ascii: "D"): .left
            case UInt8(ascii: "E"): .keypad(.begin)
            case UInt8(ascii: "F"): .end
            case UInt8(ascii: "H"): .home
            case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(final - UInt8(ascii: "P") + 1)
            default: nil
            }
        return key.map { KeyName($0, modifiers) }
    }

    /// The numbers between semicolons; nil unless there are one or two, of one to three digits.
    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int]? {
        var numbers: [Int] = []
        for part in bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            guard numbers.count < 2, part.count <= 3, part.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(String(decoding: part, as: UTF8.self))
            else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
