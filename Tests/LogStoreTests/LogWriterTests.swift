// SPDX-License-Identifier: Apache-2.0

import Logging
import Testing

@testable import LogStore

@Suite("Log writer")
struct LogWriterTests {
    private func writer(
        _ scratch: ScratchDirectory,
        files: any FileLayer = SystemFiles(),
        _ change: (inout LogStoreConfiguration) -> Void = { _ in }
    ) throws -> LogWriter {
        var configuration = LogStoreConfiguration(
            directory: scratch.path,
            recorder: .init(directory: scratch.path + "/recorder")
        )
        configuration.reserveByteCount = 0
        configuration.retention = .init()
        // The tests' stamps are not of today.
        configuration.rotation.interval = nil
        change(&configuration)
        let writer = try LogWriter(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            files: files
        )
        try writer.start()
        return writer
    }

    @Test("writes what many threads submit, each console's lines in order")
    func submits() async throws {
        let scratch = ScratchDirectory()
        let writer = try writer(scratch)
        let ids = (0..<8).map { writer.register(name: "c\($0)") }
        await withTaskGroup(of: Void.self) { group in
            for shard in 0..<4 {
                group.addTask {
                    for number in 0..<500 {
                        var batch = LogBatch()
                        for id in ids[(shard * 2)...(shard * 2 + 1)] {
                            batch.append(id, .output, at: at(Int64(number)), Array("line \(number)\r\n".utf8))
                        }
                        writer.submit(batch)
                    }
                }
            }
        }
        writer.flush()
        #expect(writer.pendingBytes == 0)
        for number in 0..<8 {
            let lines = scratch.contents("console/c\(number).log").split(separator: "\n")
            #expect(lines.map { String($0.dropFirst(27)) } == (0..<500).map { "line \($0)" })
        }
        #expect(writer.status.linesWritten == 4_000)
        #expect(writer.status.isHealthy)
        writer.shutdown()
        #expect(SegmentScan(scratch.bytes("recorder/segment-0000000001.rec"))?.isClosed == true)
    }

    @Test("gives a name one number, and a new one after it was forgotten")
    func registration() throws {
        let scratch = ScratchDirectory()
        let writer = try writer(scratch)
        let first = writer.register(name: "web01")
        #expect(writer.register(name: "web01") == first)
        var batch = LogBatch()
        batch.append(first, .output, at: at(0), Array("unfinished".utf8))
        writer.submit(batch)
        writer.unregister(first)
        let second = writer.register(name: "web01")
        #expect(second != first)
        batch.removeAll()
        batch.append(first, .output, at: at(1), Array("nobody\n".utf8))
        batch.append(second, .output, at: at(1), Array("again\n".utf8))
        writer.submit(batch)
        writer.shutdown()
        #expect(
            scratch.contents("console/web01.log").split(separator: "\n").map { $0.dropFirst(25) } == [
                "| unfinished", "| again",
            ]
        )
    }

    @Test("writes events and audit entries, and everything that waits at shutdown")
    func shutdown() throws {
        let scratch = ScratchDirectory()
        let writer = try writer(scratch) { $0.flushInterval = .seconds(60) }
        let id = writer.register(name: "web01")
        writer.record(EventRecord(time: at(0), server: "s", console: "web01", event: "connected"))
        writer.audit(AuditRecord(time: at(0), server: "s", user: "alice", peer: "p", action: "attach"))
        var batch = LogBatch()
        batch.append(id, EventLine("connected"), at: at(0))
        batch.append(id, .output, at: at(0), Array("login: ".utf8)[...])
        writer.submit(batch)
        #expect(writer.pendingBytes > 0)
        writer.shutdown()
        writer.shutdown()
        writer.submit(batch)
        #expect(writer.pendingBytes == 0)
        #expect(
            scratch.contents("console/web01.log").split(separator: "\n").map { $0.dropFirst(25) } == [
                "* connected", "| login: ",
            ]
        )
        #expect(scratch.contents("events.jsonl").contains("connected"))
        #expect(scratch.contents("audit.jsonl").contains("alice"))
    }

    @Test("drops output beyond its bound, never events, and accounts for it")
    func bound() throws {
        let scratch = ScratchDirectory()
        let writer = try writer(scratch) {
            $0.flushInterval = .seconds(60)
            $0.memoryInTotal = 1_000
        }
        let id = writer.register(name: "web01")
        for number in 0..<3 {
            var batch = LogBatch()
            batch.append(
                id,
                .output,
                at: at(Int64(number)),
                Array(String(repeating: "x", count: 599).utf8) + [0x0A]
            )
            batch.append(id, EventLine("event-\(number)"), at: at(Int64(number)))
            writer.submit(batch)
        }
        writer.flush()
        let lines = scratch.contents("console/web01.log").split(separator: "\n").map { $0.dropFirst(25) }
        #expect(lines.filter { $0.hasPrefix("* event-") }.count == 3)
        #expect(lines.filter { $0 == "! output-lost bytes=600 reason=log-queue-full" }.count == 2)
        writer.shutdown()
    }

    @Test("shows held-back bytes as pending until the disk takes them")
    func backPressure() throws {
        let scratch = ScratchDirectory()
        let files = FaultyFiles()
        let writer = try writer(scratch, files: files) { $0.recorder = nil }
        let id = writer.register(name: "web01")
        writer.flush()
        files.set { $0.writable = 0 }
        var batch = LogBatch()
        batch.append(id, .output, at: at(0), Array("held\n".utf8))
        writer.submit(batch)
        writer.flush()
        #expect(writer.pendingBytes == TextOutput.frameByteCount + 4)
        #expect(!writer.isHealthy)
        files.set { $0.writable = nil }
        writer.shutdown()
        #expect(writer.status.errors["ENOSPC"] != nil)
        #expect(scratch.contents("console/web01.log").hasSuffix(" | held\n"))
    }

    @Test("refuses a directory that cannot be made")
    func unusable() {
        let configuration = LogStoreConfiguration(directory: "/proc/heliograph")
        #expect(throws: LogStoreError(.directoryUnusable, "/proc/heliograph", cause: "ENOENT")) {
            try LogWriter(
                configuration: configuration,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
    }
}
