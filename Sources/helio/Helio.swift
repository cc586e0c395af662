// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc

/// The operator's and administrator's tool: a thin client of the control socket, and some verbs that work on files.
@main
enum Helio {
    static func main() {
        // A reader that goes away (`helio log web01 | head`) is told by the write, not by a signal.
        signal(SIGPIPE, SIG_IGN)
        exit(Int32(self.run(Array(CommandLine.arguments.dropFirst())).rawStatus))
    }

    private static func run(_ words: [String]) -> Outcome {
        do throws(UsageError) {
            let invocation = try Invocation(words)
            return self.perform(try CommandParser.parse(invocation.words), invocation)
        } catch {
            Output.complain(error.text, withNewline: false)
            return .status(.usage)
        }
    }

    private static func perform(_ command: Command, _ invocation: Invocation) -> Outcome {
        let client = DaemonClient(socketPath: invocation.socketPath)
        switch command {
        case .help(let text):
            Output.print(text)
            return .status(.done)
        case .notBuilt(let verb):
            Output.complain("\(verb.rawValue): this version does not have it yet")
            return .status(.unavailable)
        case .hashPassword: return HashPassword.run()
        case .version(let json): return Version.run(json: json, client)
        case .check(let file?): return CheckConfiguration.run(file)
        case .check(nil):
            return client.run(invocation.words, .relay) { _ in
                CheckConfiguration.run(CheckConfiguration.defaultFile)
            }
        case .log(let options):
            return client.run(invocation.words, .relay) { LogFromFiles.run(options, unreachable: $0) }
        case .attach: return client.run(invocation.words, .interactive)
        case .list, .status, .who, .disconnect, .broadcast, .events, .send, .sendBreak, .sysrq, .down, .up,
            .reload:
            return client.run(invocation.words, .relay)
        }
    }
}

/// How the program ends.
enum Outcome: Equatable {
    case status(ExitStatus)
    /// The daemon's word for it.
    case relayed(UInt8)

    var rawStatus: UInt8 {
        switch self {
        case .status(let status): status.rawValue
        case .relayed(let status): status
        }
    }
}

/// The command line, with the options before the verb taken off: `helio --socket PATH VERB ...`.
struct Invocation {
    var socketPath: String
    var words: [String]

    static let defaultSocketPath = "/run/heliograph/control.sock"

    init(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        var socketPath: String?
        while let word = rest.first, word.hasPrefix("--socket") {
            rest.removeFirst()
            if word == "--socket", let path = rest.popFirst() {
                socketPath = path
            } else if word.hasPrefix("--socket=") {
                socketPath = String(word.dropFirst("--socket=".count))
            } else {
                throw UsageError("--socket needs a path", hint: "usage: helio --socket PATH VERB ...")
            }
        }
        self.socketPath = socketPath ?? Environment.value("HELIO_SOCKET") ?? Self.defaultSocketPath
        self.words = Array(rest)
    }
}
