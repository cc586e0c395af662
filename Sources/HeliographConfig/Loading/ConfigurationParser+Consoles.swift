// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    func parseDefaults(_ top: inout MapReader) {
        guard var reader = top.map("defaults") else { return }
        var defaults = ConsoleDefaults()
        defaults.escape = self.escape(&reader) ?? defaults.escape
        defaults.escapeTimeout = Self.escapeTimeout(&reader) ?? nil
        self.keySettings(&reader, &defaults.keys)
        defaults.takeover = reader.choice("takeover") ?? defaults.takeover
        defaults.allowJoin = reader.boolean("join") ?? defaults.allowJoin
        defaults.allowBreak = reader.boolean("break") ?? defaults.allowBreak
        defaults.crashRules = self.crashRuleSets(&reader) ?? defaults.crashRules
        self.logSettings(&reader, &defaults.log)
        defaults.profile = self.profileName(&reader)
        reader.finish()
        self.configuration.defaults = defaults
    }

    func parseConsoles(_ top: inout MapReader) {
        for reader in top.maps("consoles") {
            guard self.parseConsole(reader) else { return }
        }
    }

    /// False when there are too many to go on.
    private func parseConsole(_ reader: MapReader) -> Bool {
        var reader = reader
        let names = self.names(&reader)
        guard self.consoleCount <= NameTemplate.expansionLimit else {
            self.sink.error(reader.position, "more than \(NameTemplate.expansionLimit) consoles in all")
            return false
        }
        let kind = self.kind(reader)
        let links = kind.map { self.links(&reader, $0, names: names) } ?? []
        if kind == nil {
            // Which keys would be right cannot be said, so none of them is called unknown.
            for key in ConsoleLink.Kind.allCases.map(\.rawValue) + Self.owners.keys { _ = reader.entry(key) }
        }
        let common = self.commonSettings(&reader)
        reader.finish { key in
            guard let kind, let owners = Self.owners[key] else { return nil }
            return "\(key): is for \(owners) consoles, and this is a console of kind \(kind.rawValue)"
        }
        for (name, link) in zip(names, links) {
            guard let link else { continue }
            var console = common
            console.name = name
            console.link = link
            self.configuration.consoles.append(console)
        }
        return true
    }

    /// Keys that only some kinds of consoles have, and which.
    private static let owners: [String: String] = {
        var owners = [
            "user": "sol and sol15", "chat": "telnet", "known_hosts": "ssh", "identity_file": "ssh",
            "baud": "device",
            "flow": "device", "data_bits": "device", "parity": "device", "stop_bits": "device",
        ]
        for key in ConfigurationParser.bmcKeys { owners[key] = "sol and sol15" }
        for key in ["password", "password_file", "password_env", "password_credential", "password_command"] {
            owners[key] = "sol, sol15 and ssh"
        }
        return owners
    }()

    // MARK: Names

    private func names(_ reader: inout MapReader) -> [String] {
        guard reader.has("name") else {
            _ = reader.entry("name")
            self.sink.error(reader.position, "consoles: an entry has no name")
            return []
        }
        guard let (text, position) = reader.text("name") else { return [] }
        let template: NameTemplate
        do throws(ValueError) {
            template = try NameTemplate(parsing: text)
        } catch {
            self.sink.error(position, "name: \(error.message)")
            return []
        }
        self.consoleCount += template.count
        guard self.consoleCount <= NameTemplate.expansionLimit else { return [] }
        let names = template.expanded()
        for name in names {
            if let problem = ConsoleName.problem(with: name) {
                self.sink.error(position, "name: \(name.quoted) \(problem)")
                // One bad name of a range is like the others.
                break
            }
            if let earlier = self.declaredConsoles.updateValue(position, forKey: name) {
                self.sink.error(position, "name: there is a console \(name.quoted) already, at \(earlier)")
                break
            }
        }
        return names
    }

    // MARK: What all kinds have

    private func commonSettings(_ reader: inout MapReader) -> ResolvedConsole {
        let defaults = self.configuration.defaults
        var console = ResolvedConsole(name: "", declaredAt: reader.position, link: .unix(path: ""))
        console.groups =
            reader.values("groups") { text throws(ValueError) in
                guard GroupName.isValid(text) else {
                    throw ValueError("\(text.quoted) is not the name of a group")
                }
                return text
            } ?? []
        self.declaredConsoleGroups.formUnion(console.groups)
        console.note = reader.text("note")?.text
        console.escape = self.escape(&reader) ?? defaults.escape
        console.escapeTimeout = Self.escapeTimeout(&reader) ?? defaults.escapeTimeout
        console.keys = defaults.keys
        self.keySettings(&reader, &console.keys)
        console.allowJoin = reader.boolean("join") ?? defaults.allowJoin
        console.allowBreak = reader.boolean("break") ?? defaults.allowBreak
        console.crashRules = self.crashRuleSets(&reader) ?? defaults.crashRules
        console.log = defaults.log
        self.logSettings(&reader, &console.log)
        return console
    }

    /// `.some(nil)` for `off` and 0.
    private static func escapeTimeout(_ reader: inout MapReader) -> Duration?? {
        reader.value("escape_timeout") { text throws(ValueError) -> Duration? in
            if text == "off" || text == "0" { return nil }
            let duration = try Duration(parsing: text)
            guard (Duration.milliseconds(50)...Duration.seconds(60)).contains(duration) else {
                throw ValueError("\(text.quoted) is not between 50ms and 1m, nor off")
            }
            return duration
        }
    }

    /// `keys: { profile: vt-utf8, when: manual }`, or the profile alone.
    private func keySettings(_ reader: inout MapReader, _ keys: inout KeySettings) {
        guard let entry = reader.entry("keys"), !entry.value.isNull else { return }
        if case .scalar = entry.value.content {
            var single = MapReader([entry], at: entry.keyPosition, sink: self.sink)
            keys.profile =
                single.value("keys") { text throws(ValueError) in try Self.keyProfile(text) } ?? keys.profile
            return
        }
        guard var inner = MapReader(entry.value, called: "keys", sink: self.sink) else { return }
        keys.profile =
            inner.value("profile") { text throws(ValueError) in try Self.keyProfile(text) } ?? keys.profile
        keys.when = inner.choice("when") ?? keys.when
        inner.finish()
    }

    private static func keyProfile(_ text: String) throws(ValueError) -> KeyProfile {
        if let profile = KeyProfile(rawValue: text) { return profile }
        let names = KeyProfile.allCases.map(\.rawValue)
        throw ValueError("there is no key profile \(text.quoted)" + Spelling.hint(for: text, among: names))
    }

    private func logSettings(_ reader: inout MapReader, _ log: inout ConsoleLogSettings) {
        guard var inner = reader.map("log") else { return }
        log.text = inner.choice("text") ?? log.text
        if let limit = inner.size("daily_limit", in: 64 << 10...1 << 50, zero: true) {
            log.dailyLimit = limit == 0 ? nil : limit
        }
        log.input = inner.boolean("input") ?? log.input
        inner.finish()
    }

    func profileName(_ reader: inout MapReader) -> String? {
        reader.value("profile") { text throws(ValueError) in
            guard self.declaredProfiles.contains(text) else {
                throw self.unknown("BMC profile", text, among: self.declaredProfiles)
            }
            return text
        }
    }

    // MARK: Kinds

    private func kind(_ reader: MapReader) -> ConsoleLink.Kind? {
        let kinds = ConsoleLink.Kind.allCases.filter { reader.has($0.rawValue) }
        if kinds.count == 1 { return kinds.first }
        let words = ConsoleLink.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        self.sink.error(
            reader.position,
            kinds.isEmpty
                ? "consoles: an entry has no transport; write one of \(words)"
                : "consoles: an entry has \(kinds.map(\.rawValue).joined(separator: " and "));"
                    + " it can have only one transport"
        )
        return nil
    }
}
