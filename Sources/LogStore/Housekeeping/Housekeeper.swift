// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// Compresses closed logs and deletes what retention no longer allows, on a thread of low priority.
///
/// The queue of files is bounded by what is in the archive: each path is in it once.
final class Housekeeper: Sendable {
    private struct State {
        var queue: [String] = []
        var isStopping = false
    }

    private let state = Mutex(State())
    private let thread = Mutex<LogThread?>(nil)
    private let configuration: LogStoreConfiguration
    private let files: any FileLayer
    private let errors: ErrorReport
    private let bell: Doorbell?
    private let report: @Sendable (EventRecord) -> Void

    init(
        configuration: LogStoreConfiguration,
        files: any FileLayer,
        errors: ErrorReport,
        report: @escaping @Sendable (EventRecord) -> Void
    ) {
        self.configuration = configuration
        self.files = files
        self.errors = errors
        self.bell = Doorbell()
        self.report = report
    }

    func enqueue(_ path: String) {
        self.state.withLock { if !$0.queue.contains(path) { $0.queue.append(path) } }
        self.bell?.ring()
    }

    func start() -> Bool {
        guard let bell = self.bell else { return false }
        let thread = LogThread(name: "log-keeper") { [self] in
            Niceness.lower()
            self.adoptLeftovers()
            while !self.isStopping {
                self.work(at: .now())
                self.enforceRetention(at: .now())
                bell.wait(.seconds(60))
            }
        }
        self.thread.withLock { $0 = thread }
        return thread != nil
    }

    /// Ends the thread at its next step; what is not compressed stays as it is until the next start.
    func stop() {
        self.state.withLock { $0.isStopping = true }
        self.bell?.ring()
        self.thread.withLock { $0 }?.join()
        self.thread.withLock { $0 = nil }
    }

    private var isStopping: Bool { self.state.withLock { $0.isStopping } }

    /// Compresses what is in the queue.
    func work(at now: Moment) {
        let compressor = ArchiveCompressor(
            files: self.files,
            fileMode: self.configuration.fileMode,
            compression: self.configuration.compression
        )
        while let path = self.state.withLock({ $0.queue.isEmpty ? nil : $0.queue.removeFirst() }) {
            do throws(FileError) {
                guard try compressor.compress(path, shouldStop: { self.isStopping }) else { return }
            } catch  where error.number == ErrorNumber.noEntry {
                // Deleted meanwhile: nothing to compress.
            } catch {
                self.errors.note(error, path: path, at: now.steady)
            }
        }
    }

    /// Finds what an earlier run left uncompressed, and throws away what it had half done.
    func adoptLeftovers() {
        for (path, name) in self.archivedFiles() {
            if name.hasSuffix(".tmp") {
                try? self.files.remove(path)
            } else if ArchiveName(parsing: name)?.compression == LogStoreConfiguration.Compression.none {
                self.state.withLock { if !$0.queue.contains(path) { $0.queue.append(path) } }
            }
        }
    }

    private func archivedFiles() -> [(path: String, name: String)] {
        let paths = LogPaths(directory: self.configuration.directory)
        var found: [(path: String, name: String)] = []
        for directory in (try? self.files.names(in: paths.archive)) ?? [] {
            let path = paths.archive(of: directory)
            for name in (try? self.files.names(in: path)) ?? [] { found.append((path + "/" + name, name)) }
        }
        for name in (try? self.files.names(in: paths.directory)) ?? []
        where ArchiveName(parsing: name) != nil || name.hasSuffix(".tmp") {
            found.append((paths.directory + "/" + name, name))
        }
        return found
    }

    /// Deletes what is beyond the limits, and says so before it deletes for lack of space.
    func enforceRetention(at now: Moment) {
        var logs: [RetentionPlan.File] = []
        for (path, name) in self.archivedFiles() {
            guard let archive = ArchiveName(parsing: name), let status = try? self.files.status(at: path)
            else {
                continue
            }
            logs.append(RetentionPlan.File(path: path, size: status.size, closed: archive.closed))
        }
        self.delete(logs, self.configuration.retention, in: self.configuration.directory, at: now)
        guard let recorder = self.configuration.recorder else { return }
        let names = (try? self.files.names(in: recorder.directory)) ?? []
        let numbers = names.compactMap(RecorderState.number(ofFile:)).sorted().dropLast()
        let segments = numbers.compactMap { number -> RetentionPlan.File? in
            let path = recorder.directory + "/" + RecorderState.fileName(number)
            guard let status = try? self.files.status(at: path) else { return nil }
            return RetentionPlan.File(path: path, size: status.size, closed: status.modified)
        }
        self.delete(segments, recorder.retention, in: recorder.directory, at: now)
    }

    private func delete(
        _ candidates: [RetentionPlan.File],
        _ retention: LogStoreConfiguration.Retention,
        in directory: String,
        at now: Moment
    ) {
        guard let room = try? self.files.room(at: directory) else { return }
        let deletions = RetentionPlan(candidates, retention, room: room, now: now.wall).deletions
        let forSpace = deletions.filter { $0.reason == .freeSpace }
        if !forSpace.isEmpty { self.warn(forSpace, room, at: now) }
        for deletion in deletions {
            do throws(FileError) {
                try self.files.remove(deletion.file.path)
            } catch {
                self.errors.note(error, path: deletion.file.path, at: now.steady)
            }
        }
    }

    private func warn(_ deletions: [RetentionPlan.Deletion], _ room: FileSystemRoom, at now: Moment) {
        let bytes = deletions.reduce(0) { $0 + $1.file.size }
        self.errors.warn(
            "Deleting logs because the disk is short of space",
            ["file.count": "\(deletions.count)", "file.bytes": "\(bytes)", "disk.free_bytes": "\(room.free)"]
        )
        self.report(
            EventRecord(
                time: now.wall,
                server: self.configuration.serverName,
                event: "logs-deleted",
                severity: .warning,
                detail: [
                    ("reason", .string("free-space")), ("files", .integer(Int64(deletions.count))),
                    ("bytes", .integer(bytes)), ("free_bytes", .integer(room.free)),
                ]
            )
        )
    }
}
