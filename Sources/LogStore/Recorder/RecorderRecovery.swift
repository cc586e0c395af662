// SPDX-License-Identifier: Apache-2.0

/// Repairs what an unclean stop left: cuts the recorder's torn tail, seals the segment, and appends to the text logs the
/// lines that had not reached them. Runs once, before the log thread starts.
struct RecorderRecovery {
    /// What was found and done, for the daemon's log and `events.jsonl`.
    struct Report: Equatable {
        var state = RecorderState()
        var wasUnclean = false
        var bytesCut: Int64 = 0
        var linesRestored = 0
        var consolesRestored = 0
    }

    /// How many lines from the end of a text log are compared.
    private static let comparedLines = 64

    let files: any FileLayer
    let errors: ErrorReport
    let configuration: LogStoreConfiguration
    let recorder: LogStoreConfiguration.Recorder
    let now: Moment

    func run() -> Report {
        var report = Report()
        let names = (try? self.files.names(in: self.recorder.directory)) ?? []
        let segments = names.compactMap(RecorderState.number(ofFile:)).sorted()
        report.state.lastSegment = segments.last ?? 0
        // A segment that never got its head is as good as none.
        for segment in segments.reversed() {
            let path = self.recorder.directory + "/" + RecorderState.fileName(segment)
            guard let bytes = self.contents(path) else { continue }
            guard let scan = SegmentScan(bytes) else {
                report.wasUnclean = true
                report.bytesCut += Int64(bytes.count)
                try? self.files.remove(path)
                continue
            }
            report.state.lastHash = scan.sealHash
            if !scan.isClosed || scan.soundEnd < bytes.count { self.repair(path, bytes, scan, &report) }
            break
        }
        return report
    }

    private func contents(_ path: String) -> [UInt8]? {
        do throws(FileError) {
            let descriptor = try self.files.open(path, .read)
            defer { self.files.close(descriptor) }
            let status = try self.files.status(descriptor)
            return try self.files.read(descriptor, at: 0, count: Int(status.size))
        } catch {
            self.errors.note(error, path: path, at: self.now.steady)
            return nil
        }
    }

    private func repair(_ path: String, _ bytes: [UInt8], _ scan: SegmentScan, _ report: inout Report) {
        report.wasUnclean = true
        report.bytesCut += Int64(bytes.count - scan.soundEnd)
        do throws(FileError) {
            if scan.soundEnd < bytes.count { try self.files.truncate(path, to: Int64(scan.soundEnd)) }
            if let hash = try self.seal(path, bytes, scan) { report.state.lastHash = hash }
        } catch {
            self.errors.note(error, path: path, at: self.now.steady)
        }
        for console in TextRebuilder(scan, bytes).consoles {
            let restored = self.restore(console, provenUntil: scan.lastPositions)
            report.linesRestored += restored
            report.consolesRestored += restored > 0 ? 1 : 0
        }
    }

    /// Appends a closing seal and the checkpoint that covers it and everything before it that had none.
    private func seal(_ path: String, _ bytes: [UInt8], _ scan: SegmentScan) throws(FileError) -> [UInt8]? {
        guard let hash = RunningHash() else { return nil }
        unsafe bytes.withUnsafeBytes { all in
            unsafe hash.update(UnsafeRawBufferPointer(rebasing: all[scan.sealStart..<scan.soundEnd]))
        }
        let digest = hash.finish()
        let output = RawOutput()
        FrameHeader(.seal, flags: FrameFlags.closing, count: 72, time: self.now.wall).put(into: output)
        output.put(littleEndian: scan.sealNumber + 1)
        output.put(scan.sealHash.span)
        output.put(digest.span)
        FrameHeader(.checkpoint, count: 4, time: self.now.wall).put(into: output)
        let unchecked = unsafe bytes.withUnsafeBytes { all in
            unsafe crc32c(UnsafeRawBufferPointer(rebasing: all[scan.checkedEnd..<scan.soundEnd]))
        }
        let crc = unsafe output.withBytes { unsafe crc32c($0, continuing: unchecked) }
        output.put(littleEndian: crc)
        try self.append(output.bytes, to: path)
        return digest
    }

    private func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = try self.files.openOrCreate(path, mode: self.configuration.fileMode)
        defer { self.files.close(descriptor) }
        try self.files.writeAll(descriptor, bytes)
        try self.files.synchronize(descriptor)
    }

    // MARK: Text

    /// Appends what is missing at the end of a console's text log and returns how many lines that were.
    private func restore(_ console: TextRebuilder.Console, provenUntil: WallTime?) -> Int {
        let paths = LogPaths(directory: self.configuration.directory)
        let path = paths.current(LogPaths.fileName(for: console.name))
        let lines = LineTable(console.text)
        guard lines.count > 0 else { return 0 }
        var tail = self.tail(of: path)
        tail = self.cutNULs(tail, path)
        let torn = tail.bytes.lastIndex(of: 0x0A).map { Array(tail.bytes[($0 + 1)...]) } ?? tail.bytes
        var known = LineTable(tail.bytes.dropLast(torn.count))
        if known.count == 0 {
            // Just rotated: the line before is the last one of the archive.
            known = LineTable(self.lastArchived(paths, console.name)[...])
        }
        let next = self.firstMissing(lines, known, provenUntil)
        guard next < lines.count else { return 0 }
        var missing = lines.bytes(from: next)
        if lines[next].starts(with: torn) {
            missing.removeFirst(torn.count)
        } else {
            missing.insert(0x0A, at: 0)
        }
        do throws(FileError) {
            try self.append(missing, to: path)
            return lines.count - next
        } catch {
            self.errors.note(error, path: path, at: self.now.steady)
            return 0
        }
    }

    /// Which of the recorder's lines is the first that the text log does not have.
    private func firstMissing(_ lines: LineTable, _ known: LineTable, _ provenUntil: WallTime?) -> Int {
        for skipped in 0..<min(RecorderRecovery.comparedLines, known.count) {
            // Lines that the log made by itself (gaps, clock steps) are not in the recorder: look before them.
            let last = known.count - 1 - skipped
            var best: (run: Int, index: Int)?
            for index in lines.indices where lines[index] == known[last] {
                var run = 1
                while run <= index, run <= last, run < RecorderRecovery.comparedLines,
                    lines[index - run] == known[last - run]
                {
                    run += 1
                }
                // The first of equal ones: rather a line twice than a line lost.
                if run > best?.run ?? 0 { best = (run, index) }
            }
            if let best { return best.index + 1 }
        }
        let lastStamp = known.indices.last.flatMap { LogLine.stamp(known[$0]) }
        let bound = [lastStamp, provenUntil].compactMap { $0?.milliseconds }.max()
        guard let bound else { return 0 }
        return lines.indices.first { (LogLine.stamp(lines[$0])?.milliseconds ?? .min) > bound } ?? lines.count
    }

    private func tail(of path: String) -> (bytes: [UInt8], size: Int64) {
        guard let descriptor = try? self.files.open(path, .read) else { return ([], 0) }
        defer { self.files.close(descriptor) }
        guard let size = try? self.files.status(descriptor).size else { return ([], 0) }
        let start = max(0, size - 512 << 10)
        var bytes = (try? self.files.read(descriptor, at: start, count: Int(size - start))) ?? []
        if start > 0, let lineEnd = bytes.firstIndex(of: 0x0A) { bytes.removeSubrange(...lineEnd) }
        return (bytes, size)
    }

    /// After a power loss a file may end in NULs where data had been promised.
    private func cutNULs(_ tail: (bytes: [UInt8], size: Int64), _ path: String) -> (
        bytes: [UInt8], size: Int64
    ) {
        let sound = tail.bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        guard sound < tail.bytes.count else { return tail }
        let size = tail.size - Int64(tail.bytes.count - sound)
        do throws(FileError) {
            try self.files.truncate(path, to: size)
        } catch {
            self.errors.note(error, path: path, at: self.now.steady)
        }
        return (Array(tail.bytes[..<sound]), size)
    }

    private func lastArchived(_ paths: LogPaths, _ name: String) -> [UInt8] {
        let query = LogQuery(last: RecorderRecovery.comparedLines)
        let reader = try? LogReader(
            directory: paths.directory,
            console: name,
            query: query,
            files: self.files,
            archiveOnly: true
        )
        guard let reader else { return [] }
        return (try? reader.read(limit: 1 << 20)) ?? []
    }
}

/// Bytes as lines, without their LFs.
struct LineTable {
    private let storage: [UInt8]
    private var starts: [Int] = [0]

    init(_ bytes: ArraySlice<UInt8>) {
        self.storage = Array(bytes)
        for (index, byte) in self.storage.enumerated() where byte == 0x0A { self.starts.append(index + 1) }
    }

    init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Complete lines only.
    var count: Int { self.starts.count - 1 }
    var indices: Range<Int> { 0..<self.count }

    subscript(index: Int) -> ArraySlice<UInt8> {
        self.storage[self.starts[index]..<(self.starts[index + 1] - 1)]
    }

    func bytes(from index: Int) -> [UInt8] {
        Array(self.storage[self.starts[index]...])
    }
}
