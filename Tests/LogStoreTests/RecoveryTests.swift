// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

@Suite("Start after an unclean stop")
struct RecoveryTests {
    private let segment = "recorder/segment-0000000001.rec"

    /// What a daemon leaves that was killed: nothing is closed.
    private func killed(_ feed: (EngineRig) -> Void) throws -> EngineRig {
        let rig = try EngineRig(recorder: true)
        feed(rig)
        return rig
    }

    private func restarted(_ rig: EngineRig) throws -> EngineRig {
        try EngineRig(
            rig.scratch,
            at: Moment(wall: epoch + .seconds(3_600), steady: .seconds(5)),
            recorder: true
        )
    }

    @Test("brings an unfinished line into the text log")
    func pendingLine() throws {
        let rig = try killed { rig in
            rig.print(rig.register(1, "web01"), "booting\r\nKernel panic - not syncing")
            rig.register(2, "silent")
        }
        #expect(rig.texts("web01") == ["| booting"])
        let again = try restarted(rig)
        #expect(again.texts("web01") == ["| booting", "| Kernel panic - not syncing"])
        #expect(again.texts("silent") == [])
        again.engine.tick(at: again.now)
        #expect(rig.scratch.contents("events.jsonl").contains(#""event":"log-repaired""#))
        #expect(SegmentScan(rig.scratch.bytes(segment))?.isClosed == true)
    }

    @Test("does nothing after a clean stop, and goes on with the chain")
    func clean() throws {
        let rig = try killed { rig in rig.print(rig.register(1, "web01"), "a\nunfinished") }
        rig.engine.close(at: rig.now)
        let before = (rig.scratch.bytes(segment), rig.scratch.bytes("console/web01.log"))
        let again = try restarted(rig)
        #expect(rig.scratch.bytes(segment) == before.0)
        #expect(rig.scratch.bytes("console/web01.log") == before.1)
        again.engine.close(at: again.now)
        let scan = try #require(SegmentScan(before.0))
        #expect(
            SegmentHeader(rig.scratch.bytes("recorder/segment-0000000002.rec"))?.previousHash == scan.sealHash
        )
        #expect(SegmentHeader(rig.scratch.bytes("recorder/segment-0000000002.rec"))?.number == 2)
    }

    @Test("is the same a second time")
    func twice() throws {
        let rig = try killed { rig in rig.print(rig.register(1, "web01"), "a\nunfinished") }
        _ = try restarted(rig)
        let text = rig.texts("web01")
        _ = try restarted(rig)
        #expect(rig.texts("web01") == text)
    }

    @Test("restores every line wherever the text log was cut off")
    func cutText() throws {
        let rig = try killed { rig in
            let (web, db) = (rig.register(1, "web01"), rig.register(2, "db01"))
            for number in 0..<6 {
                rig.print(web, "\r\n\r\nline \(number)\r\n", at: at(Int64(number) * 10))
                rig.print(db, "other\n", at: at(Int64(number)))
            }
            rig.print(web, "attached user=alice", at: at(100), kind: .event)
            rig.print(web, "tail", at: at(101))
        }
        let whole = rig.scratch.bytes("console/web01.log")
        let pending = Array("2026-11-22T08:00:00.101Z | tail\n".utf8)
        let recorded = rig.scratch.bytes(segment)
        for count in 0...whole.count {
            let scratch = ScratchDirectory()
            for directory in ["recorder", "console"] { mkdir(scratch.path + "/" + directory, 0o750) }
            try scratch.write(segment, recorded)
            try scratch.write("console/web01.log", Array(whole[..<count]))
            try scratch.write("console/db01.log", rig.scratch.bytes("console/db01.log"))
            _ = try EngineRig(scratch, recorder: true)
            #expect(scratch.bytes("console/web01.log") == whole + pending, "cut after \(count)")
            #expect(scratch.bytes("console/db01.log") == rig.scratch.bytes("console/db01.log"))
        }
    }

    @Test("cuts a torn recorder tail at every byte, keeps what is sound and seals it")
    func cutRecorder() throws {
        let rig = try killed { rig in
            let id = rig.register(1, "web01")
            for number in 0..<3 { rig.print(id, "line \(number)\n", at: at(Int64(number))) }
        }
        let recorded = rig.scratch.bytes(segment)
        let ends = frameEnds(recorded)
        for count in 0...recorded.count {
            let scratch = ScratchDirectory()
            mkdir(scratch.path + "/recorder", 0o750)
            try scratch.write(segment, Array(recorded[..<count]))
            let again = try EngineRig(scratch, recorder: true)
            let whole = ends.last { $0.end <= count }
            guard let whole else {
                #expect(
                    scratch.names("recorder") == ["segment-0000000002.rec"] || count == 0,
                    "cut at \(count)"
                )
                continue
            }
            let repaired = scratch.bytes(segment)
            #expect(Array(repaired[..<whole.end]) == Array(recorded[..<whole.end]), "cut at \(count)")
            #expect(repaired.count == whole.end + 20 + 72 + 20 + 4)
            let scan = try #require(SegmentScan(repaired))
            #expect(scan.isClosed)
            #expect(scan.soundEnd == repaired.count)
            #expect(scan.checkedEnd == repaired.count)
            #expect(again.texts("web01") == (0..<whole.outputs).map { "| line \($0)" })
        }
    }

    private func frameEnds(_ bytes: [UInt8]) -> [(end: Int, outputs: Int)] {
        var ends = [(end: SegmentHeader.byteCount, outputs: 0)]
        while let last = ends.last, let header = FrameHeader(bytes, at: last.end) {
            ends.append((last.end + 20 + header.count, last.outputs + (header.type == .output ? 1 : 0)))
        }
        return ends
    }

    @Test("trusts nothing since the last checkpoint that holds when bytes were changed")
    func damage() throws {
        let rig = try killed { rig in
            let id = rig.register(1, "web01")
            for number in 0..<3 { rig.print(id, "line \(number)\n", at: at(Int64(number))) }
        }
        var bytes = rig.scratch.bytes(segment)
        let sound = try #require(SegmentScan(bytes))
        let middle = try #require(sound.frames.filter { $0.header.type == .output }.dropFirst().first)
        bytes[middle.payload.lowerBound] ^= 1
        let scan = try #require(SegmentScan(bytes))
        #expect(scan.frames.filter { $0.header.type == .output }.count == 1)
        #expect(scan.soundEnd == scan.checkedEnd)
    }

    @Test("removes the NULs that a power loss leaves")
    func nuls() throws {
        let rig = try killed { rig in rig.print(rig.register(1, "web01"), "one\ntwo\n") }
        let path = rig.scratch.path + "/console/web01.log"
        let first = try #require(rig.log("web01").first).utf8.count + 1
        truncate(path, off_t(first))
        truncate(path, off_t(first + 500))
        #expect(try restarted(rig).texts("web01") == ["| one", "| two"])
    }

    @Test("finds the last line in the archive when the log was just rotated")
    func rotated() throws {
        let rig = try killed { rig in rig.print(rig.register(1, "web01"), "one\ntwo\nthree") }
        mkdir(rig.scratch.path + "/archive/web01", 0o750)
        rename(
            rig.scratch.path + "/console/web01.log",
            rig.scratch.path + "/archive/web01/" + ArchiveName(base: "web01", closed: epoch).fileName
        )
        #expect(try restarted(rig).texts("web01") == ["| three"])
    }

    @Test("does not take lines of the log's own making for missing ones")
    func ownLines() throws {
        let rig = try killed { rig in
            let id = rig.register(1, "web01", ConsoleLogOptions(dailyByteCount: 4))
            rig.print(id, "one\ntwo\n")
        }
        #expect(rig.texts("web01") == ["| one", "! daily-limit bytes=4"])
        let again = try restarted(rig)
        #expect(again.texts("web01").prefix(2) == ["| one", "! daily-limit bytes=4"])
        #expect(again.texts("web01").filter { $0 == "| one" }.count == 1)
    }
}
