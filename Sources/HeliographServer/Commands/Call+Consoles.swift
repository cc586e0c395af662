// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HeliographConfig
import OperatorSession

/// Doing things to consoles without being attached, and to the daemon.
extension CommandInterpreter.Call {
    func send(_ options: SendOptions) async throws {
        let entry = try self.console(options.console, .write)
        guard options.keys.isEmpty else {
            throw CommandFailure(.unavailable, "--key is not built yet in this version")
        }
        let characters = Array(options.text.utf8) + (options.enter ? [0x0D] : [])
        self.interpreter.audit.record("send", self.identity, console: options.console)
        guard await entry.shard.send(characters, to: entry.id, user: self.identity.user) else {
            throw await self.notConnected(entry)
        }
    }

    func sendBreak(_ name: String, key: UInt8?) async throws {
        let entry = try self.console(name, .break)
        guard entry.console.allowBreak else {
            throw CommandFailure(.notPermitted, "breaks are switched off for \(name) (break: false)")
        }
        let action = key == nil ? "break" : "sysrq"
        let detail = key.map { String(UnicodeScalar($0)) }
        self.interpreter.audit.record(action, self.identity, console: name, detail: detail)
        guard await entry.shard.sendBreak(to: entry.id, key: key, user: self.identity.user) else {
            throw await self.notConnected(entry)
        }
    }

    func change(_ names: String, opens: Bool) async throws {
        let entries = try self.consoles(names)
        for entry in entries { try self.demand(.manage, on: entry) }
        for entry in entries {
            self.interpreter.audit.record(opens ? "up" : "down", self.identity, console: entry.console.name)
            if opens { await entry.shard.open(entry.id) } else { await entry.shard.close(entry.id) }
        }
        try await self.output.write("\(opens ? "opening" : "closing") \(entries.count)\n")
    }

    func reload() async throws {
        try self.demandAdmin()
        let outcome = await self.interpreter.supervisor.reload()
        self.interpreter.audit.record("reload", self.identity, allowed: outcome.isAccepted)
        for line in outcome.problems { self.output.fail(line) }
        guard outcome.isAccepted else {
            throw CommandFailure(.badData, "the configuration was refused whole; the one in force stays")
        }
        try await self.output.write("\(outcome.summary)\n")
    }

    func check(_ file: String?) async throws {
        try self.demandAdmin()
        let result = await self.interpreter.supervisor.check(file)
        for diagnostic in result.diagnostics {
            try await self.output.write("\(TerminalSafe.text(diagnostic.description))\n")
        }
        guard !result.hasErrors else { throw CommandFailure(.badData, "the configuration has mistakes") }
        try await self.output.write("\(result.files.first ?? "the configuration"): no errors\n")
    }

    func version(json: Bool) async throws {
        let version = ProductVersion.text
        let value = JSON.object([
            .init("program", .string("heliographd")), .init("version", .string(version)),
        ])
        try await self.output.write(json ? JSON.lines([value]) : "heliographd \(version)\n")
    }

    private func notConnected(_ entry: ConsoleDirectory.Entry) async -> CommandFailure {
        let row = await entry.shard.rows([entry.id]).first
        let state = row?.state.rawValue ?? "gone"
        let code = row?.errorCode.map { " (\($0))" } ?? ""
        return CommandFailure(
            .unavailable,
            "\(entry.console.name) is not connected: \(state)\(code); `status \(entry.console.name)` says more"
        )
    }
}
