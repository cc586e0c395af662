// SPDX-License-Identifier: Apache-2.0

extension VerbTable {
    /// `help`
    package static var help: String {
        let width = self.all.map(\.verb.rawValue.count).max() ?? 0
        let lines = self.all.map { description in
            let name = description.verb.rawValue
            let padding = String(repeating: " ", count: width - name.count + 2)
            return "  " + name + padding + description.summary
                + (description.isBuilt ? "" : " (not built yet)")
        }
        return """
            usage: helio VERB ...        ssh HOST VERB ...        ssh -t HOST CONSOLE

            \(lines.joined(separator: "\n"))

            Names take patterns: web01, web[01-40,50], 'db*', @group, comma lists.
            VERB --help tells more. Exit status: 0 done, 1 it failed, 64 usage, 65 bad data,
            69 console or daemon unavailable, 77 not permitted.

            """
    }

    /// `VERB --help`
    package static func help(for verb: Verb) -> String {
        let description = self.description(of: verb)
        let options = description.options + [.help]
        let width = options.map(\.helpName.count).max() ?? 0
        let lines = options.map { option in
            "  " + option.helpName + String(repeating: " ", count: width - option.helpName.count + 2)
                + option.help
        }
        let remark = description.isBuilt ? "" : "\nThis version does not have it yet.\n"
        return """
            usage: \(description.usage)

            \(description.summary)
            \(remark)
            \(lines.joined(separator: "\n"))

            """
    }
}
