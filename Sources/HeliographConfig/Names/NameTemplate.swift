// SPDX-License-Identifier: Apache-2.0

/// A text with ranges in it: `web[01-40,50]`, `r[1-4]n[01-16]-bmc.example.net`.
///
/// Ranges keep their zero padding; several of them count like the digits of a number, the last one fastest.
package struct NameTemplate: Hashable, Sendable {
    /// No single template and no whole configuration may stand for more names than this.
    package static let expansionLimit = 100_000

    private enum Segment: Hashable {
        case literal([UInt8])
        case range([NumberRange])
        case anyCharacter
        case anyText
    }

    private let segments: [Segment]
    /// How many names it stands for, wildcards left out of account. At most `expansionLimit` + 1.
    package let count: Int

    /// Reads a template. With `wildcards`, `*` and `?` stand for any text and any one character.
    package init(parsing text: String, wildcards: Bool = false) throws(ValueError) {
        var segments: [Segment] = []
        var literal: [UInt8] = []
        var rest = Array(text.utf8)[...]
        func endLiteral() {
            if !literal.isEmpty { segments.append(.literal(literal)) }
            literal = []
        }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "["):
                guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else {
                    throw ValueError("\(text.quoted) has [ without ]")
                }
                let inner = String(decoding: rest[..<close], as: UTF8.self)
                rest = rest[(close + 1)...]
                endLiteral()
                segments.append(.range(try NumberRange.parseList(inner, in: text)))
            case UInt8(ascii: "]"):
                throw ValueError("\(text.quoted) has ] without [")
            case UInt8(ascii: "*") where wildcards:
                endLiteral()
                if segments.last != .anyText { segments.append(.anyText) }
            case UInt8(ascii: "?") where wildcards:
                endLiteral()
                segments.append(.anyCharacter)
            default:
                literal.append(byte)
            }
        }
        endLiteral()
        guard segments.count <= 64 else { throw ValueError("\(text.quoted) has too many parts") }
        self.segments = segments
        self.count = segments.reduce(1) { count, segment in
            guard case .range(let ranges) = segment else { return count }
            let numbers = ranges.reduce(0) {
                min($0 + min($1.count, Self.expansionLimit + 1), Self.expansionLimit + 1)
            }
            return min(count * numbers, Self.expansionLimit + 1)
        }
    }

    /// Whether it has `*` or `?`.
    var hasWildcards: Bool {
        self.segments.contains { $0 == .anyText || $0 == .anyCharacter }
    }

    var isStar: Bool { self.segments == [.anyText] }

    /// Whether it has a range.
    package var hasRange: Bool {
        self.segments.contains { if case .range = $0 { true } else { false } }
    }

    /// The first of its names.
    var first: String {
        var name: [UInt8] = []
        for segment in self.segments {
            switch segment {
            case .literal(let bytes): name += bytes
            case .range(let ranges): name += ranges.first?.text(of: ranges.first?.first ?? 0) ?? []
            case .anyCharacter, .anyText: continue
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// The names it stands for, in order; empty when there are more than `expansionLimit`.
    package func expanded() -> [String] {
        guard self.count <= Self.expansionLimit else { return [] }
        var results: [[UInt8]] = [[]]
        for segment in self.segments {
            switch segment {
            case .literal(let bytes):
                for index in results.indices { results[index] += bytes }
            case .range(let ranges):
                let numbers = ranges.flatMap { $0.texts() }
                results = results.flatMap { prefix in numbers.map { prefix + $0 } }
            case .anyCharacter, .anyText:
                continue
            }
        }
        return results.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether this name is one of them, found without expanding.
    func matches(_ name: [UInt8]) -> Bool {
        // The set of positions in the name that the segments so far can have reached. At most name.count + 1 of them,
        // so the work is bounded by segments times the square of the name's length.
        guard name.count <= 1024 else { return false }
        if self.segments.count == 1 {
            // The two kinds that nearly all rules have.
            if case .literal(let bytes) = self.segments[0] { return bytes == name }
            if case .anyText = self.segments[0] { return true }
        }
        var reached: Set<Int> = [0]
        for segment in self.segments {
            var next: Set<Int> = []
            for start in reached {
                switch segment {
                case .literal(let bytes):
                    if name[start...].starts(with: bytes) { next.insert(start + bytes.count) }
                case .range(let ranges):
                    next.formUnion(NumberRange.ends(in: name, from: start, ranges))
                case .anyCharacter:
                    if start < name.count { next.insert(start + 1) }
                case .anyText:
                    next.formUnion(start...name.count)
                }
            }
            if next.isEmpty { return false }
            reached = next
        }
        return reached.contains(name.count)
    }
}
