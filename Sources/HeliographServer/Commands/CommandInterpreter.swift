// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HeliographConfig
import LogStore
import OperatorSession

/// Carries out commands. One interpreter, two doors: `helio VERB` and `ssh HOST VERB` come here alike.
struct CommandInterpreter: Sendable {
    let directory: ConsoleDirectory
    let supervisor: Supervisor
    let writer: LogWriter
    let audit: AuditTrail
    /// Where the writer writes; another `logs.directory` counts from the next start.
    let logDirectory: String

    /// Runs one command.
    func run(_ command: Command, by identity: OperatorIdentity, to output: CommandOutput) async -> ExitStatus
    {
        let call = Call(
            interpreter: self,
            identity: identity,
            output: output,
            snapshot: self.directory.snapshot
        )
        do {
            try await call.run(command)
            return .done
        } catch let error as CommandFailure {
            output.fail(error.text)
            return error.status
        } catch {
            // The operator has gone; nobody reads the status.
            return .failed
        }
    }

    /// One command of one operator.
    struct Call: Sendable {
        let interpreter: CommandInterpreter
        let identity: OperatorIdentity
        let output: CommandOutput
        let snapshot: ConsoleDirectory.Snapshot

        var viewer: Viewer { Viewer(identity: self.identity) }

        func run(_ command: Command) async throws {
            switch command {
            case .list(let options): try await self.list(options)
            case .status(let options): try await self.status(options)
            case .who(let options): try await self.who(options)
            case .disconnect(let options): try await self.disconnect(options)
            case .broadcast(let options): try await self.broadcast(options)
            case .log(let options): try await self.log(options)
            case .send(let options): try await self.send(options)
            case .sendBreak(let console): try await self.sendBreak(console, key: nil)
            case .sysrq(let options): try await self.sendBreak(options.console, key: options.key)
            case .down(let names): try await self.change(names, opens: false)
            case .up(let names): try await self.change(names, opens: true)
            case .reload: try await self.reload()
            case .check(let file): try await self.check(file)
            case .version(let json): try await self.version(json: json)
            case .help(let text): try await self.output.write(text)
            case .events:
                throw CommandFailure(.unavailable, "events are in events.jsonl; the verb is not built yet")
            case .attach: throw CommandFailure(.usage, "attach needs a channel of its own")
            case .hashPassword: throw CommandFailure(.usage, "run `helio hash-password` where you sit")
            case .notBuilt(let verb):
                throw CommandFailure(.unavailable, "\(verb.rawValue) is not built yet in this version")
            }
        }
    }
}

/// Why a command did not do what was asked.
struct CommandFailure: Error {
    var status: ExitStatus
    var text: String

    init(_ status: ExitStatus, _ text: String) {
        self.status = status
        self.text = text
    }
}

// MARK: - Names

extension CommandInterpreter.Call {
    /// The consoles that a pattern means; an error when it means none that the operator may see.
    func consoles(_ names: String?) throws -> [ConsoleDirectory.Entry] {
        guard let names else { return self.snapshot.consoles(matching: nil, visibleTo: self.viewer) }
        let pattern: NamePattern
        do {
            pattern = try NamePattern(parsing: names)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        let found = self.snapshot.consoles(matching: pattern, visibleTo: self.viewer)
        guard !found.isEmpty else {
            throw CommandFailure(
                .unavailable,
                "no console \"\(names)\" that you may see; `list` shows those there are"
            )
        }
        return found
    }

    /// One console that the operator may do this to.
    func console(_ name: String, _ permission: Permission) throws -> ConsoleDirectory.Entry {
        guard let entry = self.snapshot.entries[name] else {
            throw CommandFailure(
                .unavailable,
                "there is no console \"\(name)\"; `list` shows those there are"
            )
        }
        try self.demand(permission, on: entry)
        return entry
    }

    func demand(_ permission: Permission, on entry: ConsoleDirectory.Entry) throws {
        guard self.viewer.may(permission, entry.console, self.snapshot.configuration) else {
            throw self.refused(permission, entry.console.name)
        }
    }

    /// For what concerns the daemon as a whole.
    func demandAdmin() throws {
        guard self.viewer.may(.admin, self.snapshot.configuration) else { throw self.refused(.admin, nil) }
    }

    private func refused(_ permission: Permission, _ console: String?) -> CommandFailure {
        self.interpreter.audit.record(
            "refused",
            self.identity,
            console: console,
            allowed: false,
            detail: permission.rawValue
        )
        let place = console.map { " on \($0)" } ?? ""
        return CommandFailure(.notPermitted, "not permitted\(place) (needs access: \(permission.rawValue))")
    }

    /// Asks every shard once for all of its consoles among these, and keeps the order.
    func onShards<Value: Sendable>(
        _ entries: [ConsoleDirectory.Entry],
        _ ask: @Sendable (Shard, [Int]) async -> [Value]
    ) async -> [Value] {
        var byShard: [ObjectIdentifier: (shard: Shard, ids: [Int])] = [:]
        for entry in entries {
            byShard[ObjectIdentifier(entry.shard), default: (entry.shard, [])].ids.append(entry.id)
        }
        var values: [Value] = []
        for (shard, ids) in byShard.values { values += await ask(shard, ids) }
        return values
    }
}
