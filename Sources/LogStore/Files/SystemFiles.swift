// SPDX-License-Identifier: Apache-2.0

import CLogStore
import Glibc

/// The real file operations.
struct SystemFiles: FileLayer {
    func open(_ path: String, _ opening: FileOpening) throws(FileError) -> Int32 {
        let common = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        switch opening {
        case .append:
            return try self.checked("open") { unsafe Glibc.open(path, O_WRONLY | O_APPEND | common) }
        case .read:
            return try self.checked("open") { unsafe Glibc.open(path, O_RDONLY | common) }
        case .create(let mode):
            let flags = O_WRONLY | O_APPEND | O_CREAT | O_EXCL | common
            let descriptor = try self.checked("open") { unsafe Glibc.open(path, flags, mode) }
            // The umask may have taken bits away that the configuration asks for.
            _ = fchmod(descriptor, mode)
            return descriptor
        }
    }

    func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileError(operation: "write", number: errno) }
        }
    }

    func read(_ descriptor: Int32, at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = unsafe pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled,
                    off_t(offset) + off_t(filled)
                )
                if result < 0, errno == EINTR { continue }
                if result < 0 { failure = FileError(operation: "read", number: errno) }
                guard result > 0 else { return }
                filled += result
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func status(_ descriptor: Int32) throws(FileError) -> FileStatus {
        var status = stat()
        _ = try self.checked("stat") { unsafe fstat(descriptor, &status) }
        return FileStatus(status)
    }

    func status(at path: String) throws(FileError) -> FileStatus {
        var status = stat()
        _ = try self.checked("stat") { unsafe lstat(path, &status) }
        return FileStatus(status)
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        _ = try self.checked("rename") { unsafe Glibc.rename(path, target) }
    }

    func remove(_ path: String) throws(FileError) {
        _ = try self.checked("unlink") { unsafe unlink(path) }
    }

    func truncate(_ path: String, to size: Int64) throws(FileError) {
        _ = try self.checked("truncate") { unsafe Glibc.truncate(path, off_t(size)) }
    }

    func allocate(_ descriptor: Int32, size: Int64) throws(FileError) {
        let number = posix_fallocate(descriptor, 0, off_t(size))
        guard number == 0 else { throw FileError(operation: "fallocate", number: number) }
    }

    func synchronize(_ descriptor: Int32) throws(FileError) {
        _ = try self.checked("fdatasync") { fdatasync(descriptor) }
    }

    func synchronizeFileSystem(at path: String) {
        guard let descriptor = try? self.open(path, .read) else { return }
        _ = hlg_syncfs(descriptor)
        self.close(descriptor)
    }

    func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        guard unsafe mkdir(path, mode) != 0 else {
            _ = unsafe chmod(path, mode)
            return
        }
        if errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw FileError(operation: "mkdir", number: errno)
        }
        try self.makeDirectory(String(path[..<slash]), mode: mode)
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else {
            throw FileError(operation: "mkdir", number: errno)
        }
        _ = unsafe chmod(path, mode)
    }

    func names(in directory: String) throws(FileError) -> [String] {
        guard let handle = unsafe opendir(directory) else {
            throw FileError(operation: "opendir", number: errno)
        }
        defer { _ = unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            // Unsafe: C's text in a fixed array. Sound, because readdir ends it with NUL.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    func room(at path: String) throws(FileError) -> FileSystemRoom {
        var status = statvfs()
        _ = try self.checked("statvfs") { unsafe statvfs(path, &status) }
        let block = Int64(status.f_frsize)
        return FileSystemRoom(free: Int64(status.f_bavail) * block, total: Int64(status.f_blocks) * block)
    }

    private func checked(_ operation: String, _ body: () -> Int32) throws(FileError) -> Int32 {
        while true {
            let result = body()
            if result >= 0 { return result }
            guard errno == EINTR else { throw FileError(operation: operation, number: errno) }
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        self.device = UInt64(status.st_dev)
        self.inode = UInt64(status.st_ino)
        self.size = Int64(status.st_size)
        self.modified = WallTime(
            microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1_000
        )
        self.isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
