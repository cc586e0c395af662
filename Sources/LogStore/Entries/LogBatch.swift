// SPDX-License-Identifier: Apache-2.0

/// The number of a console in a running log writer, given out by `LogWriter.register`.
package struct LogID: Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// What one log entry holds, and so which character marks its line in the text log.
package enum LogEntryKind: UInt8, Sendable, CaseIterable {
    /// Bytes as the console printed them; assembled into `|` and `+` lines.
    case output
    /// One line of text about a server event, `*`: a name and `key=value` pairs (see `EventLine`).
    case event
    /// The same for what somebody should look at, `!`.
    case alert
    /// Bytes an operator typed, `<`; only where input recording is on.
    case input
    /// Output that was not kept: made by `LogBatch.appendLoss`.
    case outputLost
}

/// What a shard hands to the log writer in one go: one contiguous byte buffer and a table of entries.
///
/// Not bounded by itself: the shard looks at `byteCount` and at `LogWriter.pendingBytes` before it takes more in.
package struct LogBatch: Sendable {
    struct Entry: Sendable {
        var id: LogID
        var kind: LogEntryKind
        var offset: Int
        var count: Int
        var time: WallTime
    }

    /// Asks for a write at once and a sync of the recorder: a crash was seen.
    package var urgent = false
    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []

    package init() {}

    package init(reservingBytes byteCount: Int, entries entryCount: Int) {
        self.bytes.reserveCapacity(byteCount)
        self.entries.reserveCapacity(entryCount)
    }

    package var byteCount: Int { self.bytes.count }
    package var entryCount: Int { self.entries.count }
    package var isEmpty: Bool { self.entries.isEmpty && !self.urgent }

    package mutating func append(_ id: LogID, _ kind: LogEntryKind, at time: WallTime, _ bytes: [UInt8]) {
        self.note(id, kind, at: time, count: bytes.count)
        self.bytes.append(contentsOf: bytes)
    }

    package mutating func append(
        _ id: LogID,
        _ kind: LogEntryKind,
        at time: WallTime,
        _ bytes: ArraySlice<UInt8>
    ) {
        self.note(id, kind, at: time, count: bytes.count)
        self.bytes.append(contentsOf: bytes)
    }

    package mutating func append(
        _ id: LogID,
        _ kind: LogEntryKind,
        at time: WallTime,
        _ bytes: some Collection<UInt8>
    ) {
        self.note(id, kind, at: time, count: bytes.count)
        self.bytes.append(contentsOf: bytes)
    }

    /// Appends an event (or alert) line.
    package mutating func append(_ id: LogID, _ line: EventLine, at time: WallTime, alert: Bool = false) {
        self.append(id, alert ? .alert : .event, at: time, line.bytes)
    }

    /// Says that `byteCount` bytes of output were not kept, and why (`bmc-overrun`, `log-full`: a word without spaces).
    package mutating func appendLoss(_ id: LogID, byteCount: Int, reason: String, at time: WallTime) {
        let loss = LossRecord(byteCount: UInt64(max(0, byteCount)), reason: reason)
        self.append(id, .outputLost, at: time, loss.encoded)
    }

    /// Empties the batch and keeps its memory.
    package mutating func removeAll() {
        self.bytes.removeAll(keepingCapacity: true)
        self.entries.removeAll(keepingCapacity: true)
        self.urgent = false
    }

    private mutating func note(_ id: LogID, _ kind: LogEntryKind, at time: WallTime, count: Int) {
        self.entries.append(Entry(id: id, kind: kind, offset: self.bytes.count, count: count, time: time))
    }
}
