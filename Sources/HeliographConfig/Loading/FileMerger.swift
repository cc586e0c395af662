// SPDX-License-Identifier: Apache-2.0

/// Reads a file and what it includes, and puts them together to one tree: the including file first, then the included
/// ones in the order of their names. Lists append, mappings join, and a single value given twice is an error.
struct FileMerger {
    private static let fileLimit = 4096
    private static let depthLimit = 16
    private static let totalSizeLimit = 32 << 20

    private let files: ConfigurationLoader.FileAccess
    private let sink: DiagnosticSink
    /// Every file that was read, and where it was included.
    private var read: [String: SourcePosition] = [:]
    private var totalSize = 0
    private var merged = ConfigNode(position: SourcePosition(file: "", line: 1, column: 1), content: .map([]))

    init(files: ConfigurationLoader.FileAccess, sink: DiagnosticSink) {
        self.files = files
        self.sink = sink
    }

    /// The tree of all files together.
    mutating func merge(_ path: String) -> ConfigNode {
        let start = SourcePosition(file: path, line: 1, column: 1)
        self.merged.position = start
        self.add(FilePath.normalised(path), shownAs: path, includedAt: start, parents: [])
        return self.merged
    }

    private mutating func add(
        _ path: String,
        shownAs shown: String,
        includedAt: SourcePosition,
        parents: [String]
    ) {
        self.read[path] = includedAt
        self.sink.files.append(shown)
        let bytes: [UInt8]
        do throws(ConfigurationLoader.FileProblem) {
            bytes = try self.files.read(shown)
        } catch {
            let what = parents.isEmpty ? "cannot be read" : "\(shown) cannot be read"
            self.sink.error(includedAt, "\(what): \(error.reason)")
            return
        }
        self.totalSize += bytes.count
        guard bytes.count <= ConfigurationLoader.fileSizeLimit, self.totalSize <= Self.totalSizeLimit else {
            self.sink.error(
                SourcePosition(file: shown, line: 1, column: 1),
                "the configuration is too big (\(ByteSize.text(ConfigurationLoader.fileSizeLimit)) in one file,"
                    + " \(ByteSize.text(Self.totalSizeLimit)) in all)"
            )
            return
        }
        guard let root = YAMLComposer(file: shown, sink: self.sink).compose(bytes), !root.isNull else {
            return
        }
        guard case .map(let entries) = root.content else {
            self.sink.error(root.position, "expected a mapping (key: value), found \(root.kind)")
            return
        }
        Self.join(entries.filter { $0.key != "include" }, into: &self.merged, path: [], sink: self.sink)
        for entry in entries where entry.key == "include" {
            self.include(entry, parents: parents + [path])
        }
    }

    private mutating func include(_ entry: ConfigNode.Entry, parents: [String]) {
        var reader = MapReader([entry], at: entry.keyPosition, sink: self.sink)
        for item in reader.listOrSingle("include") ?? [] {
            guard let text = reader.text(of: item, called: "include") else { continue }
            guard !text.isEmpty else {
                self.sink.error(item.position, "include: is empty")
                continue
            }
            let pattern = FilePath.resolve(text, relativeTo: item.position.file)
            let found: [String]
            do throws(ConfigurationLoader.FileProblem) {
                found = try self.files.expand(pattern)
            } catch {
                self.sink.error(item.position, "include: \(pattern.quoted) cannot be read: \(error.reason)")
                continue
            }
            if found.isEmpty, !pattern.contains(where: { "*?[".contains($0) }) {
                self.sink.error(item.position, "include: there is no file \(pattern.quoted)")
            }
            for path in found.sorted()
            where self.mayInclude(FilePath.normalised(path), at: item.position, parents: parents) {
                self.add(
                    FilePath.normalised(path),
                    shownAs: path,
                    includedAt: item.position,
                    parents: parents
                )
            }
        }
    }

    private func mayInclude(_ path: String, at position: SourcePosition, parents: [String]) -> Bool {
        if parents.contains(path) {
            self.sink.error(position, "include: \(path.quoted) includes itself")
        } else if let earlier = self.read[path] {
            self.sink.error(position, "include: \(path.quoted) is included already, at \(earlier)")
        } else if parents.count > Self.depthLimit {
            self.sink.error(position, "include: files include each other more than \(Self.depthLimit) deep")
        } else if self.read.count >= Self.fileLimit {
            self.sink.error(position, "include: more than \(Self.fileLimit) files")
        } else {
            return true
        }
        return false
    }

    /// Puts entries into a mapping.
    private static func join(
        _ entries: [ConfigNode.Entry],
        into target: inout ConfigNode,
        path: [String],
        sink: DiagnosticSink
    ) {
        guard case .map(var known) = target.content else { return }
        // Frees the array for change in place.
        target.content = .map([])
        var indexByKey = Dictionary(known.enumerated().map { ($1.key, $0) }) { first, _ in first }
        for entry in entries {
            guard let index = indexByKey[entry.key] else {
                indexByKey[entry.key] = known.count
                known.append(entry)
                continue
            }
            if entry.value.isNull { continue }
            let inner = path + [entry.key]
            switch (known[index].value.content, entry.value.content) {
            case (_, _) where known[index].value.isNull:
                known[index] = entry
            case (.list(var first), .list(let second)):
                known[index].value.content = .list([])
                first += second
                known[index].value.content = .list(first)
            // A profile is one thing: it cannot be put together from pieces in several files.
            case (.map, .map(let second)) where path != ["bmc_profiles"]:
                Self.join(second, into: &known[index].value, path: inner, sink: sink)
            case (_, _):
                let earlier = known[index].keyPosition
                sink.error(
                    entry.keyPosition,
                    "\(inner.joined(separator: ".").quoted) is given already, at \(earlier)"
                )
            }
        }
        target.content = .map(known)
    }
}
