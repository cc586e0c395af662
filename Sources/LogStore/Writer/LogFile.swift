// SPDX-License-Identifier: Apache-2.0

/// One file that lines are appended to, with its rotation. Never follows a symbolic link, never writes elsewhere than at
/// the end, and finishes a torn line before it writes the next.
final class LogFile {
    let path: String
    let archiveDirectory: String
    let base: String
    let suffix: String
    private(set) var descriptor: Int32 = -1
    /// As it was when last seen; zeros before.
    private(set) var status = FileStatus(
        device: 0,
        inode: 0,
        size: 0,
        modified: WallTime(microseconds: 0),
        isRegular: true
    )
    /// The file ends inside a line.
    var isTorn = false
    /// Milliseconds since 1970; nil before the file was seen.
    private(set) var nextRotation: Int64?
    private var lastClosed = WallTime(microseconds: .min)

    init(path: String, archiveDirectory: String, base: String, suffix: String) {
        self.path = path
        self.archiveDirectory = archiveDirectory
        self.base = base
        self.suffix = suffix
    }

    var isOpen: Bool { self.descriptor >= 0 }
    var size: Int64 { self.status.size }

    /// Opens the file, or makes it. Returns its last bytes when it is not as it was left.
    func open(_ files: any FileLayer, mode: UInt32, rotation: LogStoreConfiguration.Rotation, now: WallTime)
        throws(FileError) -> [UInt8]?
    {
        let descriptor = try files.openOrCreate(self.path, mode: mode)
        let status: FileStatus
        do throws(FileError) {
            status = try files.status(descriptor)
            guard status.isRegular else { throw FileError(operation: "open", number: ErrorNumber.notRegular) }
        } catch {
            files.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        let isAsLeft =
            status.inode == self.status.inode && status.device == self.status.device
            && status.size == self.size
            && self.nextRotation != nil
        self.status = status
        guard !isAsLeft else { return nil }
        let tail = self.readTail(files)
        self.isTorn = tail.last.map { $0 != 0x0A } ?? false
        self.planRotation(after: status.size > 0 ? status.modified : now, rotation)
        return tail
    }

    /// Sets when the file is next closed for its age, counted from the last line in it.
    func planRotation(after time: WallTime, _ rotation: LogStoreConfiguration.Rotation) {
        guard let interval = rotation.interval?.wholeMicroseconds, interval > 0 else {
            self.nextRotation = .max
            return
        }
        let spread = min(60_000_000, interval / 2)
        let offset = Int64(LogPaths.hash(self.base) % UInt64(max(1, spread)))
        let period = WallTime.floorDivide(time.microseconds - offset, by: interval)
        self.nextRotation = ((period + 1) * interval + offset) / 1_000
    }

    /// Puts a rotation that failed off for a minute.
    func postponeRotation(now: WallTime) {
        self.nextRotation = (now + .seconds(60)).milliseconds
    }

    func isRotationDue(_ rotation: LogStoreConfiguration.Rotation, now: WallTime) -> Bool {
        guard self.size > 0, let nextRotation = self.nextRotation else { return false }
        return now.milliseconds >= nextRotation || (rotation.byteCount.map { self.size >= $0 } ?? false)
    }

    func close(_ files: any FileLayer) {
        guard self.isOpen else { return }
        files.close(self.descriptor)
        self.descriptor = -1
    }

    /// Writes as much as the system takes. What is written counts even when an error follows.
    func write(_ bytes: UnsafeRawBufferPointer, _ files: any FileLayer) -> (count: Int, error: FileError?) {
        if self.isTorn {
            if let error = self.writeLineEnd(files) { return (0, error) }
        }
        var done = 0
        while done < bytes.count {
            do throws(FileError) {
                let count = unsafe try files.write(
                    self.descriptor,
                    UnsafeRawBufferPointer(rebasing: bytes[done...])
                )
                guard count > 0 else {
                    return (done, FileError(operation: "write", number: ErrorNumber.noSpace))
                }
                done += count
                self.status.size += Int64(count)
            } catch {
                return (done, error)
            }
        }
        return (done, nil)
    }

    private func writeLineEnd(_ files: any FileLayer) -> FileError? {
        let end: [UInt8] = [0x0A]
        do throws(FileError) {
            guard try files.write(self.descriptor, end[...]) == 1 else {
                return FileError(operation: "write", number: ErrorNumber.noSpace)
            }
            self.status.size += 1
            self.isTorn = false
            return nil
        } catch {
            return error
        }
    }

    /// Looks whether the path still names the open file. Refreshes the size, which copytruncate changes.
    func isStillThere(_ files: any FileLayer) -> Bool {
        guard self.isOpen else { return true }
        guard let status = try? files.status(at: self.path) else { return false }
        guard status.inode == self.status.inode, status.device == self.status.device else { return false }
        if status.size < self.size { self.isTorn = false }
        self.status.size = status.size
        return true
    }

    /// Moves the file to the archive and returns where it is now. The caller opens the next one.
    func moveToArchive(_ files: any FileLayer, directoryMode: UInt32, now: WallTime) throws(FileError)
        -> String
    {
        self.close(files)
        // Names are unique and in order, whatever the clock does.
        var closed = WallTime(seconds: WallTime.floorDivide(now.microseconds, by: 1_000_000))
        if closed <= self.lastClosed { closed = self.lastClosed + .seconds(1) }
        var target = self.archivePath(closed)
        while self.exists(target, files) {
            closed = closed + .seconds(1)
            target = self.archivePath(closed)
        }
        do {
            try files.rename(self.path, to: target)
        } catch  where error.number == ErrorNumber.noEntry {
            try files.makeDirectory(self.archiveDirectory, mode: directoryMode)
            try files.rename(self.path, to: target)
        }
        self.lastClosed = closed
        self.isTorn = false
        return target
    }

    private func archivePath(_ closed: WallTime) -> String {
        let name = ArchiveName(base: self.base, closed: closed, suffix: self.suffix).fileName
        return self.archiveDirectory + "/" + name
    }

    private func exists(_ path: String, _ files: any FileLayer) -> Bool {
        ["", ".zst", ".gz"].contains { (try? files.status(at: path + $0)) != nil }
    }

    private func readTail(_ files: any FileLayer) -> [UInt8] {
        guard self.size > 0, let reader = try? files.open(self.path, .read) else { return [] }
        defer { files.close(reader) }
        let start = max(0, self.size - 2 * Int64(LineAssembler.byteLimit))
        return (try? files.read(reader, at: start, count: Int(self.size - start))) ?? []
    }
}
