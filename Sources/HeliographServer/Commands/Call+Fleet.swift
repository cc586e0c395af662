// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import ControlProtocol
import HeliographConfig
import LogStore
import OperatorSession

/// Looking at the fleet and at who is there.
extension CommandInterpreter.Call {
    func list(_ options: ListOptions) async throws {
        let entries = try self.consoles(options.names)
        let rows = await self.onShards(entries) { await $0.rows($1) }
        let byName = Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
        let ordered = entries.compactMap { byName[$0.console.name] }
            .filter { options.states.isEmpty || options.states.contains($0.state) }
        let now = WallTime.now().microseconds
        try await self.output.write(
            options.json ? JSON.lines(ordered.map(\.json)) : FleetText.list(ordered, now: now)
        )
    }

    func status(_ options: StatusOptions) async throws {
        let entry = try self.console(options.console, .attach)
        guard let detail = await entry.shard.detail(entry.id) else {
            throw CommandFailure(.unavailable, "\(options.console) was removed from the configuration")
        }
        let now = WallTime.now().microseconds
        try await self.output.write(
            options.json ? JSON.lines([detail.json]) : FleetText.status(detail, now: now)
        )
    }

    func who(_ options: WhoOptions) async throws {
        let found = await self.attachments(try self.consoles(options.names)).map(\.row)
        try await self.output.write(
            options.json
                ? JSON.lines(found.map(\.json)) : FleetText.who(found, now: WallTime.now().microseconds)
        )
    }

    func disconnect(_ options: DisconnectOptions) async throws {
        try self.demandAdmin()
        let matches = await self.attachments(try self.consoles(nil)).filter { attachment in
            options.who == String(attachment.row.number) || options.who == attachment.row.user
                || options.who == "\(attachment.row.user):\(attachment.row.console)"
        }
        guard !matches.isEmpty else {
            throw CommandFailure(.failed, "nobody is attached as \"\(options.who)\"; `who` lists who is")
        }
        let user = self.identity.user
        for match in matches {
            await match.shard.disconnect(match.reader, on: match.id, by: user)
            self.interpreter.audit.record(
                "disconnect",
                self.identity,
                console: match.row.console,
                detail: match.row.user
            )
        }
        try await self.output.write("disconnected \(matches.count)\n")
    }

    func broadcast(_ options: BroadcastOptions) async throws {
        let entries = try self.consoles(options.names)
        for entry in entries { try self.demand(.write, on: entry) }
        let (text, user) = (options.text, self.identity.user)
        var reached = 0
        for entry in entries { reached += await entry.shard.broadcast(text, from: user, on: entry.id) }
        try await self.output.write("told \(reached) \(reached == 1 ? "operator" : "operators")\n")
    }

    private struct Attached: Sendable {
        var shard: Shard
        var id: Int
        var reader: ReaderID
        var row: WhoRow
    }

    private func attachments(_ entries: [ConsoleDirectory.Entry]) async -> [Attached] {
        let found = await self.onShards(entries) { shard, ids in
            await shard.who(ids).map { Attached(shard: shard, id: $0.id, reader: $0.reader, row: $0.row) }
        }
        return found.sorted { $0.row.number < $1.row.number }
    }
}
