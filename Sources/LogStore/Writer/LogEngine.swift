// SPDX-License-Identifier: Apache-2.0

import Logging

/// Everything the log thread does, without the thread: what comes in is an argument, time included.
final class LogEngine {
    let configuration: LogStoreConfiguration
    let text: TextLogs
    private let files: any FileLayer
    private let errors: ErrorReport
    private let reserve: Reserve
    private let syncs: SyncQueue
    private let events: JSONLinesFile
    private let audit: JSONLinesFile
    private let archived: (String) -> Void
    private var recorder: Recorder?
    /// The text logs' reserve concerns the recorder only if both are on the same file system.
    private var recorderSharesDisk = false
    private var isUrgent = false
    /// Batches that the recorder has and the text logs have not; at most `deferredLimit` bytes.
    private var deferred: [LogBatch] = []
    private var deferredBytes = 0
    private var deferredSince = Duration.zero
    private static let deferredLimit = 1 << 20
    private var lastReserveLook: Duration

    /// Makes the directories, repairs what an unclean stop left, opens the recorder.
    init(
        configuration: LogStoreConfiguration,
        files: any FileLayer,
        errors: ErrorReport,
        syncs: SyncQueue,
        openLimit: Int,
        now: Moment,
        archived: @escaping (String) -> Void
    ) throws(LogStoreError) {
        self.configuration = configuration
        self.files = files
        self.errors = errors
        self.syncs = syncs
        self.archived = archived
        let paths = LogPaths(directory: configuration.directory)
        for directory in [paths.directory, paths.consoles, paths.archive] {
            try LogEngine.makeDirectory(directory, files, configuration)
        }
        self.reserve = Reserve(paths: paths, byteCount: configuration.reserveByteCount)
        self.reserve.restore(files)
        self.lastReserveLook = now.steady
        self.events = JSONLinesFile(path: paths.events, base: "events", directory: paths.directory)
        self.audit = JSONLinesFile(path: paths.audit, base: "audit", directory: paths.directory)
        let text = TextLogs(
            configuration: configuration,
            files: files,
            errors: errors,
            reserve: self.reserve,
            openLimit: openLimit,
            now: now,
            archived: archived
        )
        self.text = text
        self.events.open(text)
        self.audit.open(text)
        guard let settings = configuration.recorder else { return }
        try LogEngine.makeDirectory(settings.directory, files, configuration)
        let report = RecorderRecovery(
            files: files,
            errors: errors,
            configuration: configuration,
            recorder: settings,
            now: now
        ).run()
        if report.wasUnclean { self.tell(report, at: now) }
        let devices = [paths.directory, settings.directory].map { try? files.status(at: $0).device }
        self.recorderSharesDisk = devices[0] == devices[1]
        self.recorder = Recorder(
            configuration: configuration,
            recorder: settings,
            files: files,
            errors: errors,
            syncs: syncs,
            resuming: report.state,
            at: now
        ) { id in
            text.console(id).map { ($0.name, $0.options.writesText) }
        }
        guard self.recorder != nil else { throw LogStoreError(.recorderUnusable, settings.directory) }
    }

    private static func makeDirectory(
        _ path: String,
        _ files: any FileLayer,
        _ configuration: LogStoreConfiguration
    ) throws(LogStoreError) {
        do throws(FileError) {
            try files.makeDirectory(path, mode: configuration.directoryMode)
        } catch {
            throw LogStoreError(.directoryUnusable, path, cause: error.name)
        }
    }

    private func tell(_ report: RecorderRecovery.Report, at now: Moment) {
        self.errors.warn(
            "Recorder repaired after an unclean stop",
            [
                "recorder.bytes_cut": "\(report.bytesCut)", "log.lines_restored": "\(report.linesRestored)",
                "log.consoles_restored": "\(report.consolesRestored)",
            ]
        )
        let event = EventRecord(
            time: now.wall,
            server: self.configuration.serverName,
            event: "log-repaired",
            severity: .warning,
            detail: [
                ("bytes_cut", .integer(report.bytesCut)),
                ("lines_restored", .integer(Int64(report.linesRestored))),
                ("consoles", .integer(Int64(report.consolesRestored))),
            ]
        )
        self.events.append(event.jsonLine)
    }

    // MARK: Input

    func register(_ id: LogID, name: String, options: ConsoleLogOptions, at now: Moment) {
        self.writeText(at: now)
        self.text.register(id, name: name, options: options)
    }

    func change(_ id: LogID, options: ConsoleLogOptions) {
        self.text.change(id, options: options)
    }

    func unregister(_ id: LogID, at now: Moment) {
        self.writeText(at: now)
        self.text.unregister(id)
    }

    /// Writes batches: the recorder first, which is the truth, then the text made of it.
    func handle(_ batches: [LogBatch], at now: Moment) {
        guard !batches.isEmpty else { return }
        let urgent = batches.contains { $0.urgent }
        self.isUrgent = self.isUrgent || urgent
        guard let recorder = self.recorder else {
            self.text.handle(batches, at: now)
            return
        }
        for batch in batches { recorder.append(batch) }
        recorder.flush(at: now, mayWrite: urgent || self.recorderMayWrite)
        if self.deferred.isEmpty { self.deferredSince = now.steady }
        self.deferred += batches
        self.deferredBytes += batches.reduce(0) { $0 + $1.byteCount }
        let isDue = now.steady - self.deferredSince >= self.configuration.textDelay
        if urgent || isDue || self.deferredBytes > LogEngine.deferredLimit { self.writeText(at: now) }
    }

    private var recorderMayWrite: Bool { !(self.reserve.isSpent && self.recorderSharesDisk) }

    /// Writes the text of everything that came in.
    func writeText(at now: Moment) {
        self.text.now = now
        guard !self.deferred.isEmpty else { return }
        self.text.handle(self.deferred, at: now)
        self.deferred.removeAll(keepingCapacity: true)
        self.deferredBytes = 0
    }

    func appendEvent(_ line: [UInt8]) {
        self.events.append(line)
    }

    func appendAudit(_ line: [UInt8]) {
        self.audit.append(line)
    }

    // MARK: Time

    /// How long the thread may sleep when nothing is submitted.
    func restingTime(at now: Duration) -> Duration {
        guard !self.deferred.isEmpty else { return self.text.restingTime }
        return max(.milliseconds(1), self.deferredSince + self.configuration.textDelay - now)
    }

    /// Does what time asks for. Cheap; called after every hand-over and at least once a second.
    func tick(at now: Moment) {
        if now.steady - self.deferredSince >= self.configuration.textDelay { self.writeText(at: now) }
        self.text.tick(at: now)
        for file in [self.events, self.audit] {
            if let path = file.tick(self.text) { self.archived(path) }
        }
        self.recorder?.tick(at: now, mayWrite: self.recorderMayWrite, isUrgent: self.isUrgent) {
            self.text.takePositions()
        } beforeNextSegment: {
            self.writeText(at: now)
            self.text.flushAllLines()
        }
        self.isUrgent = false
        if now.steady - self.lastReserveLook >= .seconds(60) {
            self.lastReserveLook = now.steady
            if !self.reserve.isSpent { self.reserve.restore(self.files) }
        }
    }

    func reopen(at now: Moment) {
        self.writeText(at: now)
        self.text.reopenAll()
        for file in [self.events, self.audit] {
            file.file.close(self.files)
            file.open(self.text)
        }
    }

    /// Writes, seals and closes everything.
    func close(at now: Moment) {
        self.writeText(at: now)
        self.tick(at: now)
        for console in self.text.consoles {
            guard let console else { continue }
            self.text.finish(console)
            self.text.retry(console)
            self.text.close(console)
        }
        for file in [self.events, self.audit] {
            _ = file.write(self.text)
            file.file.close(self.files)
        }
        self.recorder?.close(at: now)
    }

    // MARK: Status

    /// What is in memory because it could not be written.
    var heldBytes: Int {
        self.text.heldBytes + (self.recorder?.heldBytes ?? 0) + self.events.heldBytes + self.audit.heldBytes
    }

    var status: LogStoreStatus {
        var status = LogStoreStatus()
        status.heldBackBytes = self.heldBytes
        status.heldBackConsoles = self.text.held.count
        status.openFiles = self.text.openCount
        status.consoles = self.text.consoles.count { $0 != nil }
        status.linesWritten = self.text.linesWritten
        status.textBytesWritten = self.text.bytesWritten
        status.linesLost = self.text.linesLost + self.events.linesLost + self.audit.linesLost
        status.textBytesLost = self.text.bytesLost
        status.errors = self.errors.counts
        if let room = try? self.files.room(at: self.configuration.directory) {
            status.freeBytes = room.free
            status.totalBytes = room.total
        }
        status.recorder = self.recorder?.status
        let lostLately = self.text.lastLoss.map { self.text.now.steady - $0 < .seconds(60) } ?? false
        status.isHealthy = status.heldBackBytes == 0 && !lostLately && !self.reserve.isSpent
        return status
    }
}
