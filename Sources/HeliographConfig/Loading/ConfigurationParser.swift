// SPDX-License-Identifier: Apache-2.0

/// Makes a `Configuration` from the tree of all files. A class because the sections, each in its own file, share what
/// was declared so far: a section may name only what the ones parsed before it declared.
final class ConfigurationParser {
    let sink: DiagnosticSink
    var configuration = Configuration()
    /// Everything that was declared under a name, rightly or wrongly: one mistake need not cause others.
    var declaredUsers: Set<String> = []
    var declaredGroups: Set<String> = []
    var declaredProfiles: Set<String> = []
    var declaredRuleSets: Set<String> = ["standard"]
    var declaredConsoles: [String: SourcePosition] = [:]
    var declaredConsoleGroups: Set<String> = []
    /// BMC addresses and the first console at each.
    var bmcAddresses: [HostPort: String] = [:]
    /// Consoles after expansion, those with mistakes included.
    var consoleCount = 0
    /// How many more names may be compared in looking for misspelt ones: with a hundred thousand consoles, thousands of
    /// wrong rules would take minutes.
    private var comparisonBudget = 5_000_000

    init(sink: DiagnosticSink) {
        self.sink = sink
    }

    func parse(_ root: ConfigNode) -> Configuration {
        guard var top = MapReader(root, called: "configuration", sink: self.sink) else {
            return self.configuration
        }
        // Known at this level, but already dealt with.
        _ = top.entry("include")
        self.parseSSH(&top)
        self.parseControl(&top)
        self.parseHTTP(&top)
        self.parseLogs(&top)
        self.parseUsers(&top)
        self.parseGroups(&top)
        self.parseCrashRules(&top)
        self.parseProfiles(&top)
        self.parseDefaults(&top)
        self.parseConsoles(&top)
        self.parseAccess(&top)
        self.parseNotify(&top)
        top.finish()
        return self.configuration
    }

    /// A pattern of names; groups in it must be groups of consoles.
    func namePattern(_ reader: inout MapReader, _ key: String) -> (pattern: NamePattern, missing: [String])? {
        guard let items = reader.listOrSingle(key) else { return nil }
        var patterns: [NamePattern] = []
        for item in items {
            guard let text = reader.text(of: item, called: key) else { continue }
            do throws(ValueError) {
                let pattern = try NamePattern(parsing: text)
                for group in pattern.groups where !self.declaredConsoleGroups.contains(group) {
                    let hint = self.hint(for: "@" + group, among: self.declaredConsoleGroups.map { "@" + $0 })
                    self.sink.error(
                        item.position,
                        "\(key): no console is in the group \("@\(group)".quoted)\(hint)"
                    )
                }
                patterns.append(pattern)
            } catch {
                self.sink.error(item.position, "\(key): \(error.message)")
            }
        }
        guard !patterns.isEmpty else { return nil }
        let pattern = NamePattern(anyOf: patterns)
        let missing = pattern.missingNames(limit: 3, budget: &self.comparisonBudget) {
            self.declaredConsoles[$0] != nil
        }
        return (pattern, missing)
    }

    /// A guess at what was meant, while there is time for guessing.
    func hint(for word: String, among names: some Collection<String>) -> String {
        self.comparisonBudget -= names.count
        return self.comparisonBudget > 0 ? Spelling.hint(for: word, among: names) : ""
    }

    func unknown(_ kind: String, _ name: String, among names: Set<String>) -> ValueError {
        ValueError("there is no \(kind) \(name.quoted)" + self.hint(for: name, among: names))
    }
}
