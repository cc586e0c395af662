// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Synchronization

@testable import LogStore

/// A directory that vanishes with the test.
final class ScratchDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/heliograph-log-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        remove(path)
    }

    private func remove(_ path: String) {
        let files = SystemFiles()
        for name in (try? files.names(in: path)) ?? [] { remove(path + "/" + name) }
        if (try? files.remove(path)) == nil { rmdir(path) }
    }

    func contents(_ name: String) -> String {
        String(decoding: bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) -> [UInt8] {
        let files = SystemFiles()
        guard let descriptor = try? files.open(path + "/" + name, .read) else { return [] }
        defer { files.close(descriptor) }
        let size = (try? files.status(descriptor).size) ?? 0
        return (try? files.read(descriptor, at: 0, count: Int(size))) ?? []
    }

    func write(_ name: String, _ text: [UInt8]) throws {
        let files = SystemFiles()
        let descriptor = try files.openOrCreate(path + "/" + name, mode: 0o644)
        defer { files.close(descriptor) }
        try files.writeAll(descriptor, text)
    }

    func names(_ directory: String = "") -> [String] {
        ((try? SystemFiles().names(in: path + "/" + directory)) ?? []).sorted()
    }
}

/// Real files, except for what the test makes go wrong.
final class FaultyFiles: FileLayer {
    struct Faults {
        /// So many bytes can be written, then the error comes. A write that does not fit is short.
        var writable: Int?
        var writeError = ENOSPC
        var syncError: Int32?
        var openError: Int32?
        var free: Int64?
        /// Only paths that contain it are concerned.
        var pathPart = ""
    }

    private struct State {
        var faults = Faults()
        var paths: [Int32: String] = [:]
        var writes = 0
        var syncs = 0
    }

    private let state = Mutex(State())
    private let real = SystemFiles()

    func set(_ change: (inout Faults) -> Void) {
        state.withLock { change(&$0.faults) }
    }

    var writes: Int { state.withLock { $0.writes } }
    var syncs: Int { state.withLock { $0.syncs } }
    var openPaths: [String] { state.withLock { $0.paths.values.sorted() } }

    func open(_ path: String, _ opening: FileOpening) throws(FileError) -> Int32 {
        let error = state.withLock {
            $0.faults.openError != nil && path.contains($0.faults.pathPart) ? $0.faults.openError : nil
        }
        if let error { throw FileError(operation: "open", number: error) }
        let descriptor = try real.open(path, opening)
        state.withLock { $0.paths[descriptor] = path }
        return descriptor
    }

    func close(_ descriptor: Int32) {
        state.withLock { $0.paths[descriptor] = nil }
        real.close(descriptor)
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        let (allowed, error) = state.withLock { state in
            state.writes += 1
            guard let writable = state.faults.writable,
                state.paths[descriptor]?.contains(state.faults.pathPart) ?? false
            else { return (bytes.count, state.faults.writeError) }
            let allowed = min(writable, bytes.count)
            state.faults.writable = writable - allowed
            return (allowed, state.faults.writeError)
        }
        guard allowed > 0 || bytes.isEmpty else { throw FileError(operation: "write", number: error) }
        return try real.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<allowed]))
    }

    func read(_ descriptor: Int32, at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        try real.read(descriptor, at: offset, count: count)
    }

    func status(_ descriptor: Int32) throws(FileError) -> FileStatus { try real.status(descriptor) }
    func status(at path: String) throws(FileError) -> FileStatus { try real.status(at: path) }
    func rename(_ path: String, to target: String) throws(FileError) { try real.rename(path, to: target) }
    func remove(_ path: String) throws(FileError) { try real.remove(path) }
    func truncate(_ path: String, to size: Int64) throws(FileError) { try real.truncate(path, to: size) }

    func allocate(_ descriptor: Int32, size: Int64) throws(FileError) {
        if state.withLock({ $0.faults.writable != nil }) {
            throw FileError(operation: "fallocate", number: ENOSPC)
        }
        try real.allocate(descriptor, size: size)
    }

    func synchronize(_ descriptor: Int32) throws(FileError) {
        let error = state.withLock { state in
            state.syncs += 1
            return state.faults.syncError
        }
        if let error { throw FileError(operation: "fdatasync", number: error) }
        try real.synchronize(descriptor)
    }

    func synchronizeFileSystem(at path: String) {}

    func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        try real.makeDirectory(path, mode: mode)
    }

    func names(in directory: String) throws(FileError) -> [String] { try real.names(in: directory) }

    func room(at path: String) throws(FileError) -> FileSystemRoom {
        var room = try real.room(at: path)
        room.total = 64 << 20
        room.free = state.withLock { $0.faults.free ?? 32 << 20 }
        return room
    }
}

/// 2026-11-22T08:00:00.000Z
let epoch = WallTime(microseconds: 1_795_334_400_000_000)

/// An engine over a scratch directory, with clocks that the test moves.
final class EngineRig {
    let scratch: ScratchDirectory
    let files: FaultyFiles
    let engine: LogEngine
    var now: Moment
    let archived: Archived

    final class Archived {
        var paths: [String] = []
    }

    init(
        _ scratch: ScratchDirectory = ScratchDirectory(),
        at now: Moment = Moment(wall: epoch, steady: .seconds(1_000)),
        openLimit: Int = 100,
        files: FaultyFiles = FaultyFiles(),
        recorder: Bool = false,
        _ change: (inout LogStoreConfiguration) -> Void = { _ in }
    ) throws {
        self.scratch = scratch
        self.files = files
        self.now = now
        var configuration = LogStoreConfiguration(directory: scratch.path)
        configuration.reserveByteCount = 0
        configuration.textDelay = .zero
        configuration.serverName = "consoles"
        if recorder {
            configuration.recorder = LogStoreConfiguration.Recorder(directory: scratch.path + "/recorder")
        }
        change(&configuration)
        let archived = Archived()
        self.archived = archived
        engine = try LogEngine(
            configuration: configuration,
            files: files,
            errors: ErrorReport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            syncs: SyncQueue(files: files),
            openLimit: openLimit,
            now: now,
            archived: { archived.paths.append($0) }
        )
    }

    @discardableResult
    func register(_ number: UInt32, _ name: String, _ options: ConsoleLogOptions = ConsoleLogOptions())
        -> LogID
    {
        let id = LogID(rawValue: number)
        engine.register(id, name: name, options: options, at: now)
        return id
    }

    func advance(_ time: Duration) {
        now.wall = now.wall + time
        now.steady += time
        engine.tick(at: now)
    }

    func print(_ id: LogID, _ text: String, at time: WallTime? = nil, kind: LogEntryKind = .output) {
        var batch = LogBatch()
        batch.append(id, kind, at: time ?? now.wall, Array(text.utf8))
        engine.handle([batch], at: now)
    }

    func log(_ name: String) -> [String] {
        scratch.contents("console/\(name).log").split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
            .map(String.init)
    }

    /// The log without stamps.
    func texts(_ name: String) -> [String] { log(name).map { String($0.dropFirst(25)) } }
}

/// The time so much after 08:00.
func at(_ milliseconds: Int64) -> WallTime { epoch + .milliseconds(milliseconds) }
