// SPDX-License-Identifier: Apache-2.0

import OperatorSession

// From sorted words to each verb's options.

extension CommandParser {
    static func list(_ parsed: ParsedArguments) throws(UsageError) -> ListOptions {
        var states: [FleetState] = []
        for word in parsed.value("state")?.split(separator: ",") ?? [] {
            guard let state = FleetState(rawValue: String(word)) else {
                let all = FleetState.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(.list, "unknown state \(TerminalSafe.text(String(word))); there are \(all)")
            }
            states.append(state)
        }
        return ListOptions(names: parsed.operands.first, states: states, json: parsed.has("json"))
    }

    static func attach(_ parsed: ParsedArguments) throws(UsageError) -> AttachOptions {
        let modes: [(String, ModeRequest)] = [("read-only", .spectate), ("force", .force), ("join", .join)]
        let chosen = modes.filter { parsed.has($0.0) }
        guard chosen.count <= 1 else {
            throw UsageError(.attach, "--\(chosen[0].0) and --\(chosen[1].0) exclude each other")
        }
        var options = AttachOptions(console: parsed[0], mode: chosen.first?.1 ?? .readWrite)
        guard let escape = parsed.value("escape") else { return options }
        do throws(EscapePrefixError) {
            options.escape = try EscapePrefix(parsing: escape)
        } catch {
            throw UsageError(.attach, "--escape: \(error)")
        }
        return options
    }

    static func broadcast(_ parsed: ParsedArguments) throws(UsageError) -> BroadcastOptions {
        let text = parsed.operands.last ?? ""
        guard !text.isEmpty else { throw UsageError(.broadcast, "TEXT is empty") }
        return BroadcastOptions(names: parsed.operands.count == 2 ? parsed[0] : nil, text: text)
    }

    static func log(_ parsed: ParsedArguments) throws(UsageError) -> LogOptions {
        LogOptions(
            console: parsed[0],
            since: try self.time("since", parsed),
            until: try self.time("until", parsed),
            lines: try self.count("lines", parsed),
            follow: parsed.has("follow"),
            raw: parsed.has("raw"),
            json: parsed.has("json")
        )
    }

    static func events(_ parsed: ParsedArguments) throws(UsageError) -> EventsOptions {
        EventsOptions(
            names: parsed.operands.first,
            since: try self.time("since", parsed),
            until: try self.time("until", parsed),
            lines: try self.count("lines", parsed),
            follow: parsed.has("follow"),
            json: parsed.has("json")
        )
    }

    static func send(_ parsed: ParsedArguments) throws(UsageError) -> SendOptions {
        let keys = parsed.options["key"] ?? []
        let options = SendOptions(console: parsed[0], text: parsed[1], keys: keys, enter: parsed.has("enter"))
        guard !options.text.isEmpty || !keys.isEmpty || options.enter else {
            throw UsageError(.send, "nothing to send: TEXT, --key or --enter is missing")
        }
        return options
    }

    static func sysrq(_ parsed: ParsedArguments) throws(UsageError) -> SysrqOptions {
        let key = Array(parsed[1].utf8)
        guard key.count == 1, SysrqKey.isKey(key[0]) else {
            throw UsageError(.sysrq, "KEY is one letter or digit")
        }
        return SysrqOptions(console: parsed[0], key: key[0])
    }

    static func help(_ parsed: ParsedArguments) throws(UsageError) -> Command {
        guard let word = parsed.operands.first else { return .help(VerbTable.help) }
        guard let verb = Verb(rawValue: word) else {
            let hint = Verb.suggestion(for: word).map { " (did you mean \($0.rawValue)?)" } ?? ""
            throw UsageError(.help, "no such verb: \(TerminalSafe.text(word))\(hint)")
        }
        return .help(VerbTable.help(for: verb))
    }

    private static func time(_ key: String, _ parsed: ParsedArguments) throws(UsageError) -> TimeReference? {
        guard let text = parsed.value(key) else { return nil }
        guard let time = TimeReference(parsing: text) else {
            let examples = "10m, 2h, yesterday 14:00, 2026-11-22T08:05:19Z"
            throw UsageError(
                parsed.verb,
                "--\(key): not a time: \(TerminalSafe.text(text)) (such as \(examples))"
            )
        }
        return time
    }

    private static func count(_ key: String, _ parsed: ParsedArguments) throws(UsageError) -> Int? {
        guard let text = parsed.value(key) else { return nil }
        guard let count = Int(text), (0...1_000_000_000).contains(count) else {
            throw UsageError(parsed.verb, "--\(key): not a number: \(TerminalSafe.text(text))")
        }
        return count
    }
}
