// SPDX-License-Identifier: Apache-2.0

import Yams

/// Turns the text of one file into a tree, with every syntax mistake as a diagnostic.
///
/// Hostile text is bounded: libyaml refuses more than 1,000 levels, we more than `depthLimit`. Aliases (`*name`) are
/// refused before anything could be expanded; see `findAlias`.
struct YAMLComposer {
    static let depthLimit = 32
    /// Duplicate keys found one by one before the rest of the file is given up. Each costs another pass over the text,
    /// so there are fewer in a long one.
    private static func duplicateLimit(in text: String) -> Int {
        min(50, (8 << 20) / max(1, text.utf8.count))
    }

    private let file: String
    private let sink: DiagnosticSink

    init(file: String, sink: DiagnosticSink) {
        self.file = file
        self.sink = sink
    }

    /// The tree; nil after an error that leaves none. An empty file is an empty mapping.
    func compose(_ bytes: [UInt8]) -> ConfigNode? {
        // A byte order mark is no part of the text.
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            self.sink.error(self.positionOfBadUTF8(in: content), "this is not UTF-8 text")
            return nil
        }
        guard self.hasNoAlias(content) else { return nil }
        guard let parsed = self.parse(text) else { return nil }
        guard let root = parsed.root else {
            return ConfigNode(position: self.position(1, 1), content: .map([]))
        }
        return self.convert(root, renamed: parsed.renamed, depth: 0)
    }

    private func position(_ line: Int, _ column: Int) -> SourcePosition {
        SourcePosition(file: self.file, line: line, column: column)
    }

    private func position(of mark: Mark?) -> SourcePosition {
        self.position(mark?.line ?? 1, mark?.column ?? 1)
    }
}

// MARK: - Aliases

extension YAMLComposer {
    /// Yams puts the whole anchored value in the place of an alias, and hashes keys: a few lines can stand for more than
    /// a machine can hold. Aliases are refused therefore, and what an alias is only libyaml can say (an asterisk in a
    /// string is none). So the anchors are blanked out, which moves nothing, and Yams is asked: then the first alias
    /// is an undefined one. Costs a second pass, but only for files with something like an anchor and an alias.
    private func hasNoAlias(_ content: ArraySlice<UInt8>) -> Bool {
        guard Self.hasName(after: UInt8(ascii: "*"), in: content),
            Self.hasName(after: UInt8(ascii: "&"), in: content)
        else { return true }
        var blanked = Array(content)
        var isInAnchor = false
        for index in blanked.indices {
            if blanked[index] == UInt8(ascii: "&"), index + 1 < blanked.count {
                isInAnchor = Self.isNameByte(blanked[index + 1])
            } else {
                isInAnchor = isInAnchor && Self.isNameByte(blanked[index])
            }
            if isInAnchor { blanked[index] = UInt8(ascii: " ") }
        }
        return self.parse(String(decoding: blanked, as: UTF8.self)) != nil
    }

    private static func hasName(after sign: UInt8, in content: ArraySlice<UInt8>) -> Bool {
        zip(content, content.dropFirst()).contains { $0 == sign && Self.isNameByte($1) }
    }

    /// libyaml's idea of a character of an anchor's name.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

// MARK: - Parsing

extension YAMLComposer {
    /// A place in the text, from 1, as libyaml counts.
    private struct Place: Hashable {
        var line: Int
        var column: Int
    }

    private struct Parsed {
        var root: Node?
        /// Keys that were renamed because the same mapping has them again: where, and the character that was replaced.
        var renamed: [Place: Unicode.Scalar]
    }

    /// Yams gives up at the first mapping with a key twice, and tells where the first of the two stands. To find all other
    /// mistakes as well, that key's first character is replaced by one for private use, and the text parsed again.
    private func parse(_ original: String) -> Parsed? {
        var text = original
        var renamed: [Place: Unicode.Scalar] = [:]
        let limit = Self.duplicateLimit(in: original)
        while true {
            do {
                // No resolver: what is a number and what is not we decide ourselves, where we know what is wanted.
                let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
                return Parsed(root: root, renamed: renamed)
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = Place(line: context.mark.line, column: context.mark.column)
                guard renamed.count < limit, renamed[place] == nil,
                    let (old, changed) = Self.rename(place, in: text, number: renamed.count)
                else {
                    let name = names.first.map { " " + $0.quoted } ?? ""
                    self.sink.error(self.position(of: context.mark), "duplicate key\(name)")
                    return nil
                }
                renamed[place] = old
                text = changed
            } catch {
                self.report(error, in: text)
                return nil
            }
        }
    }

    /// Replaces the first character of the key at this place. Nil when there is none that could be replaced.
    private static func rename(
        _ place: Place,
        in text: String,
        number: Int
    ) -> (old: Unicode.Scalar, text: String)? {
        var scalars = text.unicodeScalars
        guard var index = Self.index(of: place, in: scalars), index < scalars.endIndex else { return nil }
        let quote = scalars[index]
        if quote == "\"" || quote == "'" {
            index = scalars.index(after: index)
            guard index < scalars.endIndex, scalars[index] != quote, scalars[index] != "\\" else {
                return nil
            }
        }
        let old = scalars[index]
        guard !old.properties.isWhitespace, !"&*!|>[]{}?,#%@`".unicodeScalars.contains(old),
            let replacement = Unicode.Scalar(0xE000 + UInt32(number))
        else { return nil }
        scalars.replaceSubrange(index...index, with: CollectionOfOne(replacement))
        return (old, String(scalars))
    }

    private static func index(of place: Place, in text: String.UnicodeScalarView) -> String.Index? {
        var line = 1
        var index = text.startIndex
        while line < place.line {
            guard index < text.endIndex else { return nil }
            let scalar = text[index]
            index = text.index(after: index)
            switch scalar {
            case "\r":
                if index < text.endIndex, text[index] == "\n" { index = text.index(after: index) }
                line += 1
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            default: continue
            }
        }
        return text.index(index, offsetBy: place.column - 1, limitedBy: text.endIndex)
    }
}

// MARK: - The tree

extension YAMLComposer {
    private func convert(_ node: Node, renamed: [Place: Unicode.Scalar], depth: Int) -> ConfigNode? {
        let position = self.position(of: node.mark)
        guard depth <= Self.depthLimit else {
            self.sink.error(position, "nested too deeply")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            return ConfigNode(
                position: position,
                content: .scalar(.init(text: scalar.string, isQuoted: isQuoted))
            )
        case .sequence(let sequence):
            let items = sequence.compactMap { self.convert($0, renamed: renamed, depth: depth + 1) }
            return ConfigNode(position: position, content: .list(items))
        case .mapping(let mapping):
            return ConfigNode(position: position, content: .map(self.entries(of: mapping, renamed, depth)))
        case .alias:
            self.sink.error(position, "aliases (*name) are not supported")
            return nil
        }
    }

    private func entries(
        of mapping: Node.Mapping,
        _ renamed: [Place: Unicode.Scalar],
        _ depth: Int
    ) -> [ConfigNode.Entry] {
        var entries: [ConfigNode.Entry] = []
        var seen: [String: SourcePosition] = [:]
        for (key, value) in mapping {
            let position = self.position(of: key.mark)
            guard case .scalar(let scalar) = key else {
                self.sink.error(position, "a key must be a single word, not a list or a mapping")
                continue
            }
            var name = scalar.string
            if let old = renamed[Place(line: position.line, column: position.column)] {
                name.unicodeScalars.replaceSubrange(
                    ..<name.unicodeScalars.index(after: name.startIndex),
                    with: [old]
                )
            }
            if let earlier = seen.updateValue(position, forKey: name) {
                self.sink.error(position, "duplicate key \(name.quoted), also in line \(earlier.line)")
                continue
            }
            guard let value = self.convert(value, renamed: renamed, depth: depth + 1) else { continue }
            entries.append(ConfigNode.Entry(key: name, keyPosition: position, value: value))
        }
        return entries
    }
}

// MARK: - Syntax errors

extension YAMLComposer {
    private func report(_ error: any Error, in text: String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            self.sink.error(self.position(of: mark), "not valid YAML: " + Self.sentence(problem, context))
        case .composer(_, let problem, let mark, _) where problem.contains("alias"):
            self.sink.error(
                self.position(of: mark),
                "aliases (*name) are not supported; put what consoles share into bmc_profiles and defaults,"
                    + " and quote a value that begins with an asterisk"
            )
        case .composer(_, let problem, let mark, _):
            self.sink.error(self.position(of: mark), "not valid YAML: \(problem)")
        case .reader(let problem, let offset, _, _):
            self.sink.error(
                self.position(ofByte: offset ?? 0, in: Array(text.utf8)[...]),
                "not valid YAML: \(problem)"
            )
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping,
            nil:
            self.sink.error(self.position(1, 1), "not valid YAML")
        }
    }

    private static func sentence(_ problem: String, _ context: YamlError.Context?) -> String {
        if problem == "found character that cannot start any token" {
            return
                "found a character that no value can begin with (a tab, \"@\", \"`\" or \"%\"; quote the value)"
        }
        return context.map { "\(problem) (\($0.text), line \($0.mark.line))" } ?? problem
    }

    private func position(ofByte offset: Int, in content: ArraySlice<UInt8>) -> SourcePosition {
        let before = content.prefix(max(0, offset))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex
        // Continuation bytes are no characters of their own.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return self.position(line, column)
    }

    private func positionOfBadUTF8(in content: ArraySlice<UInt8>) -> SourcePosition {
        var decoder = UTF8()
        var bytes = content.makeIterator()
        var (line, column) = (1, 1)
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return self.position(line, column)
    }
}
