// SPDX-License-Identifier: Apache-2.0

/// Gathers what is to be said while a configuration is read. A class because many readers write into one.
final class DiagnosticSink {
    /// Beyond this many only the count is kept: a file that is all wrong must not fill the memory.
    static let limit = 1000

    private(set) var diagnostics: [Diagnostic] = []
    private(set) var hasErrors = false
    private var suppressed = 0
    private var lastPosition: SourcePosition?
    /// The files in the order of reading, for sorting.
    var files: [String] = []

    func error(_ position: SourcePosition, _ message: String) {
        self.hasErrors = true
        self.add(Diagnostic(.error, at: position, message))
    }

    func warning(_ position: SourcePosition, _ message: String) {
        self.add(Diagnostic(.warning, at: position, message))
    }

    private func add(_ diagnostic: Diagnostic) {
        guard self.diagnostics.count < Self.limit else {
            self.suppressed += 1
            self.lastPosition = diagnostic.position
            return
        }
        self.diagnostics.append(diagnostic)
    }

    /// All of it, file after file, from top to bottom.
    func sorted() -> [Diagnostic] {
        let order = Dictionary(self.files.enumerated().map { ($1, $0) }) { first, _ in first }
        func key(_ diagnostic: Diagnostic) -> (Int, Int, Int) {
            (order[diagnostic.position.file] ?? -1, diagnostic.position.line, diagnostic.position.column)
        }
        // The sort is stable, so two messages about one place stay in the order they were found.
        var result = self.diagnostics.sorted { key($0) < key($1) }
        if self.suppressed > 0, let last = self.lastPosition {
            result.append(Diagnostic(.error, at: last, "and \(self.suppressed) more like these"))
        }
        return result
    }
}
