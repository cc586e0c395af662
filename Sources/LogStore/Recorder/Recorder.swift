// SPDX-License-Identifier: Apache-2.0

/// The recorder's writing side: one segment file at a time with every console's exact bytes and times.
///
/// Belongs to the log thread. Bounded: `memoryLimit` bytes wait while the disk refuses them, then the oldest hand-overs
/// are dropped and each console's loss is recorded as a `G` frame.
final class Recorder {
    private struct Held {
        var bytes: [UInt8]
        /// So much of it is in the file.
        var written = 0
    }

    static let sealInterval = Duration.seconds(60)
    static let positionInterval = Duration.seconds(30)

    let configuration: LogStoreConfiguration.Recorder
    private let files: any FileLayer
    private let errors: ErrorReport
    private let syncs: SyncQueue
    private let server: String
    private let memoryLimit: Int
    private let fileMode: UInt32
    /// A console's name, and whether it has a text log.
    private let name: (LogID) -> (name: String, hasText: Bool)?

    private let output = RawOutput()
    private var hash: RunningHash
    private var descriptor: Int32 = -1
    private var segment: UInt64
    private var segmentSize: Int64 = 0
    private var segmentStart = Duration.zero
    private var lastHash: [UInt8]
    private var sealNumber: UInt64 = 0
    private var lastSeal = Duration.zero
    private var lastSync = Duration.zero
    private var lastRetry = Duration.zero
    private var lastPositions = Duration.zero
    private var isDirty = false
    private var wroteSinceSeal = false
    private var hasEntries = false
    private var isNamed: [Bool] = []
    private var held: [Held] = []
    private var losses: [UInt32: UInt64] = [:]
    /// Entry frames that no successful sync has covered yet, and those that the running sync covers.
    private var unsynced: [UInt8] = []
    private var syncing: [UInt8]?
    private var snapshot: [UInt8]?
    private(set) var status = LogStoreStatus.Recorder()

    /// `state` says where the last run ended.
    init?(
        configuration: LogStoreConfiguration,
        recorder: LogStoreConfiguration.Recorder,
        files: any FileLayer,
        errors: ErrorReport,
        syncs: SyncQueue,
        resuming state: RecorderState,
        at now: Moment,
        name: @escaping (LogID) -> (name: String, hasText: Bool)?
    ) {
        guard let hash = RunningHash() else { return nil }
        self.configuration = recorder
        self.files = files
        self.errors = errors
        self.syncs = syncs
        self.server = configuration.serverName
        self.memoryLimit = max(1 << 20, configuration.memoryInTotal / 4)
        self.fileMode = configuration.fileMode
        self.hash = hash
        self.name = name
        self.segment = state.lastSegment
        self.lastHash = state.lastHash
        self.lastSeal = now.steady
        self.lastSync = now.steady
        self.lastPositions = now.steady
        self.beginSegment(at: now)
    }

    var heldBytes: Int { self.held.reduce(0) { $0 + $1.bytes.count - $1.written } }

    // MARK: Entries

    /// Takes a batch's entries in order.
    func append(_ batch: LogBatch) {
        let bytes = batch.bytes.span
        let start = self.output.count
        self.hasEntries = self.hasEntries || !batch.entries.isEmpty
        for entry in batch.entries {
            if !self.isNamed(entry.id), !self.putName(entry.id, at: entry.time) { continue }
            let payload = bytes.extracting(entry.offset..<(entry.offset + entry.count))
            switch entry.kind {
            case .output: self.put(.output, entry, payload)
            case .input: self.put(.input, entry, payload)
            case .outputLost: self.put(.gap, entry, payload)
            case .event: self.put(.event, entry, EventPayload.encode(kind: "*", text: payload).span)
            case .alert: self.put(.event, entry, EventPayload.encode(kind: "!", text: payload).span)
            }
        }
        if self.unsynced.count < self.memoryLimit {
            unsafe self.output.withBytes { unsafe self.unsynced.append(contentsOf: $0[start...]) }
        }
    }

    private func put(_ type: FrameType, _ entry: LogBatch.Entry, _ payload: Span<UInt8>) {
        let header = FrameHeader(type, console: entry.id.rawValue, count: payload.count, time: entry.time)
        header.put(into: self.output)
        self.output.put(payload)
    }

    private func isNamed(_ id: LogID) -> Bool {
        Int(id.rawValue) < self.isNamed.count && self.isNamed[Int(id.rawValue)]
    }

    private func putName(_ id: LogID, at time: WallTime) -> Bool {
        guard let (name, hasText) = self.name(id) else { return false }
        while self.isNamed.count <= Int(id.rawValue) { self.isNamed.append(false) }
        self.isNamed[Int(id.rawValue)] = true
        let bytes = Array(name.utf8)
        FrameHeader(
            .name,
            flags: hasText ? FrameFlags.hasText : 0,
            console: id.rawValue,
            count: bytes.count,
            time: time
        ).put(into: self.output)
        self.output.put(bytes.span)
        return true
    }

    // MARK: Writing

    /// Writes what was appended, in one write that ends in a checkpoint. `mayWrite` is false while the disk's last space
    /// is kept for events.
    func flush(at now: Moment, mayWrite: Bool) {
        if self.output.isEmpty { return }
        self.putCheckpoint(at: now.wall)
        defer { self.output.removeAll() }
        guard self.held.isEmpty, mayWrite, self.openIfNeeded(at: now) else {
            self.hold(self.output.bytes)
            return
        }
        let result = unsafe self.output.withBytes { unsafe self.write($0, at: now) }
        guard result < self.output.count else {
            unsafe self.output.withBytes { unsafe self.completed($0) }
            return
        }
        self.held.append(Held(bytes: self.output.bytes, written: result))
    }

    private func putCheckpoint(at time: WallTime) {
        FrameHeader(.checkpoint, count: 4, time: time).put(into: self.output)
        let crc = unsafe self.output.withBytes { unsafe crc32c($0) }
        self.output.put(littleEndian: crc)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at now: Moment) -> Int {
        var done = 0
        while done < bytes.count {
            do throws(FileError) {
                let count = unsafe try self.files.write(
                    self.descriptor,
                    UnsafeRawBufferPointer(rebasing: bytes[done...])
                )
                guard count > 0 else { return done }
                done += count
                self.segmentSize += Int64(count)
                self.status.bytesWritten += UInt64(count)
                self.isDirty = true
            } catch {
                self.errors.note(error, path: self.path(self.segment), at: now.steady)
                return done
            }
        }
        return done
    }

    private func completed(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.hash.update(bytes)
        self.wroteSinceSeal = true
    }

    private func hold(_ bytes: [UInt8]) {
        self.held.append(Held(bytes: bytes))
        while self.heldBytes > self.memoryLimit, let index = self.held.firstIndex(where: { $0.written == 0 })
        {
            self.noteLoss(self.held.remove(at: index).bytes)
        }
    }

    private func noteLoss(_ bytes: [UInt8]) {
        var offset = SegmentHeader(bytes) == nil ? 0 : SegmentHeader.byteCount
        while let header = FrameHeader(bytes, at: offset) {
            if header.type == .output {
                self.losses[header.console, default: 0] += UInt64(header.count)
                self.status.bytesLost += UInt64(header.count)
            } else if header.type == .name, Int(header.console) < self.isNamed.count {
                self.isNamed[Int(header.console)] = false
            }
            offset += FrameHeader.byteCount + header.count
        }
    }

    /// Tries to write what is held back; true when nothing is left.
    private func retry(at now: Moment) -> Bool {
        guard self.openIfNeeded(at: now) else { return false }
        while let first = self.held.first {
            let count = unsafe first.bytes.withUnsafeBytes { bytes in
                unsafe self.write(UnsafeRawBufferPointer(rebasing: bytes[first.written...]), at: now)
            }
            self.held[0].written += count
            guard self.held[0].written == first.bytes.count else { return false }
            unsafe first.bytes.withUnsafeBytes { unsafe self.completed($0) }
            self.held.removeFirst()
        }
        for (console, count) in self.losses.sorted(by: { $0.key < $1.key }) {
            let payload = LossRecord(byteCount: count, reason: "disk").encoded
            FrameHeader(.gap, console: console, count: payload.count, time: now.wall).put(into: self.output)
            self.output.put(payload.span)
        }
        self.losses = [:]
        return true
    }

    // MARK: Time

    /// Once a second: tries again, syncs, seals, notes the text logs' positions, begins the next segment.
    func tick(
        at now: Moment,
        mayWrite: Bool,
        isUrgent: Bool,
        positions: () -> [UInt8],
        beforeNextSegment: () -> Void
    ) {
        self.takeOutcomes(at: now)
        if !self.held.isEmpty, mayWrite, now.steady - self.lastRetry >= .seconds(1) {
            self.lastRetry = now.steady
            if self.retry(at: now) { self.flush(at: now, mayWrite: true) }
        }
        self.status.bytesHeldBack = self.heldBytes
        if self.isDirty, self.syncing == nil,
            isUrgent || now.steady - self.lastSync >= self.configuration.syncInterval
        {
            self.sync(at: now)
        }
        guard self.held.isEmpty, mayWrite, self.descriptor >= 0 else { return }
        if now.steady - self.lastPositions >= Recorder.positionInterval {
            self.lastPositions = now.steady
            let snapshot = positions()
            if !snapshot.isEmpty {
                self.snapshot = snapshot
                self.syncs.syncFileSystem(of: self.configuration.directory)
            }
        }
        let isOld = self.hasEntries && now.steady - self.segmentStart >= self.configuration.segmentDuration
        if isOld || self.segmentSize >= self.configuration.segmentByteCount {
            // So that each segment's text can be made without the one before.
            beforeNextSegment()
            self.endSegment(at: now)
            self.beginSegment(at: now)
        } else if self.wroteSinceSeal, now.steady - self.lastSeal >= Recorder.sealInterval {
            self.seal(at: now, closing: false)
        }
    }

    private func sync(at now: Moment) {
        self.lastSync = now.steady
        self.isDirty = false
        self.syncing = self.unsynced
        self.unsynced = []
        self.syncs.sync(self.descriptor)
    }

    private func takeOutcomes(at now: Moment) {
        for outcome in self.syncs.takeOutcomes() {
            switch outcome {
            case .synced(let duration):
                self.syncing = nil
                self.status.syncs += 1
                self.status.lastSyncDuration = duration
            case .failed(let error):
                self.errors.note(error, path: self.path(self.segment), at: now.steady)
                self.abandonSegment(at: now)
            case .fileSystemSynced:
                guard let snapshot = self.snapshot else { continue }
                self.snapshot = nil
                FrameHeader(.positions, count: snapshot.count, time: now.wall).put(into: self.output)
                self.output.put(snapshot.span)
                self.flush(at: now, mayWrite: true)
            }
        }
    }

    /// After a failed sync the kernel may have dropped the pages and will not say so again: what is not known to be on
    /// disk is written once more, to a new file.
    private func abandonSegment(at now: Moment) {
        let again = (self.syncing ?? []) + self.unsynced
        self.syncing = nil
        self.unsynced = []
        if self.descriptor >= 0 { self.files.close(self.descriptor) }
        self.descriptor = -1
        self.held = []
        if let hash = RunningHash() { self.hash = hash }
        self.beginSegment(at: now)
        var offset = 0
        while var header = FrameHeader(again, at: offset),
            offset + FrameHeader.byteCount + header.count <= again.count
        {
            let start = offset + FrameHeader.byteCount
            offset = start + header.count
            let id = LogID(rawValue: header.console)
            guard header.type != .name, self.isNamed(id) || self.putName(id, at: header.time) else {
                continue
            }
            header.flags |= FrameFlags.repeated
            header.put(into: self.output)
            self.output.put(again.span.extracting(start..<offset))
        }
        self.flush(at: now, mayWrite: true)
    }

    // MARK: Segments

    private func path(_ segment: UInt64) -> String {
        self.configuration.directory + "/" + RecorderState.fileName(segment)
    }

    private func beginSegment(at now: Moment) {
        self.segment += 1
        self.segmentSize = 0
        self.segmentStart = now.steady
        self.isNamed = []
        self.hasEntries = false
        self.status.segment = self.segment
        SegmentHeader(server: self.server, number: self.segment, start: now.wall, previousHash: self.lastHash)
            .put(into: self.output)
        self.flush(at: now, mayWrite: true)
    }

    private func openIfNeeded(at now: Moment) -> Bool {
        if self.descriptor >= 0 { return true }
        do throws(FileError) {
            self.descriptor = try self.files.openOrCreate(self.path(self.segment), mode: self.fileMode)
            return true
        } catch {
            self.errors.note(error, path: self.path(self.segment), at: now.steady)
            return false
        }
    }

    private func seal(at now: Moment, closing: Bool) {
        self.flush(at: now, mayWrite: true)
        guard self.held.isEmpty else { return }
        let previous = self.lastHash
        self.lastHash = self.hash.finish()
        self.sealNumber += 1
        FrameHeader(.seal, flags: closing ? FrameFlags.closing : 0, count: 72, time: now.wall).put(
            into: self.output
        )
        self.output.put(littleEndian: self.sealNumber)
        self.output.put(previous.span)
        self.output.put(self.lastHash.span)
        self.flush(at: now, mayWrite: true)
        self.lastSeal = now.steady
        self.wroteSinceSeal = false
        self.status.chainHead = self.lastHash.map { hexEscape($0).dropFirst(2) }
            .reduce(into: "") { $0 += String(decoding: $1, as: UTF8.self) }
    }

    private func endSegment(at now: Moment) {
        self.seal(at: now, closing: true)
        if let hash = RunningHash() { self.hash = hash }
        self.syncs.close(self.descriptor)
        self.descriptor = -1
        self.isDirty = false
        self.syncing = self.syncing.map { $0 + self.unsynced } ?? self.unsynced
        self.unsynced = []
    }

    /// Seals and closes; the last call.
    func close(at now: Moment) {
        self.flush(at: now, mayWrite: true)
        if !self.held.isEmpty { _ = self.retry(at: now) }
        guard self.held.isEmpty, self.descriptor >= 0 else { return }
        self.endSegment(at: now)
    }
}
