// SPDX-License-Identifier: Apache-2.0

package import Logging
import Synchronization

/// The only writer of logs: one thread that takes whole batches from the shards, one that waits for the disk, one that
/// compresses and deletes.
///
///     shard: batch -- submit --> inbox -- 25 ms or 256 KiB --> recorder -- 75 ms --> text logs
///                                                         \--> events, audit
///
/// Overflow: `pendingBytes` grows while the disk is slow or full, and the shards withhold their ACKs by it. Beyond
/// `memoryInTotal` output is dropped and accounted for; events are kept.
package final class LogWriter: Sendable {
    /// A hand-over is written when it is so large, however young.
    private static let flushByteCount = 256 << 10

    private struct Names {
        var ids: [String: LogID] = [:]
        var names: [LogID: String] = [:]
        var next: UInt32 = 1
    }

    private let configuration: LogStoreConfiguration
    private let inbox: LogInbox
    private let bell: Doorbell
    private let syncs: SyncQueue
    private let keeper: Housekeeper
    private let names = Mutex(Names())
    private let published = Mutex(LogStoreStatus())
    private let heldBytes = Atomic(0)
    private let thread = Mutex<LogThread?>(nil)
    /// Handed to the thread when it starts.
    private let engine: Mutex<EngineBox?>

    /// Makes the directories with their modes and repairs what an unclean stop left behind.
    package convenience init(configuration: LogStoreConfiguration, logger: Logger) throws(LogStoreError) {
        try self.init(configuration: configuration, logger: logger, files: SystemFiles())
    }

    init(configuration: LogStoreConfiguration, logger: Logger, files: any FileLayer) throws(LogStoreError) {
        guard let bell = Doorbell() else { throw LogStoreError(.threadNotStarted, "eventfd") }
        let errors = ErrorReport(logger: logger)
        let inbox = LogInbox(
            bell: bell,
            byteLimit: configuration.memoryInTotal,
            flushByteCount: LogWriter.flushByteCount
        )
        let keeper = Housekeeper(configuration: configuration, files: files, errors: errors) { event in
            inbox.append(.event(event.jsonLine))
        }
        let syncs = SyncQueue(files: files)
        let engine = try LogEngine(
            configuration: configuration,
            files: files,
            errors: errors,
            syncs: syncs,
            openLimit: configuration.openFiles ?? Niceness.automaticOpenFiles(),
            now: .now(),
            archived: { keeper.enqueue($0) }
        )
        self.configuration = configuration
        self.bell = bell
        self.inbox = inbox
        self.syncs = syncs
        self.keeper = keeper
        self.engine = Mutex(EngineBox(engine))
    }

    /// Starts the threads.
    package func start() throws(LogStoreError) {
        guard let box = self.engine.withLock({ $0.take() }) else { return }
        guard self.syncs.start(), self.keeper.start(),
            let thread = LogThread(name: "log-writer", { [self] in self.run(box.engine) })
        else { throw LogStoreError(.threadNotStarted, "log-writer") }
        self.thread.withLock { $0 = thread }
    }

    /// Gives a console its number. Registering a name again while it is registered puts the options in force and returns
    /// the same number.
    package func register(name: String, options: ConsoleLogOptions = ConsoleLogOptions()) -> LogID {
        // The lock also keeps the order: nothing can be submitted under a number before its registration.
        self.names.withLock { names in
            if let id = names.ids[name] {
                self.inbox.append(.change(id, options))
                return id
            }
            let id = LogID(rawValue: names.next)
            names.next += 1
            names.ids[name] = id
            names.names[id] = name
            self.inbox.append(.register(id, name: name, options))
            return id
        }
    }

    /// Forgets a console after what was submitted for it is written; later entries for it are dropped.
    package func unregister(_ id: LogID) {
        self.names.withLock { names in
            guard let name = names.names.removeValue(forKey: id) else { return }
            names.ids[name] = nil
            self.inbox.append(.unregister(id))
        }
    }

    /// Hands over a batch. Never blocks on the disk; may be called from any thread. Small batches are welcome: the thread
    /// gathers them for `flushInterval`.
    package func submit(_ batch: LogBatch) {
        self.inbox.submit(batch)
    }

    /// Appends to `events.jsonl`.
    package func record(_ event: EventRecord) {
        self.inbox.append(.event(event.jsonLine))
    }

    /// Appends to `audit.jsonl`.
    package func audit(_ entry: AuditRecord) {
        self.inbox.append(.audit(entry.jsonLine))
    }

    /// Submitted, not yet on disk: what the shards' back-pressure looks at. Two atomic loads.
    package var pendingBytes: Int {
        self.inbox.pendingBytes + self.heldBytes.load(ordering: .relaxed)
    }

    /// At most a second old.
    package var status: LogStoreStatus {
        var status = self.published.withLock { $0 }
        status.pendingBytes = self.pendingBytes
        return status
    }

    package var isHealthy: Bool { self.published.withLock { $0.isHealthy } }

    /// Closes and reopens every file (SIGHUP).
    package func reopen() {
        self.inbox.append(.reopen, cannotWait: true)
    }

    /// Blocks until everything submitted before is written or counted as held back.
    package func flush() {
        guard self.thread.withLock({ $0 != nil }), let bell = Doorbell() else { return }
        self.inbox.append(.barrier(bell), cannotWait: true)
        bell.wait(nil)
    }

    /// Writes what is there, unfinished lines included, syncs, closes and ends the threads. Blocks.
    package func shutdown() {
        guard let thread = self.thread.withLock({ $0.take() }) else { return }
        self.inbox.append(.stop, cannotWait: true)
        thread.join()
        self.keeper.stop()
        self.syncs.stop()
    }

    // MARK: The thread

    private func run(_ engine: LogEngine) {
        var statusAt = Duration.zero
        self.publish(engine)
        while true {
            self.gather(restingFor: engine.restingTime(at: Moment.steadyNow()))
            let isStopping = self.handle(self.inbox.take(), engine)
            let now = Moment.now()
            engine.tick(at: now)
            self.heldBytes.store(engine.heldBytes, ordering: .relaxed)
            if isStopping { break }
            if now.steady - statusAt >= .seconds(1) {
                statusAt = now.steady
                self.publish(engine)
            }
        }
        _ = self.handle(self.inbox.close(), engine)
        engine.close(at: .now())
        self.publish(engine)
    }

    /// Waits until there is something to write and it is time to write it, or for as long as the timers allow.
    private func gather(restingFor restingTime: Duration) {
        if self.inbox.call() == .rest { self.bell.wait(restingTime) }
        while case .gather(let since) = self.inbox.call() {
            let left = since + self.configuration.flushInterval - Moment.steadyNow()
            guard left > .zero else { return }
            self.bell.wait(left)
        }
    }

    /// Handles what came in; batches next to each other are one hand-over. True when it is time to stop.
    private func handle(_ items: [LogInbox.Item], _ engine: LogEngine) -> Bool {
        var batches: [LogBatch] = []
        var isStopping = false
        for item in items {
            if case .batch(let batch) = item {
                batches.append(batch)
                continue
            }
            self.handle(&batches, engine)
            switch item {
            case .batch: break
            case .register(let id, let name, let options):
                engine.register(id, name: name, options: options, at: .now())
            case .change(let id, let options): engine.change(id, options: options)
            case .unregister(let id): engine.unregister(id, at: .now())
            case .event(let line): engine.appendEvent(line)
            case .audit(let line): engine.appendAudit(line)
            case .reopen: engine.reopen(at: .now())
            case .barrier(let bell):
                engine.writeText(at: .now())
                engine.tick(at: .now())
                self.heldBytes.store(engine.heldBytes, ordering: .relaxed)
                self.publish(engine)
                bell.ring()
            case .stop: isStopping = true
            }
        }
        self.handle(&batches, engine)
        return isStopping
    }

    private func handle(_ batches: inout [LogBatch], _ engine: LogEngine) {
        guard !batches.isEmpty else { return }
        engine.handle(batches, at: .now())
        self.inbox.handled(batches.reduce(0) { $0 + $1.byteCount })
        batches.removeAll(keepingCapacity: true)
    }

    private func publish(_ engine: LogEngine) {
        let status = engine.status
        self.published.withLock { $0 = status }
    }

    /// Carries the engine to its thread.
    ///
    /// Unchecked: the engine is not Sendable; it is made here, taken out once and then belongs to the log thread alone.
    private final class EngineBox: @unchecked Sendable {
        let engine: LogEngine

        init(_ engine: LogEngine) {
            self.engine = engine
        }
    }
}
