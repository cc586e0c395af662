// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

@Suite("Log reader")
struct LogReaderTests {
    /// 500 lines, one each 100 ms: 200 in a zstd archive, 100 in a gzip one, 100 in a plain one, 100 in the current log.
    private static func fixture() throws -> ScratchDirectory {
        let scratch = ScratchDirectory()
        try SystemFiles().makeDirectory(scratch.path + "/archive/web01", mode: 0o755)
        try SystemFiles().makeDirectory(scratch.path + "/console", mode: 0o755)
        for (range, compression) in [
            (0..<200, LogStoreConfiguration.Compression.zstd), (200..<300, .gzip), (300..<400, .none),
        ] {
            let name = ArchiveName(base: "web01", closed: at(Int64(range.upperBound) * 100))
            let path = scratch.path + "/archive/web01/" + name.fileName
            try scratch.write("archive/web01/" + name.fileName, text(range))
            let compressor = ArchiveCompressor(
                files: SystemFiles(),
                fileMode: 0o640,
                compression: compression
            )
            #expect(try compressor.compress(path) { false })
        }
        try scratch.write("console/web01.log", text(400..<500))
        return scratch
    }

    private static func line(_ number: Int) -> String { "\(at(Int64(number) * 100)) | line \(number)" }

    private static func text(_ range: Range<Int>) -> [UInt8] {
        Array(range.map { line($0) + "\n" }.joined().utf8)
    }

    private func read(_ scratch: ScratchDirectory, _ query: LogQuery, limit: Int = 64 << 10) throws -> [Int] {
        let reader = try LogReader(directory: scratch.path, console: "web01", query: query)
        var bytes: [UInt8] = []
        while true {
            let piece = try reader.read(limit: limit)
            if piece.isEmpty { break }
            #expect(piece.last == 0x0A)
            bytes += piece
        }
        #expect(reader.isAtEnd)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: " ").last.flatMap { Int($0) }
        }
    }

    @Test(
        "reads all files in order of time, compressed or not, in steps of any size",
        arguments: [1, 100, 64 << 10]
    )
    func everything(_ limit: Int) throws {
        #expect(try read(Self.fixture(), LogQuery(), limit: limit) == Array(0..<500))
    }

    @Test("finds the last lines", arguments: [0, 1, 99, 100, 101, 200, 201, 300, 350, 499, 500, 501])
    func last(_ count: Int) throws {
        #expect(try read(Self.fixture(), LogQuery(last: count)) == Array(max(0, 500 - count)..<500))
    }

    @Test(
        "finds a span of time",
        arguments: [
            (nil, nil), (0, 1), (5, 250), (199, 201), (250, nil), (299, 301), (399, 402), (450, 460),
            (nil, 10), (500, nil),
            (10, 10), (499, 500),
        ] as [(Int?, Int?)]
    )
    func span(_ since: Int?, _ until: Int?) throws {
        let query = LogQuery(
            since: since.map { at(Int64($0) * 100) },
            until: until.map { at(Int64($0) * 100) }
        )
        #expect(try read(Self.fixture(), query) == Array((since ?? 0)..<(until ?? 500)))
    }

    @Test("finds the last lines of a span", arguments: [1, 5, 150, 1_000])
    func lastOfSpan(_ count: Int) throws {
        let query = LogQuery(since: at(15_000), until: at(42_000), last: count)
        #expect(try read(Self.fixture(), query) == Array(max(150, 420 - count)..<420))
    }

    @Test("finds every line of a large file by time, also among lines that are not ours")
    func binarySearch() throws {
        let scratch = ScratchDirectory()
        mkdir(scratch.path + "/console", 0o755)
        var text: [UInt8] = []
        for number in 0..<3_000 {
            text += Self.line(number).utf8
            text += Array(repeating: UInt8(ascii: "."), count: number % 97) + Array(" \(number)\n".utf8)
            if number % 50 == 0 { text += Array("stray\n".utf8) }
        }
        try scratch.write("console/web01.log", text)
        for number in stride(from: 0, to: 3_000, by: 61) {
            let query = LogQuery(since: at(Int64(number) * 100), until: at(Int64(number) * 100 + 1))
            #expect(try read(scratch, query) == [number])
            let between = LogQuery(since: at(Int64(number) * 100 - 50), until: at(Int64(number) * 100 + 50))
            #expect(try read(scratch, between) == [number])
        }
    }

    @Test("says when there is no log, and that a compressed one is damaged")
    func failures() throws {
        let scratch = try Self.fixture()
        #expect(throws: LogStoreError(.noLog, "web02")) {
            try LogReader(directory: scratch.path, console: "web02", query: LogQuery())
        }
        let name = try #require(scratch.names("archive/web01").first)
        let path = scratch.path + "/archive/web01/" + name
        let bytes = scratch.bytes("archive/web01/" + name)
        unlink(path)
        try scratch.write("archive/web01/" + name, bytes.map { $0 ^ 0x55 })
        #expect(throws: LogStoreError(.badArchive, path)) { try read(scratch, LogQuery()) }
        #expect(try read(scratch, LogQuery(last: 10)).count == 10)
    }

    @Test("shows a torn line at the end as a line")
    func torn() throws {
        let scratch = try Self.fixture()
        try scratch.write("console/web01.log", Array("\(at(50_000)) | torn 500".utf8))
        #expect(
            try read(scratch, LogQuery(last: 2)) == [499, 500]
                || read(scratch, LogQuery(last: 2)) == [498, 499, 500]
        )
    }

    @Test("follows new lines, over rotation, truncation and a log that does not exist yet")
    func follow() throws {
        let rig = try EngineRig { $0.rotation = .init(byteCount: nil, interval: nil) }
        let early = try LogReader(directory: rig.scratch.path, console: "late", query: LogQuery(follow: true))
        #expect(try early.read() == [])
        let id = rig.register(1, "late")
        rig.print(id, "one\ntwo\n")
        let reader = try LogReader(
            directory: rig.scratch.path,
            console: "late",
            query: LogQuery(last: 1, follow: true)
        )
        func new(_ reader: LogReader) throws -> [String] {
            var bytes: [UInt8] = []
            while true {
                let piece = try reader.read(limit: 10)
                if piece.isEmpty { break }
                bytes += piece
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
                String($0.dropFirst(27))
            }
        }
        #expect(try new(reader) == ["two"])
        #expect(try new(early) == ["one", "two"])
        rig.print(id, "three\nunfinished")
        #expect(try new(reader) == ["three"])
        let console = try #require(rig.engine.text.console(id))
        rig.print(id, " now\n")
        #expect(rig.engine.text.rotate(console))
        rig.print(id, "four\n")
        #expect(try new(reader) == ["unfinished now", "four"])
        truncate(rig.scratch.path + "/console/late.log", 0)
        #expect(try new(reader) == [])
        rig.print(id, "5\n")
        #expect(try new(reader) == ["5"])
        #expect(!reader.isAtEnd)
        #expect(try new(early).last == "5")
    }

    @Test("takes a line apart")
    func lines() throws {
        let line = try #require(LogLine(parsing: Array("2026-11-22T08:00:01.500Z ! panic rule=x".utf8)[...]))
        #expect(line.time == at(1_500))
        #expect(line.kind == "!")
        #expect(line.text == Array("panic rule=x".utf8)[...])
        for wrong in [
            "", "2026-11-22T08:00:01.500Z", "2026-11-22T08:00:01.500Z x y", "2026-13-22T08:00:01.500Z | y",
            "text",
        ] {
            #expect(LogLine(parsing: Array(wrong.utf8)[...]) == nil)
        }
    }
}
