// SPDX-License-Identifier: Apache-2.0

/// One file of a console's log, read forwards as whole lines.
protocol LogSource: AnyObject {
    /// The next lines, about `limit` bytes; empty at the end.
    func read(limit: Int) throws(LogStoreError) -> [UInt8]
    /// Leaves out so many lines from here.
    func skip(lines: Int) throws(LogStoreError)
    /// How many lines are left, counted up to `limit` from the end where that is cheaper. Reading begins anew afterwards.
    func count(atMost limit: Int) throws(LogStoreError) -> Int
}

/// A text log as it is. Stamps have a fixed width, so times are found by halving.
final class PlainSource: LogSource {
    private static let blockByteCount = 64 << 10

    let path: String
    private let files: any FileLayer
    private let descriptor: Int32
    private var offset: Int64 = 0
    /// Nil: to the end of the file, wherever that is when it is reached.
    private var end: Int64?
    private(set) var status: FileStatus

    init(path: String, files: any FileLayer) throws(LogStoreError) {
        self.path = path
        self.files = files
        do throws(FileError) {
            self.descriptor = try files.open(path, .read)
            self.status = try files.status(self.descriptor)
        } catch {
            throw LogStoreError(.unreadable, path, cause: error.name)
        }
    }

    deinit {
        self.files.close(self.descriptor)
    }

    /// Narrows what is read to the lines stamped in `since..<until`.
    func narrow(since: WallTime?, until: WallTime?) throws(LogStoreError) {
        if let since { self.offset = try self.firstLine(stampedAtOrAfter: since) }
        if let until { self.end = max(self.offset, try self.firstLine(stampedAtOrAfter: until)) }
    }

    func read(limit: Int) throws(LogStoreError) -> [UInt8] {
        var wanted = max(1, limit)
        while true {
            let left = self.end.map { Int(clamping: $0 - self.offset) } ?? .max
            guard left > 0 else { return [] }
            var bytes = try self.bytes(at: self.offset, count: min(wanted, left))
            guard !bytes.isEmpty else { return [] }
            if let lineEnd = bytes.lastIndex(of: 0x0A) {
                bytes.removeSubrange((lineEnd + 1)...)
                self.offset += Int64(bytes.count)
                return bytes
            }
            // A line longer than asked for, or the beginning of one that is being written.
            if bytes.count < min(wanted, left) { return [] }
            if wanted > 1 << 20 {
                self.offset += Int64(bytes.count)
                return bytes
            }
            wanted *= 4
        }
    }

    /// What stands after the last line end; of an archived file that is a torn line.
    func remainder() throws(LogStoreError) -> [UInt8] {
        let left = self.end.map { Int(clamping: $0 - self.offset) } ?? 1 << 20
        let bytes = left > 0 ? try self.bytes(at: self.offset, count: left) : []
        self.offset += Int64(bytes.count)
        return bytes
    }

    func skip(lines: Int) throws(LogStoreError) {
        var left = lines
        while left > 0 {
            let bytes = try self.bytes(at: self.offset, count: PlainSource.blockByteCount)
            guard !bytes.isEmpty else { return }
            for (index, byte) in bytes.enumerated() where byte == 0x0A {
                left -= 1
                guard left == 0 else { continue }
                self.offset += Int64(index + 1)
                return
            }
            self.offset += Int64(bytes.count)
        }
    }

    /// Counts backwards from the end, and leaves the reading position `limit` lines before it.
    func count(atMost limit: Int) throws(LogStoreError) -> Int {
        let size = try self.size()
        let end = min(self.end ?? size, size)
        let start = self.offset
        guard limit > 0 else {
            self.offset = end
            return 0
        }
        var position = end
        var count = 0
        while position > start {
            let step = min(Int64(PlainSource.blockByteCount), position - start)
            let bytes = try self.bytes(at: position - step, count: Int(step))
            guard bytes.count == Int(step) else {
                throw LogStoreError(.unreadable, self.path, cause: "shrinking")
            }
            for index in bytes.indices.reversed() where bytes[index] == 0x0A {
                if count == limit {
                    self.offset = position - step + Int64(index + 1)
                    return count
                }
                count += 1
            }
            position -= step
        }
        self.offset = start
        return count
    }

    func size() throws(LogStoreError) -> Int64 {
        do throws(FileError) {
            self.status = try self.files.status(self.descriptor)
            return self.status.size
        } catch {
            throw LogStoreError(.unreadable, self.path, cause: error.name)
        }
    }

    /// Begins at the first byte again when somebody has cut the file (copytruncate).
    func followTruncation() throws(LogStoreError) {
        if try self.size() < self.offset { self.offset = 0 }
    }

    private func bytes(at offset: Int64, count: Int) throws(LogStoreError) -> [UInt8] {
        do throws(FileError) {
            return try self.files.read(self.descriptor, at: offset, count: count)
        } catch {
            throw LogStoreError(.unreadable, self.path, cause: error.name)
        }
    }

    /// The offset of the first line stamped at or after `time`, or the file's size.
    private func firstLine(stampedAtOrAfter time: WallTime) throws(LogStoreError) -> Int64 {
        var low: Int64 = 0
        var high = try self.size()
        while high - low > Int64(2 * LineAssembler.byteLimit) {
            let middle = low + (high - low) / 2
            guard let line = try self.stampedLine(after: middle, before: high) else {
                high = middle
                continue
            }
            if line.time < time { low = line.start } else { high = middle }
        }
        return try self.scan(from: low, for: time)
    }

    /// The first stamped line that begins after `offset`, looked for in one block; what is not found only costs time.
    private func stampedLine(after offset: Int64, before limit: Int64) throws(LogStoreError) -> (
        start: Int64, time: WallTime
    )? {
        let bytes = try self.bytes(at: offset, count: 2 * LineAssembler.byteLimit)
        var index = 0
        while let lineEnd = bytes[index...].firstIndex(of: 0x0A) {
            index = lineEnd + 1
            guard offset + Int64(index) < limit else { return nil }
            if let time = LogLine.stamp(bytes[index...]) { return (offset + Int64(index), time) }
        }
        return nil
    }

    private func scan(from start: Int64, for time: WallTime) throws(LogStoreError) -> Int64 {
        var position = start
        while true {
            let bytes = try self.bytes(at: position, count: PlainSource.blockByteCount)
            guard let lastEnd = bytes.lastIndex(of: 0x0A) else {
                position += Int64(bytes.count)
                if bytes.count < PlainSource.blockByteCount { return position }
                continue
            }
            var index = 0
            while index <= lastEnd {
                if let stamp = LogLine.stamp(bytes[index...]), stamp >= time {
                    return position + Int64(index)
                }
                index = (bytes[index...].firstIndex(of: 0x0A) ?? lastEnd) + 1
            }
            position += Int64(lastEnd + 1)
        }
    }
}

/// A compressed text log, read from its beginning.
final class CompressedSource: LogSource {
    private static let stepByteCount = 128 << 10

    private let path: String
    private let files: any FileLayer
    private let compression: LogStoreConfiguration.Compression
    private let descriptor: Int32
    private let since: WallTime?
    private let until: WallTime?
    private var stream: DecompressionStream
    private var offset: Int64 = 0
    /// Decompressed and not yet handed out; `head` is where it goes on.
    private var waiting: [UInt8] = []
    private var head = 0
    private var hasBegun = false
    private var isAtEnd = false

    init(
        path: String,
        compression: LogStoreConfiguration.Compression,
        files: any FileLayer,
        since: WallTime?,
        until: WallTime?
    ) throws(LogStoreError) {
        self.path = path
        self.files = files
        self.compression = compression
        self.since = since
        self.until = until
        guard let stream = DecompressionStream(compression) else {
            throw LogStoreError(.unreadable, path, cause: "ENOMEM")
        }
        self.stream = stream
        do throws(FileError) {
            self.descriptor = try files.open(path, .read)
        } catch {
            throw LogStoreError(.unreadable, path, cause: error.name)
        }
    }

    deinit {
        self.files.close(self.descriptor)
    }

    func read(limit: Int) throws(LogStoreError) -> [UInt8] {
        var lines: [UInt8] = []
        while lines.count < limit, let line = try self.nextLine() { lines += line }
        return lines
    }

    func skip(lines: Int) throws(LogStoreError) {
        for _ in 0..<lines where try self.nextLine() == nil { return }
    }

    func count(atMost limit: Int) throws(LogStoreError) -> Int {
        var count = 0
        while try self.nextLine() != nil { count += 1 }
        try self.rewind()
        try self.skip(lines: max(0, count - limit))
        return min(count, limit)
    }

    private func rewind() throws(LogStoreError) {
        guard let stream = DecompressionStream(self.compression) else {
            throw LogStoreError(.unreadable, self.path, cause: "ENOMEM")
        }
        self.stream = stream
        self.offset = 0
        self.waiting = []
        self.head = 0
        self.hasBegun = false
        self.isAtEnd = false
    }

    /// The next line that is wanted, with its LF.
    private func nextLine() throws(LogStoreError) -> ArraySlice<UInt8>? {
        while true {
            guard let lineEnd = self.waiting[self.head...].firstIndex(of: 0x0A) else {
                guard try self.fill() else { return self.lastLine() }
                continue
            }
            let line = self.waiting[self.head...lineEnd]
            self.head = lineEnd + 1
            let stamp = self.hasBegun && self.until == nil ? nil : LogLine.stamp(line)
            if let since = self.since, !self.hasBegun, (stamp.map { $0 < since } ?? true) { continue }
            if let until = self.until, let stamp, stamp >= until {
                self.isAtEnd = true
                self.head = self.waiting.count
                return nil
            }
            self.hasBegun = true
            return line
        }
    }

    private func lastLine() -> ArraySlice<UInt8>? {
        guard self.head < self.waiting.count, self.hasBegun else { return nil }
        defer { self.head = self.waiting.count }
        return self.waiting[self.head...] + [0x0A]
    }

    private func fill() throws(LogStoreError) -> Bool {
        guard !self.isAtEnd else { return false }
        let input: [UInt8]
        do throws(FileError) {
            input = try self.files.read(
                self.descriptor,
                at: self.offset,
                count: CompressedSource.stepByteCount
            )
        } catch {
            throw LogStoreError(.unreadable, self.path, cause: error.name)
        }
        self.offset += Int64(input.count)
        if input.isEmpty {
            self.isAtEnd = true
            return false
        }
        guard let output = self.stream.decompress(input) else { throw LogStoreError(.badArchive, self.path) }
        self.waiting.removeFirst(self.head)
        self.head = 0
        self.waiting += output
        return true
    }
}
