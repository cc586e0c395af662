// SPDX-License-Identifier: Apache-2.0

/// A failed file operation.
struct FileError: Error, Equatable, Sendable {
    var operation: String
    var number: Int32

    var name: String { ErrorNumber.name(self.number) }
}

/// What the writer has to know about a file.
struct FileStatus: Equatable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var modified: WallTime
    var isRegular: Bool
}

/// Room on a file system, as an ordinary user finds it.
struct FileSystemRoom: Equatable, Sendable {
    var free: Int64
    var total: Int64
}

/// How a file is opened. Symbolic links in place of the file are refused.
enum FileOpening: Sendable {
    /// For appending; the file must exist.
    case append
    /// For appending; the file must not exist, and gets exactly this mode.
    case create(mode: UInt32)
    /// For reading; the file must exist.
    case read
}

/// The file operations of the log store, so that a test can make each of them fail.
protocol FileLayer: Sendable {
    func open(_ path: String, _ opening: FileOpening) throws(FileError) -> Int32
    func close(_ descriptor: Int32)
    /// May write less than asked.
    func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int
    /// Reads at most `count` bytes at `offset`; fewer only at the end of the file.
    func read(_ descriptor: Int32, at offset: Int64, count: Int) throws(FileError) -> [UInt8]
    func status(_ descriptor: Int32) throws(FileError) -> FileStatus
    /// Does not follow a symbolic link.
    func status(at path: String) throws(FileError) -> FileStatus
    func rename(_ path: String, to target: String) throws(FileError)
    func remove(_ path: String) throws(FileError)
    func truncate(_ path: String, to size: Int64) throws(FileError)
    func allocate(_ descriptor: Int32, size: Int64) throws(FileError)
    func synchronize(_ descriptor: Int32) throws(FileError)
    /// Waits until everything on the path's file system is on disk, as far as that is known.
    func synchronizeFileSystem(at path: String)
    /// Makes a directory and its parents; those made get `mode`.
    func makeDirectory(_ path: String, mode: UInt32) throws(FileError)
    func names(in directory: String) throws(FileError) -> [String]
    func room(at path: String) throws(FileError) -> FileSystemRoom
}

extension FileLayer {
    /// Opens for appending and makes the file if it is not there.
    func openOrCreate(_ path: String, mode: UInt32) throws(FileError) -> Int32 {
        do {
            return try self.open(path, .append)
        } catch  where error.number == ErrorNumber.noEntry {
            return try self.open(path, .create(mode: mode))
        }
    }

    /// Writes once, from an array.
    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(FileError) -> Int {
        // Typed errors do not pass through the closure.
        let result: Result<Int, FileError> = unsafe bytes.withUnsafeBytes { pointer in
            do throws(FileError) {
                return unsafe .success(try self.write(descriptor, pointer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Writes all of it or fails.
    func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try self.write(descriptor, rest)
            guard count > 0 else { throw FileError(operation: "write", number: ErrorNumber.noSpace) }
            rest = rest.dropFirst(count)
        }
    }
}
