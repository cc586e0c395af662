// SPDX-License-Identifier: Apache-2.0

/// Reads the keys of one mapping, remembering which were asked for: `finish` then complains about the others.
struct MapReader {
    let position: SourcePosition
    let sink: DiagnosticSink
    private let entries: [ConfigNode.Entry]
    private let indexByKey: [String: Int]
    private(set) var known: [String] = []

    /// Nil, with a diagnostic, when the node is no mapping.
    init?(_ node: ConfigNode, called name: String, sink: DiagnosticSink) {
        guard case .map(let entries) = node.content else {
            sink.error(node.position, "\(name): expected a mapping (key: value), found \(node.kind)")
            return nil
        }
        self.init(entries, at: node.position, sink: sink)
    }

    init(_ entries: [ConfigNode.Entry], at position: SourcePosition, sink: DiagnosticSink) {
        self.position = position
        self.sink = sink
        self.entries = entries
        self.indexByKey = Dictionary(entries.enumerated().map { ($1.key, $0) }) { first, _ in first }
    }

    // MARK: Keys

    /// The entry of a key, which is known from now on.
    mutating func entry(_ key: String) -> ConfigNode.Entry? {
        self.known.append(key)
        return self.indexByKey[key].map { self.entries[$0] }
    }

    /// Whether the mapping has this key, without asking for it.
    func has(_ key: String) -> Bool { self.indexByKey[key] != nil }

    /// The keys that begin with this prefix, without asking for them.
    func keys(withPrefix prefix: String) -> [String] {
        self.entries.map(\.key).filter { $0.hasPrefix(prefix) }
    }

    /// Where the value of a key stands.
    private func valuePosition(of key: String) -> SourcePosition {
        self.indexByKey[key].map { self.entries[$0].value.position } ?? self.position
    }

    /// Complains about keys that nobody asked for. `misplaced` says of keys that exist elsewhere why they are wrong here.
    func finish(misplaced: (String) -> String? = { _ in nil }) {
        let known = Set(self.known)
        for entry in self.entries where !known.contains(entry.key) {
            if let reason = misplaced(entry.key) {
                self.sink.error(entry.keyPosition, reason)
            } else {
                let hint = Spelling.hint(for: entry.key, among: self.known)
                self.sink.error(entry.keyPosition, "unknown key \(entry.key.quoted)\(hint)")
            }
        }
    }

    /// Every entry, in the order of the file, for mappings whose keys are names.
    func all() -> [ConfigNode.Entry] { self.entries }

    // MARK: Single values

    /// Text in one line without control characters, and where it stands.
    mutating func text(_ key: String, allowsControls: Bool = false) -> (
        text: String, position: SourcePosition
    )? {
        guard let entry = self.entry(key) else { return nil }
        guard let text = self.text(of: entry.value, called: key, allowsControls: allowsControls) else {
            return nil
        }
        return (text, entry.value.position)
    }

    /// The text of a node.
    func text(of node: ConfigNode, called key: String, allowsControls: Bool = false) -> String? {
        guard case .scalar(let scalar) = node.content, !node.isNull else {
            self.sink.error(node.position, "\(key): expected a single value, found \(node.kind)")
            return nil
        }
        let isControl: (Unicode.Scalar) -> Bool = { $0.properties.generalCategory == .control }
        guard allowsControls || !scalar.text.unicodeScalars.contains(where: isControl) else {
            self.sink.error(node.position, "\(key): has a line break or another control character in it")
            return nil
        }
        return scalar.text
    }

    /// A value that `parse` makes from text.
    mutating func value<Value>(
        _ key: String,
        _ parse: (String) throws(ValueError) -> Value
    ) -> Value? {
        guard let (text, position) = self.text(key, allowsControls: true) else { return nil }
        do {
            return try parse(text)
        } catch {
            self.sink.error(position, "\(key): \(error.message)")
            return nil
        }
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        self.value(key) { text throws(ValueError) in
            guard let number = Int(text) else { throw ValueError("\(text.quoted) is not a whole number") }
            guard range.contains(number) else {
                throw ValueError("\(number) is not between \(range.lowerBound) and \(range.upperBound)")
            }
            return number
        }
    }

    mutating func boolean(_ key: String) -> Bool? {
        self.value(key) { text throws(ValueError) in
            switch text.lowercased() {
            case "true", "yes", "on": return true
            case "false", "no", "off": return false
            default: throw ValueError("\(text.quoted) is neither true nor false")
            }
        }
    }

    /// A duration; `zero` permits 0 beside the range.
    mutating func duration(_ key: String, in range: ClosedRange<Duration>, zero: Bool = false) -> Duration? {
        self.value(key) { text throws(ValueError) in
            let duration = try Duration(parsing: text)
            guard range.contains(duration) || (zero && duration == .zero) else {
                let limits = "\(range.lowerBound.configurationText) and \(range.upperBound.configurationText)"
                throw ValueError("\(text.quoted) is not between \(limits)" + (zero ? ", nor 0" : ""))
            }
            return duration
        }
    }

    /// A size in bytes; `zero` permits 0 beside the range.
    mutating func size(_ key: String, in range: ClosedRange<Int>, zero: Bool = false) -> Int? {
        self.value(key) { text throws(ValueError) in
            let size = try ByteSize.parse(text)
            guard range.contains(size) || (zero && size == 0) else {
                let limits = "\(ByteSize.text(range.lowerBound)) and \(ByteSize.text(range.upperBound))"
                throw ValueError("\(text.quoted) is not between \(limits)" + (zero ? ", nor 0" : ""))
            }
            return size
        }
    }

    /// One of the words of an enumeration.
    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ key: String,
        _: Value.Type = Value.self
    ) -> Value? {
        self.value(key) { text throws(ValueError) in try Self.choose(text) }
    }

    /// The case of this name, or an error that lists them.
    static func choose<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String
    ) throws(ValueError) -> Value {
        if let value = Value(rawValue: text) { return value }
        let words = Value.allCases.map(\.rawValue)
        let hint = Spelling.hint(for: text, among: words)
        throw ValueError("\(text.quoted) is none of " + words.joined(separator: ", ") + hint)
    }

    /// A path, seen from the directory of the file it stands in.
    mutating func path(_ key: String) -> String? {
        guard let (text, position) = self.text(key) else { return nil }
        guard !text.isEmpty, text.utf8.count < 4096 else {
            self.sink.error(position, "\(key): \(text.quoted) is not a path")
            return nil
        }
        return FilePath.resolve(text, relativeTo: position.file)
    }

    // MARK: Several values

    /// The items of a list. A key with nothing after it is an empty list, as when all its items are commented out.
    mutating func list(_ key: String) -> [ConfigNode]? {
        guard let entry = self.entry(key), !entry.value.isNull else { return nil }
        guard case .list(let items) = entry.value.content else {
            self.sink.error(entry.value.position, "\(key): expected a list, found \(entry.value.kind)")
            return nil
        }
        return items
    }

    /// The items of a list, or the one that is written without brackets.
    mutating func listOrSingle(_ key: String) -> [ConfigNode]? {
        guard let entry = self.entry(key), !entry.value.isNull else { return nil }
        switch entry.value.content {
        case .list(let items): return items
        case .scalar: return [entry.value]
        case .map:
            self.sink.error(entry.value.position, "\(key): expected a list, found a mapping")
            return nil
        }
    }

    /// A list of values that `parse` makes from text. A value given twice is an error, and so is a list without any
    /// where `empty` says why.
    mutating func values<Value: Hashable>(
        _ key: String,
        empty: String? = nil,
        _ parse: (String) throws(ValueError) -> Value
    ) -> [Value]? {
        guard let items = self.listOrSingle(key) else { return nil }
        if let empty, items.isEmpty { self.sink.error(self.valuePosition(of: key), "\(key): \(empty)") }
        var result: [Value] = []
        var seen: Set<Value> = []
        for item in items {
            guard let text = self.text(of: item, called: key) else { continue }
            do {
                let value = try parse(text)
                if seen.insert(value).inserted {
                    result.append(value)
                } else {
                    self.sink.error(item.position, "\(key): \(text.quoted) is listed twice")
                }
            } catch {
                self.sink.error(item.position, "\(key): \(error.message)")
            }
        }
        return result
    }

    /// A list of words of an enumeration.
    mutating func choices<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ key: String,
        _: Value.Type = Value.self,
        empty: String? = nil
    ) -> [Value]? {
        self.values(key, empty: empty) { text throws(ValueError) in try Self.choose(text) }
    }

    /// The words of a command: a list, or one path alone. Never goes through a shell.
    mutating func command(_ key: String) -> [String]? {
        guard let items = self.listOrSingle(key) else { return nil }
        let words = items.compactMap { self.text(of: $0, called: key) }
        guard words.count == items.count else { return nil }
        guard let program = words.first, !program.isEmpty else {
            self.sink.error(self.valuePosition(of: key), "\(key): is empty")
            return nil
        }
        return words
    }

    /// A reader for a mapping below. A key with nothing after it counts as not given.
    mutating func map(_ key: String) -> MapReader? {
        guard let entry = self.entry(key), !entry.value.isNull else { return nil }
        return MapReader(entry.value, called: key, sink: self.sink)
    }

    /// Readers for a list of mappings.
    mutating func maps(_ key: String) -> [MapReader] {
        (self.list(key) ?? []).compactMap { MapReader($0, called: key, sink: self.sink) }
    }
}
