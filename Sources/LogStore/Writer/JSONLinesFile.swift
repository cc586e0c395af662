// SPDX-License-Identifier: Apache-2.0

/// `events.jsonl` or `audit.jsonl`. Written before console text when the disk is short, from the reserve if need be.
///
/// Bounded: 1 MiB is held back at most, then the oldest objects are dropped and counted.
final class JSONLinesFile {
    static let memoryLimit = 1 << 20

    let file: LogFile
    private(set) var linesLost: UInt64 = 0
    private var waiting: [UInt8] = []
    private var lastLook = Duration.zero

    init(path: String, base: String, directory: String) {
        self.file = LogFile(path: path, archiveDirectory: directory, base: base, suffix: ".jsonl")
    }

    var heldBytes: Int { self.waiting.count }

    func append(_ line: [UInt8]) {
        self.waiting.append(contentsOf: line)
        while self.waiting.count > JSONLinesFile.memoryLimit {
            let end = self.waiting.firstIndex(of: 0x0A).map { $0 + 1 } ?? self.waiting.count
            self.waiting.removeSubrange(..<end)
            self.linesLost += 1
        }
    }

    /// Writes what waits. Returns the path of the file that was moved to the archive, if one was.
    func write(_ logs: TextLogs) -> String? {
        guard !self.waiting.isEmpty, self.open(logs) else { return nil }
        let archived = self.rotateIfDue(logs)
        guard self.open(logs) else { return archived }
        for _ in 0...1 {
            let result = unsafe self.waiting.withUnsafeBytes { unsafe self.file.write($0, logs.files) }
            self.waiting.removeFirst(result.count)
            guard let error = result.error else { break }
            logs.errors.note(error, path: self.file.path, at: logs.now.steady)
            guard ErrorNumber.meansFull(error.number), logs.reserve.spend(logs.files) else { break }
        }
        return archived
    }

    /// Notices that somebody else moved the file.
    func tick(_ logs: TextLogs) -> String? {
        guard logs.now.steady - self.lastLook >= .seconds(5) else { return self.write(logs) }
        self.lastLook = logs.now.steady
        if !self.file.isStillThere(logs.files) {
            self.file.close(logs.files)
            _ = self.open(logs)
        }
        return self.write(logs) ?? self.rotateIfDue(logs)
    }

    /// Opens the file, or makes it.
    @discardableResult
    func open(_ logs: TextLogs) -> Bool {
        guard !self.file.isOpen else { return true }
        do throws(FileError) {
            _ = try self.file.open(
                logs.files,
                mode: logs.configuration.fileMode,
                rotation: logs.configuration.rotation,
                now: logs.now.wall
            )
            return true
        } catch {
            logs.errors.note(error, path: self.file.path, at: logs.now.steady)
            return false
        }
    }

    private func rotateIfDue(_ logs: TextLogs) -> String? {
        guard self.file.isRotationDue(logs.configuration.rotation, now: logs.now.wall) else { return nil }
        do throws(FileError) {
            return try self.file.moveToArchive(
                logs.files,
                directoryMode: logs.configuration.directoryMode,
                now: logs.now.wall
            )
        } catch {
            logs.errors.note(error, path: self.file.path, at: logs.now.steady)
            self.file.postponeRotation(now: logs.now.wall)
            return nil
        }
    }
}
