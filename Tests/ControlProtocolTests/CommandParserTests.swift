// SPDX-License-Identifier: Apache-2.0

@testable import ControlProtocol
import OperatorSession
import Testing

@Suite("The command language")
struct CommandParserTests {
    @Test(
        "reads every verb that is built",
        arguments: [
            ("list", .list(ListOptions())),
            ("list web[01-40,50] --json", .list(ListOptions(names: "web[01-40,50]", json: true))),
            ("list --state up,down", .list(ListOptions(states: [.up, .down]))),
            ("list --state=held @web", .list(ListOptions(names: "@web", states: [.held]))),
            ("status web01 --json", .status(StatusOptions(console: "web01", json: true))),
            ("attach web01", .attach(AttachOptions(console: "web01"))),
            ("attach --read-only web01", .attach(AttachOptions(console: "web01", mode: .spectate))),
            ("attach -f web01", .attach(AttachOptions(console: "web01", mode: .force))),
            ("attach web01 --join", .attach(AttachOptions(console: "web01", mode: .join))),
            ("attach web01 -e conman", .attach(AttachOptions(console: "web01", escape: .conman))),
            ("web01", .attach(AttachOptions(console: "web01", isBareName: true))),
            ("web01 -r", .attach(AttachOptions(console: "web01", mode: .spectate, isBareName: true))),
            ("who", .who(WhoOptions())),
            ("who 'db*' --json", .who(WhoOptions(names: "db*", json: true))),
            ("disconnect 17", .disconnect(DisconnectOptions(who: "17"))),
            ("broadcast 'going down'", .broadcast(BroadcastOptions(text: "going down"))),
            ("broadcast @web 'going down'", .broadcast(BroadcastOptions(names: "@web", text: "going down"))),
            ("log web01", .log(LogOptions(console: "web01"))),
            ("log web01 -f -n 20", .log(LogOptions(console: "web01", lines: 20, follow: true))),
            ("log web01 -fn20", .log(LogOptions(console: "web01", lines: 20, follow: true))),
            ("log web01 --follow --lines=0", .log(LogOptions(console: "web01", lines: 0, follow: true))),
            (
                "log web01 --since 2h --until 10m --raw",
                .log(
                    LogOptions(
                        console: "web01",
                        since: .ago(microseconds: 7_200_000_000),
                        until: .ago(microseconds: 600_000_000),
                        raw: true
                    )
                )
            ),
            ("send web01 reboot --enter", .send(SendOptions(console: "web01", text: "reboot", enter: true))),
            (
                "send web01 --key F11 --key Home",
                .send(SendOptions(console: "web01", text: "", keys: ["F11", "Home"]))
            ),
            ("send web01 -- --enter", .send(SendOptions(console: "web01", text: "--enter"))),
            ("send web01 -- -", .send(SendOptions(console: "web01", text: "-"))),
            ("break web01", .sendBreak(console: "web01")),
            ("sysrq web01 h", .sysrq(SysrqOptions(console: "web01", key: 0x68))),
            ("down web01,web02", .down(names: "web01,web02")),
            ("up @all", .up(names: "@all")),
            ("reload", .reload),
            ("check", .check(file: nil)),
            ("check /etc/x.yaml", .check(file: "/etc/x.yaml")),
            ("hash-password", .hashPassword),
            ("version --json", .version(json: true)),
            ("--version", .version(json: false)),
            ("help", .help(VerbTable.help)),
            ("--help", .help(VerbTable.help)),
            ("-h", .help(VerbTable.help)),
            ("help list", .help(VerbTable.help(for: .list))),
            ("list --help", .help(VerbTable.help(for: .list))),
            ("attach -h", .help(VerbTable.help(for: .attach))),
            ("power web01 reset", .notBuilt(.power)),
            ("grep panic --since 2h", .notBuilt(.grep)),
            ("grep --help", .help(VerbTable.help(for: .grep))),
        ] as [(String, Command)]
    )
    func commands(_ line: String, command: Command) throws {
        #expect(try CommandParser.parse(line: line) == command)
    }

    @Test(
        "says what is wrong with a command line",
        arguments: [
            ("", "no verb is given"),
            ("list --jsno", "list: unknown option --jsno (did you mean --json?)"),
            ("list -x", "list: unknown option -x"),
            ("list a b", "list: one word too many: b"),
            (
                "list --state sideways",
                "list: unknown state sideways; there are up, suspect, connecting, down, held, released"
            ),
            ("list --json=yes", "list: --json takes no value"),
            ("list --json --json", "list: --json is given twice"),
            ("status", "status: NAME is missing"),
            ("attach", "attach: NAME is missing"),
            ("attach -f -j web01", "attach: --force and --join exclude each other"),
            ("attach -e ^1 web01", "attach: --escape: \(EscapePrefixError.badControl)"),
            ("broadcast", "broadcast: TEXT is missing"),
            ("broadcast ''", "broadcast: TEXT is empty"),
            ("broadcast going down now", "broadcast: one word too many: now"),
            ("log web01 -n", "log: --lines needs a value: --lines N"),
            ("log web01 -n x", "log: --lines: not a number: x"),
            ("log web01 -n -1", "log: --lines: not a number: -1"),
            (
                "log web01 --since never",
                "log: --since: not a time: never (such as 10m, 2h, yesterday 14:00, 2026-11-22T08:05:19Z)"
            ),
            ("send web01", "send: nothing to send: TEXT, --key or --enter is missing"),
            ("sysrq web01", "sysrq: KEY is missing"),
            ("sysrq web01 ctrl", "sysrq: KEY is one letter or digit"),
            ("sysrq web01 %", "sysrq: KEY is one letter or digit"),
            ("lst --state up", "neither a verb nor a console: lst (did you mean list?)"),
            ("atach web01", "neither a verb nor a console: atach (did you mean attach?)"),
            ("help lst", "help: no such verb: lst (did you mean list?)"),
            ("--jsno", "unknown option --jsno"),
            ("\"list\u{1B}[31m\" a b", "neither a verb nor a console: list?[31m"),
        ]
    )
    func usageErrors(_ line: String, message: String) {
        do throws(UsageError) {
            let command = try CommandParser.parse(line: line)
            Issue.record("parsed as \(command)")
        } catch {
            #expect(error.message == message)
            #expect(!error.hint.isEmpty)
            #expect(error.text == "\(error.message)\n\(error.hint)\n")
        }
    }

    @Test("survives random words", arguments: Array(1...50) as [UInt64])
    func randomWords(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words =
            Verb.allCases.map(\.rawValue)
            + [
                "--json", "-n", "-fn", "--since", "--", "-", "--=", "web01", "", "\u{1B}", "--key", "-e",
                "10m", "--help",
            ]
        for _ in 0..<100 {
            let line = (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in
                words.randomElement(using: &random)
            }
            do throws(UsageError) {
                _ = try CommandParser.parse(line)
            } catch {
                #expect(error.text.unicodeScalars.allSatisfy { $0 == "\n" || TerminalSafe.isHarmless($0) })
            }
        }
    }

    @Test("shows the last lines of a log unless a time is given")
    func lastLines() {
        #expect(LogOptions(console: "a").lastLines == LogOptions.defaultLines)
        #expect(LogOptions(console: "a", lines: 7).lastLines == 7)
        #expect(LogOptions(console: "a", since: .ago(microseconds: 1)).lastLines == nil)
        #expect(LogOptions(console: "a", since: .ago(microseconds: 1), lines: 3).lastLines == 3)
    }

    @Test("reads a built verb's every option from its table", arguments: VerbTable.all.filter(\.isBuilt))
    func optionsHaveMeaning(_ description: VerbDescription) throws {
        // A long option of the table is accepted by the parser: it fails for another reason or not at all.
        for option in description.options {
            let words = [description.verb.rawValue, option.name] + (option.value == nil ? [] : ["x"])
            do throws(UsageError) {
                _ = try CommandParser.parse(words)
            } catch {
                #expect(!error.message.contains("unknown option"), "\(error.message)")
            }
        }
    }
}

@Suite("The verb table")
struct VerbTableTests {
    @Test("has one row per verb")
    func complete() {
        #expect(VerbTable.all.map(\.verb.rawValue).sorted() == Verb.allCases.map(\.rawValue).sorted())
    }

    @Test("names no option or letter twice in a verb", arguments: VerbTable.all)
    func unique(_ description: VerbDescription) {
        let longs = description.options.compactMap(\.long) + ["help"]
        let shorts = description.options.compactMap(\.short) + ["h"]
        #expect(Set(longs).count == longs.count)
        #expect(Set(shorts).count == shorts.count)
    }

    @Test("gives every verb a help text that fits a terminal", arguments: VerbTable.all)
    func help(_ description: VerbDescription) {
        let help = VerbTable.help(for: description.verb)
        #expect(help.hasPrefix("usage: \(description.verb.rawValue)"))
        #expect(help.hasSuffix("\n"))
        #expect(!description.summary.isEmpty)
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 110 })
    }

    @Test("prints usage lines as the manual has them")
    func usage() {
        #expect(VerbTable.description(of: .list).usage == "list [NAMES] [--state S,...] [--json]")
        #expect(VerbTable.description(of: .broadcast).usage == "broadcast [NAMES] TEXT")
        #expect(
            VerbTable.description(of: .log).usage
                == "log NAME [--since T] [--until T] [-n N] [-f] [--raw] [--json]"
        )
        #expect(VerbTable.description(of: .send).usage == "send NAME [TEXT] [--key NAME]... [--enter]")
        #expect(VerbTable.description(of: .scan).usage == "scan FILE... [--json]")
    }

    @Test("fits 80 columns with the list of verbs")
    func overview() {
        for line in VerbTable.help.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        for verb in Verb.allCases { #expect(VerbTable.help.contains("  \(verb.rawValue) ")) }
    }
}
