// SPDX-License-Identifier: Apache-2.0

import ConfigurationFiles
import ConsoleHub
import HeliographConfig
import LogStore
import Logging
import NIOCore
import NIOPosix
import SerialOverLAN

/// Owns the configuration and decides which consoles there are. Everything here is rare: start, reload, stop,
/// and a word per state change; nothing per packet.
actor Supervisor {
    /// What a reload came to.
    struct ReloadOutcome: Sendable {
        var isAccepted: Bool
        /// Every mistake, as `file:line:column: message`.
        var problems: [String]
        /// `3 added, 1 removed, 2 changed`.
        var summary: String
    }

    private let configurationPath: String
    private let shards: [Shard]
    private let directory: ConsoleDirectory
    private let writer: LogWriter
    private let server: String
    private let logger: Logger
    private var memory: SessionMemory
    private var isReloading = false
    /// What is in force: to see which secrets a reload changes.
    private var prepared = Preparation()

    init(
        configurationPath: String,
        shards: [Shard],
        directory: ConsoleDirectory,
        writer: LogWriter,
        server: String,
        statePath: String,
        logger: Logger
    ) {
        self.configurationPath = configurationPath
        self.shards = shards
        self.directory = directory
        self.writer = writer
        self.server = server
        self.logger = logger
        self.memory = SessionMemory(path: statePath)
    }

    /// Puts the first configuration in force.
    func start(with configuration: Configuration) async {
        self.warnOfSettingsNotBuilt(configuration)
        let prepared = await Preparation.make(configuration)
        for problem in prepared.problems + prepared.omissions {
            self.logger.error("console left out", metadata: ["why": "\(problem)"])
        }
        await self.apply(configuration, prepared)
    }

    /// Reads the configuration and swaps it in whole, or refuses it whole.
    func reload() async -> ReloadOutcome {
        guard !self.isReloading else {
            return ReloadOutcome(isAccepted: false, problems: ["another reload is going on"], summary: "")
        }
        self.isReloading = true
        defer { self.isReloading = false }
        let result = await self.check(nil)
        guard let configuration = result.configuration else {
            self.logger.error("configuration refused", metadata: ["mistakes": "\(result.diagnostics.count)"])
            return ReloadOutcome(
                isAccepted: false,
                problems: result.diagnostics.map(\.description),
                summary: ""
            )
        }
        let prepared = await Preparation.make(configuration)
        guard prepared.problems.isEmpty else {
            return ReloadOutcome(isAccepted: false, problems: prepared.problems, summary: "")
        }
        let old = self.directory.snapshot.configuration
        let difference = configuration.difference(from: old)
        self.warnOfSettingsNotBuilt(configuration)
        let renewed = await self.apply(configuration, prepared)
        let secrets = renewed > 0 ? ", \(renewed) with other secrets" : ""
        let summary =
            "\(difference.added.count) added, \(difference.removed.count) removed, \(difference.changed.count) changed\(secrets)"
        self.logger.notice("configuration reloaded", metadata: ["consoles": "\(summary)"])
        let waiting = configuration.settingsThatNeedRestart(comparedTo: old).map { name in
            "\(name): what changed there counts from the next start of heliographd"
        }
        return ReloadOutcome(
            isAccepted: true,
            problems: result.diagnostics.map(\.description) + prepared.omissions + waiting,
            summary: summary
        )
    }

    /// Reads a configuration without putting it in force; nil: the daemon's own.
    func check(_ file: String?) async -> ConfigurationLoader.Result {
        let path = file ?? self.configurationPath
        let loading = try? await NIOThreadPool.singleton.runIfActive {
            ConfigurationLoader(files: .system).load(path)
        }
        return loading ?? ConfigurationLoader(files: .system).load(path)
    }

    /// A word from a shard.
    func handle(_ report: ShardReport) {
        switch report {
        case .bmcSession(let console, let id): self.memory.remember(id, for: console)
        case .stateChanged(let console, let old, let new): self.stateChanged(console, from: old, to: new)
        case .resolveAddress(let console):
            // A name server that does not answer must not hold up what other consoles have to say.
            Task { await self.resolve(console) }
        }
    }

    private func warnOfSettingsNotBuilt(_ configuration: Configuration) {
        let names = configuration.settingsNotBuilt
        guard !names.isEmpty else { return }
        self.logger.warning(
            "settings without effect: not built yet in this version",
            metadata: ["settings": "\(names.joined(separator: " "))"]
        )
    }

    private func stateChanged(_ console: String, from old: ConsoleState, to new: ConsoleState) {
        var event = EventRecord(
            time: WallTime.now(),
            server: self.server,
            console: console,
            event: new.eventName,
            severity: new.severity
        )
        if case .waiting(_, let error) = new {
            event.detail = [
                ("error", .string(error.code.rawValue)), ("stage", .string(error.stage.rawValue)),
            ]
            if !error.detail.isEmpty { event.detail.append(("detail", .string(error.detail))) }
            let wasUp = old == .up || old == .suspect
            self.logger.log(
                level: wasUp ? .warning : .debug,
                "SOL session lost",
                metadata: [
                    "console": "\(console)", "session.stage": "\(error.stage.rawValue)",
                    "error.code": "\(error.code.rawValue)", "error.detail": "\(error.detail)",
                    "remedy": "\(error.remedy)",
                ]
            )
        }
        self.writer.record(event)
    }

    // MARK: Applying

    /// Does what differs; says how many consoles are connected anew for their secrets alone.
    @discardableResult
    private func apply(_ configuration: Configuration, _ prepared: Preparation) async -> Int {
        var renewed = 0
        let old = self.directory.snapshot
        let difference = configuration.difference(from: old.configuration)
        var entries = old.entries
        for name in difference.removed {
            guard let entry = entries.removeValue(forKey: name) else { continue }
            await entry.shard.remove(entry.id)
            self.memory.remember(nil, for: name)
        }
        let changes = Dictionary(uniqueKeysWithValues: difference.changed.map { ($0.name, $0.linkChanged) })
        for console in configuration.consoles {
            guard let wanted = prepared.consoles[console.name] else { continue }
            guard let entry = entries[console.name] else {
                entries[console.name] = await self.add(console, wanted)
                continue
            }
            entries[console.name]?.console = console
            // A password file may have other contents although the configuration reads the same.
            let hasOtherSecrets = self.prepared.consoles[console.name]?.hasSameSecrets(as: wanted) != true
            guard changes[console.name] != nil || hasOtherSecrets else { continue }
            if changes[console.name] == nil { renewed += 1 }
            await entry.shard.replace(
                entry.id,
                settings: wanted.settings,
                peer: wanted.peer,
                reconnect: changes[console.name] == true || hasOtherSecrets,
                options: ConsoleLogOptions(console.log)
            )
        }
        self.prepared = prepared
        let snapshot = ConsoleDirectory.Snapshot(configuration: configuration, entries: entries)
        self.directory.replace(snapshot)
        for shard in self.shards { await shard.revokeAccess(by: snapshot) }
        return renewed
    }

    private func add(_ console: ResolvedConsole, _ prepared: Preparation.Prepared) async -> ConsoleDirectory
        .Entry?
    {
        let shard = self.shards[Self.shardIndex(of: console.name, count: self.shards.count)]
        var settings = prepared.settings
        settings.parameters.ourPreviousBMCSessionIDs = self.memory.ids[console.name].map { [$0] } ?? []
        let options = ConsoleLogOptions(console.log)
        do {
            let id = try await shard.add(settings, peer: prepared.peer, opens: true, options: options)
            return ConsoleDirectory.Entry(shard: shard, id: id, console: console)
        } catch {
            self.logger.error(
                "console left out",
                metadata: ["console": "\(console.name)", "error": "\(error)"]
            )
            return nil
        }
    }

    /// FNV-1a: the same console lands on the same shard after every restart.
    private static func shardIndex(of name: String, count: Int) -> Int {
        let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(count))
    }

    // MARK: Addresses and secrets

    private func resolve(_ name: String) async {
        let snapshot = self.directory.snapshot
        guard let entry = snapshot.entries[name], case .sol(let link) = entry.console.link,
            let peer = await Preparation.address(of: link)
        else { return }
        await entry.shard.setPeer(peer, of: entry.id)
    }
}

extension ConsoleState {
    /// The word in events.jsonl.
    fileprivate var eventName: String {
        switch self {
        case .released: "released"
        case .connecting: "connecting"
        case .up: "up"
        case .suspect: "suspect"
        case .waiting: "down"
        }
    }

    fileprivate var severity: EventRecord.Severity {
        switch self {
        case .released, .connecting: .info
        case .up: .notice
        case .suspect, .waiting: .warning
        }
    }
}
