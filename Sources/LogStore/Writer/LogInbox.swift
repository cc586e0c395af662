// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What waits for the log thread, in order.
///
/// Bounded: beyond `byteLimit` a batch's output is replaced by a loss record. The shards look at `pendingBytes` and stop
/// long before.
final class LogInbox: Sendable {
    enum Item: Sendable {
        case batch(LogBatch)
        case register(LogID, name: String, ConsoleLogOptions)
        /// Other options for a registered console.
        case change(LogID, ConsoleLogOptions)
        case unregister(LogID)
        case event([UInt8])
        case audit([UInt8])
        case reopen
        /// Rung when everything before it is handled.
        case barrier(Doorbell)
        case stop
    }

    /// What the thread is to do next.
    enum Call: Equatable {
        case rest
        /// Something came in at this time; more may follow.
        case gather(since: Duration)
        case handle
    }

    private struct State {
        var items: [Item] = []
        var byteCount = 0
        var firstAt = Duration.zero
        var cannotWait = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell: Doorbell
    private let queuedBytes = Atomic(0)
    private let byteLimit: Int
    private let flushByteCount: Int

    init(bell: Doorbell, byteLimit: Int, flushByteCount: Int) {
        self.bell = bell
        self.byteLimit = byteLimit
        self.flushByteCount = flushByteCount
    }

    /// Bytes of batches that the thread has not finished with.
    var pendingBytes: Int { self.queuedBytes.load(ordering: .relaxed) }

    func submit(_ batch: LogBatch) {
        guard !batch.isEmpty else { return }
        let isOver = self.pendingBytes + batch.byteCount > self.byteLimit
        let batch = isOver ? batch.withoutOutput(reason: "log-queue-full") : batch
        self.queuedBytes.wrappingAdd(batch.byteCount, ordering: .relaxed)
        self.append(.batch(batch), byteCount: batch.byteCount, cannotWait: batch.urgent)
    }

    func append(_ item: Item, byteCount: Int = 0, cannotWait: Bool = false) {
        let mustRing = self.state.withLock { state in
            guard !state.isClosed else { return Ring.refused }
            let wasEmpty = state.items.isEmpty
            let couldWait = !state.cannotWait
            if wasEmpty { state.firstAt = Moment.steadyNow() }
            state.items.append(item)
            state.byteCount += byteCount
            if cannotWait || state.byteCount >= self.flushByteCount { state.cannotWait = true }
            return wasEmpty || (state.cannotWait && couldWait) ? .needed : .unneeded
        }
        switch mustRing {
        case .needed: self.bell.ring()
        case .unneeded: break
        case .refused:
            self.queuedBytes.wrappingSubtract(byteCount, ordering: .relaxed)
            if case .barrier(let bell) = item { bell.ring() }
        }
    }

    private enum Ring {
        case needed, unneeded, refused
    }

    func call() -> Call {
        self.state.withLock { state in
            if state.items.isEmpty { return .rest }
            return state.cannotWait ? .handle : .gather(since: state.firstAt)
        }
    }

    func take() -> [Item] {
        self.state.withLock { state in
            let items = state.items
            state.items = []
            state.items.reserveCapacity(items.count)
            state.byteCount = 0
            state.cannotWait = false
            return items
        }
    }

    /// The thread is through with so many bytes.
    func handled(_ byteCount: Int) {
        self.queuedBytes.wrappingSubtract(byteCount, ordering: .relaxed)
    }

    /// Refuses everything from now on; what waits is returned.
    func close() -> [Item] {
        self.state.withLock { state in
            state.isClosed = true
            defer { state.items = [] }
            return state.items
        }
    }
}

extension LogBatch {
    /// The batch with each run of output replaced by the account of its loss.
    func withoutOutput(reason: String) -> LogBatch {
        var batch = LogBatch()
        batch.urgent = self.urgent
        var lost: [LogID: (count: Int, time: WallTime)] = [:]
        var order: [LogID] = []
        for entry in self.entries {
            if entry.kind == .output {
                if lost[entry.id] == nil { order.append(entry.id) }
                lost[entry.id, default: (0, entry.time)].count += entry.count
                lost[entry.id]?.time = entry.time
            } else {
                batch.append(
                    entry.id,
                    entry.kind,
                    at: entry.time,
                    self.bytes[entry.offset..<(entry.offset + entry.count)]
                )
            }
        }
        for id in order {
            guard let loss = lost[id] else { continue }
            batch.appendLoss(id, byteCount: loss.count, reason: reason, at: loss.time)
        }
        return batch
    }
}
