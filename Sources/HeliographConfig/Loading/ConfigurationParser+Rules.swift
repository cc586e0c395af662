// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    func parseCrashRules(_ top: inout MapReader) {
        guard let sets = top.map("crash_rules") else { return }
        for entry in sets.all() {
            guard GroupName.isValid(entry.key) else {
                self.sink.error(
                    entry.keyPosition,
                    "crash_rules: \(entry.key.quoted) is not the name of a rule set"
                )
                continue
            }
            guard entry.key != "standard" else {
                self.sink.error(
                    entry.keyPosition,
                    "crash_rules: the set \"standard\" is built in; give yours another name"
                )
                continue
            }
            self.declaredRuleSets.insert(entry.key)
            var outer = MapReader([entry], at: entry.keyPosition, sink: self.sink)
            self.configuration.crashRules[entry.key] = self.rules(outer.maps(entry.key))
        }
    }

    private func rules(_ readers: [MapReader]) -> [CrashRule] {
        var rules: [CrashRule] = []
        var names: Set<String> = []
        for reader in readers {
            var reader = reader
            let name = reader.value("name") { text throws(ValueError) in
                guard GroupName.isValid(text) else {
                    throw ValueError("\(text.quoted) is not the name of a rule")
                }
                return text
            }
            let match = reader.value("match") { text throws(ValueError) in
                guard !text.isEmpty else { throw ValueError("an empty expression would match every line") }
                guard text.utf8.count <= 4096 else {
                    throw ValueError("the expression is longer than 4096 bytes")
                }
                guard !text.contains(where: \.isNewline) else {
                    throw ValueError("the expression has a line break in it")
                }
                return text
            }
            let severity: CrashRule.Severity? = reader.choice("severity")
            for key in ["name", "match"] where !reader.has(key) {
                self.sink.error(reader.position, "crash_rules: a rule has no \(key.quoted)")
            }
            reader.finish()
            guard let name, let match else { continue }
            if !names.insert(name).inserted {
                self.sink.error(
                    reader.position,
                    "crash_rules: there are two rules \(name.quoted) in this set"
                )
            }
            rules.append(CrashRule(name: name, match: match, severity: severity ?? .critical))
        }
        return rules
    }

    /// `crash_rules:` of a console or of the defaults: names of sets.
    func crashRuleSets(_ reader: inout MapReader) -> [String]? {
        reader.values("crash_rules") { text throws(ValueError) in
            guard self.declaredRuleSets.contains(text) else {
                throw self.unknown("rule set", text, among: self.declaredRuleSets)
            }
            return text
        }
    }

    func parseNotify(_ top: inout MapReader) {
        for reader in top.maps("notify") {
            var reader = reader
            let events = reader.choices(
                "on",
                NotifyRule.Event.self,
                empty: "is empty, so the rule is for nothing"
            )
            let consoles = self.namePattern(&reader, "consoles")
            let exec = reader.command("exec").map { NotifyRule.Action.exec($0) }
            let webhook = reader.value("webhook") { text throws(ValueError) in
                NotifyRule.Action.webhook(try Self.webAddress(text))
            }
            let syslog = reader.value("syslog") { text throws(ValueError) in
                NotifyRule.Action.syslog(try Self.syslogFacility(text))
            }
            let alertmanager = reader.value("alertmanager") { text throws(ValueError) in
                NotifyRule.Action.alertmanager(try Self.webAddress(text))
            }
            let actions = ["exec", "webhook", "syslog", "alertmanager"].filter { reader.has($0) }
            if actions.count != 1 {
                self.sink.error(
                    reader.position,
                    "notify: "
                        + (actions.isEmpty
                            ? "a rule has neither exec, webhook, syslog nor alertmanager"
                            : "a rule has \(actions.joined(separator: " and ")); write one rule for each")
                )
            }
            if !reader.has("on") {
                self.sink.error(reader.position, "notify: a rule has no \"on\"")
            }
            reader.finish()
            guard let events, let action = exec ?? webhook ?? syslog ?? alertmanager else { continue }
            self.configuration.notify.append(
                NotifyRule(on: events, consoles: consoles?.pattern, action: action)
            )
        }
    }

    private static func webAddress(_ text: String) throws(ValueError) -> String {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard !authority.contains("@") else {
                throw ValueError(
                    "the address has a user name in it; secrets do not belong into the configuration"
                )
            }
            _ = try HostPort(parsing: String(authority), defaultPort: 443)
            guard !text.contains(where: { $0 == " " || $0.isNewline }) else {
                throw ValueError("\(text.quoted) has a space in it")
            }
            return text
        }
        throw ValueError("\(text.quoted) is not a web address; write https://host/path")
    }

    private static func syslogFacility(_ text: String) throws(ValueError) -> String {
        let names =
            [
                "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
                "ftp",
            ] + (0...7).map { "local\($0)" }
        guard names.contains(text) else {
            throw ValueError(
                "there is no syslog facility \(text.quoted)" + Spelling.hint(for: text, among: names)
            )
        }
        return text
    }
}
