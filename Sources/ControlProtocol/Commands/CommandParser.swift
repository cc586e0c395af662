// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// Reads command lines, at both doors.
package enum CommandParser {
    /// Reads a line as an ssh client sends it: `log web01 --since '2h'`.
    package static func parse(line: String) throws(UsageError) -> Command {
        let words: [String]
        do throws(ShellWordsError) {
            words = try ShellWords.split(line)
        } catch {
            throw UsageError("\(error)", hint: "quote as in a shell")
        }
        return try self.parse(words)
    }

    /// Reads words. A first word that is no verb is a console to attach to.
    package static func parse(_ arguments: [String]) throws(UsageError) -> Command {
        guard let first = arguments.first else { throw UsageError("no verb is given") }
        switch first {
        case "--help", "-h": return .help(VerbTable.help)
        case "--version": return .version(json: false)
        default: break
        }
        guard let verb = Verb(rawValue: first) else { return try self.bareName(arguments) }
        let description = VerbTable.description(of: verb)
        guard description.isBuilt else {
            let wantsHelp = arguments.contains("--help") || arguments.contains("-h")
            return wantsHelp ? .help(VerbTable.help(for: verb)) : .notBuilt(verb)
        }
        let parsed = try ParsedArguments(description, arguments.dropFirst())
        return parsed.wantsHelp ? .help(VerbTable.help(for: verb)) : try self.command(parsed)
    }

    /// What the answer to a bare name, or to a wrong verb, says.
    package static func unknownVerb(_ word: String) -> UsageError {
        let hint = Verb.suggestion(for: word).map { " (did you mean \($0.rawValue)?)" } ?? ""
        return UsageError("neither a verb nor a console: \(TerminalSafe.text(word))\(hint)")
    }

    private static func bareName(_ arguments: [String]) throws(UsageError) -> Command {
        guard !arguments[0].hasPrefix("-"), !arguments[0].isEmpty else {
            throw UsageError("unknown option \(TerminalSafe.text(arguments[0]))")
        }
        let parsed: ParsedArguments
        do throws(UsageError) {
            parsed = try ParsedArguments(VerbTable.description(of: .attach), arguments)
        } catch {
            throw self.unknownVerb(arguments[0])
        }
        if parsed.wantsHelp { return .help(VerbTable.help(for: .attach)) }
        var options = try self.attach(parsed)
        options.isBareName = true
        return .attach(options)
    }

    private static func command(_ parsed: ParsedArguments) throws(UsageError) -> Command {
        let json = parsed.has("json")
        switch parsed.verb {
        case .list: return .list(try self.list(parsed))
        case .status: return .status(StatusOptions(console: parsed[0], json: json))
        case .attach: return .attach(try self.attach(parsed))
        case .who: return .who(WhoOptions(names: parsed.operands.first, json: json))
        case .disconnect: return .disconnect(DisconnectOptions(who: parsed[0]))
        case .broadcast: return .broadcast(try self.broadcast(parsed))
        case .log: return .log(try self.log(parsed))
        case .events: return .events(try self.events(parsed))
        case .send: return .send(try self.send(parsed))
        case .break: return .sendBreak(console: parsed[0])
        case .sysrq: return .sysrq(try self.sysrq(parsed))
        case .down: return .down(names: parsed[0])
        case .up: return .up(names: parsed[0])
        case .reload: return .reload
        case .check: return .check(file: parsed.operands.first)
        case .hashPassword: return .hashPassword
        case .version: return .version(json: json)
        case .help: return try self.help(parsed)
        case .grep, .replay, .screen, .crashes, .scan, .expect, .power, .bmc, .import:
            return .notBuilt(parsed.verb)
        }
    }
}
