// SPDX-License-Identifier: Apache-2.0

/// Reads a console's text log, archived files first, in bounded steps. It blocks on the disk, so call it from a thread
/// that may; it needs no daemon.
package final class LogReader {
    private struct Place {
        var path: String
        var compression: LogStoreConfiguration.Compression
        var isCurrent: Bool
    }

    private let files: any FileLayer
    private let paths: LogPaths
    private let fileName: String
    private let query: LogQuery
    /// What is still to be read, in order, and what is being read.
    private var places: [Place]
    private var source: (any LogSource)?
    private var isReadingCurrent = false
    /// While following: the file that the path named last is read to its end.
    private var followed: PlainSource?

    /// Fails with `noLog` when nothing was ever logged under this name, unless it is to be followed.
    package convenience init(directory: String, console: String, query: LogQuery) throws(LogStoreError) {
        try self.init(directory: directory, console: console, query: query, files: SystemFiles())
    }

    /// Reads only what is in the archive when `archiveOnly` is set.
    init(
        directory: String,
        console: String,
        query: LogQuery,
        files: any FileLayer,
        archiveOnly: Bool = false
    ) throws(LogStoreError) {
        self.files = files
        self.paths = LogPaths(directory: directory)
        self.fileName = LogPaths.fileName(for: console)
        self.query = query
        self.places = []
        self.places = self.findPlaces()
        if archiveOnly { self.places.removeAll { $0.isCurrent } }
        if self.places.isEmpty, !query.follow { throw LogStoreError(.noLog, console) }
        for index in self.places.indices.reversed() where try !self.isInRange(self.places[index]) {
            self.places.remove(at: index)
        }
        if let last = query.last { try self.position(atLast: max(0, last)) }
    }

    /// The next whole lines, about `limit` bytes at most. Empty at the end, or while following when there is nothing new:
    /// then call again later (200 ms is a good pause).
    package func read(limit: Int = 64 << 10) throws(LogStoreError) -> [UInt8] {
        while true {
            if self.source == nil {
                if self.places.isEmpty { return try self.query.follow ? self.readNew(limit: limit) : [] }
                try self.openNext()
                continue
            }
            let bytes = try self.source?.read(limit: limit) ?? []
            if !bytes.isEmpty { return bytes }
            let remainder = try self.finishSource()
            if !remainder.isEmpty { return remainder }
        }
    }

    /// True when `read` will return no more; never while following.
    package var isAtEnd: Bool {
        !self.query.follow && self.source == nil && self.places.isEmpty
    }

    // MARK: Files

    /// Archived files by the time they were closed, then the current one.
    private func findPlaces() -> [Place] {
        let directory = self.paths.archive(of: self.fileName)
        let names = (try? self.files.names(in: directory)) ?? []
        var archives: [ArchiveName] = []
        for name in names {
            guard let archive = ArchiveName(parsing: name), archive.suffix == ".log" else { continue }
            // While a file is compressed, both may be there for a moment.
            if let index = archives.firstIndex(where: { $0.closed == archive.closed }) {
                if archive.compression == .none { archives[index] = archive }
            } else {
                archives.append(archive)
            }
        }
        archives.sort { $0.closed < $1.closed }
        var places = archives.map {
            Place(path: directory + "/" + $0.fileName, compression: $0.compression, isCurrent: false)
        }
        if let since = self.query.since {
            // Every line is older than the second after the file was closed.
            places.removeFirst(archives.prefix { $0.closed + .seconds(1) <= since }.count)
        }
        let current = self.paths.current(self.fileName)
        if (try? self.files.status(at: current)) != nil {
            places.append(Place(path: current, compression: .none, isCurrent: true))
        }
        return places
    }

    private func isInRange(_ place: Place) throws(LogStoreError) -> Bool {
        guard let until = self.query.until, !place.isCurrent else { return true }
        let source = try self.open(place, narrowed: false)
        let first = try source.read(limit: 1)
        guard let stamp = LogLine.stamp(first[...]) else { return true }
        return stamp < until
    }

    private func open(_ place: Place, narrowed: Bool) throws(LogStoreError) -> any LogSource {
        let since = narrowed ? self.query.since : nil
        let until = narrowed ? self.query.until : nil
        guard place.compression == .none else {
            return try CompressedSource(
                path: place.path,
                compression: place.compression,
                files: self.files,
                since: since,
                until: until
            )
        }
        do throws(LogStoreError) {
            let source = try PlainSource(path: place.path, files: self.files)
            try source.narrow(since: since, until: until)
            return source
        } catch  where error.cause == "ENOENT" {
            // Compressed since we looked.
            for (ending, compression) in [(".zst", LogStoreConfiguration.Compression.zstd), (".gz", .gzip)]
            where (try? self.files.status(at: place.path + ending)) != nil {
                return try CompressedSource(
                    path: place.path + ending,
                    compression: compression,
                    files: self.files,
                    since: since,
                    until: until
                )
            }
            throw error
        }
    }

    private func openNext() throws(LogStoreError) {
        let place = self.places.removeFirst()
        let source = try self.open(place, narrowed: true)
        self.source = source
        self.isReadingCurrent = place.isCurrent
    }

    /// The source is read to its end: what is left of a torn line, if anything.
    private func finishSource() throws(LogStoreError) -> [UInt8] {
        defer { self.source = nil }
        guard let plain = self.source as? PlainSource else { return [] }
        if self.isReadingCurrent, self.query.follow {
            self.followed = plain
            return []
        }
        let rest = try plain.remainder()
        return rest.isEmpty ? [] : rest + [0x0A]
    }

    // MARK: The last lines

    private func position(atLast last: Int) throws(LogStoreError) {
        var wanted = last
        var kept: [Place] = []
        while let place = self.places.popLast() {
            let source = try self.open(place, narrowed: true)
            let count = try source.count(atMost: wanted)
            self.source = source
            self.isReadingCurrent = place.isCurrent
            wanted -= count
            if wanted == 0 { break }
            kept.insert(place, at: 0)
        }
        if wanted > 0 {
            self.source = nil
            self.places = kept
        } else {
            self.places = kept
        }
    }

    // MARK: Following

    private func readNew(limit: Int) throws(LogStoreError) -> [UInt8] {
        let path = self.paths.current(self.fileName)
        guard let source = self.followed else {
            guard (try? self.files.status(at: path)) != nil else { return [] }
            self.followed = try? PlainSource(path: path, files: self.files)
            return try self.followed?.read(limit: limit) ?? []
        }
        try source.followTruncation()
        let bytes = try source.read(limit: limit)
        if !bytes.isEmpty { return bytes }
        guard let status = try? self.files.status(at: path),
            status.inode != source.status.inode || status.device != source.status.device
        else { return [] }
        // Rotated. What was written to the old file before that is read first.
        let last = try source.read(limit: limit)
        if !last.isEmpty { return last }
        self.followed = try? PlainSource(path: path, files: self.files)
        return try self.followed?.read(limit: limit) ?? []
    }
}
