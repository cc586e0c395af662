// SPDX-License-Identifier: Apache-2.0

/// One row of the verb table: enough to parse the verb's command line, to print its help, to complete it in a
/// shell and to check that the manual has it.
package struct VerbDescription: Sendable {
    /// Who carries the verb out.
    package enum Place: Equatable, Sendable {
        /// The daemon, at either door.
        case daemon
        /// `helio` alone; the daemon refuses it.
        case local
        /// The daemon, or `helio` on files when no daemon is running.
        case either
    }

    /// A word that is not an option.
    package struct Operand: Equatable, Sendable {
        package var name: String
        package var isOptional: Bool
        package var repeats: Bool

        /// `NAME`, `[NAMES]`, `FILE...`
        init(_ usage: String) {
            var name = Substring(usage)
            self.repeats = name.hasSuffix("...")
            if self.repeats { name = name.dropLast(3) }
            self.isOptional = name.hasPrefix("[")
            if self.isOptional { name = name.dropFirst().dropLast() }
            self.name = String(name)
        }

        var usage: String { (self.isOptional ? "[\(self.name)]" : self.name) + (self.repeats ? "..." : "") }
    }

    /// A word with dashes.
    package struct Option: Equatable, Sendable {
        /// `since`, without dashes; nil where there is only the letter.
        package var long: String?
        package var short: Character?
        /// `T`; nil for a flag.
        package var value: String?
        package var repeats: Bool
        package var help: String

        /// `--since T`, `-n N`, `-f, --follow`, `--key NAME...`
        init(_ usage: String, _ help: String) {
            self.long = nil
            self.short = nil
            self.value = nil
            // `S,...` is one value with commas in it.
            self.repeats = usage.hasSuffix("...") && !usage.hasSuffix(",...")
            self.help = help
            for word in usage.split(separator: " ") {
                if word.hasPrefix("--") {
                    self.long = String(word.dropFirst(2))
                } else if word.hasPrefix("-") {
                    self.short = word.dropFirst().first
                } else {
                    self.value = String(self.repeats ? word.dropLast(3) : word)
                }
            }
        }

        /// What the parsed command calls it.
        var key: String { self.long ?? self.short.map(String.init) ?? "" }

        /// `--since`, or `-n` where there is only the letter.
        var name: String { self.long.map { "--\($0)" } ?? "-\(self.key)" }

        /// `[--since T]`
        var usage: String {
            let short = self.short.map { "-\($0)" }
            let word = short ?? self.name
            return "[\(word)\(self.value.map { " \($0)" } ?? "")]\(self.repeats ? "..." : "")"
        }

        /// `-f, --follow`
        var helpName: String {
            let names = [self.short.map { "-\($0)" }, self.long.map { "--\($0)" }].compactMap(\.self)
            return names.joined(separator: ", ") + (self.value.map { " \($0)" } ?? "")
        }
    }

    package var verb: Verb
    package var summary: String
    package var operands: [Operand]
    package var options: [Option]
    package var place: Place
    /// False for verbs of later versions: recognised, with help, and answered with `ExitStatus.unavailable`.
    package var isBuilt: Bool

    init(
        _ verb: Verb,
        _ summary: String,
        operands: [String] = [],
        options: [Option] = [],
        place: Place = .daemon,
        isBuilt: Bool = true
    ) {
        self.verb = verb
        self.summary = summary
        self.operands = operands.map(Operand.init)
        self.options = options
        self.place = place
        self.isBuilt = isBuilt
    }

    /// `list [NAMES] [--state S,...] [--json]`
    package var usage: String {
        ([self.verb.rawValue] + self.operands.map(\.usage) + self.options.map(\.usage)).joined(separator: " ")
    }
}

extension VerbDescription.Option {
    static let help = Self("-h, --help", "this text")
    static let json = Self("--json", "machine-readable output")
    static let since = Self("--since T", "from then on: 10m, 2h, yesterday 14:00, 2026-11-22T08:05:19Z (UTC)")
    static let until = Self("--until T", "up to then")
}
