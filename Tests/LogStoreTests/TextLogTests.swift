// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

@Suite("Text log")
struct TextLogTests {
    @Test("has a stamp, a kind and the text on each line")
    func form() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.print(id, "connected bmc=10.1.2.3", kind: .event)
        rig.print(id, "Linux version 6.1\r\nlogin: ", at: at(1_123))
        rig.print(id, "root", at: at(9_000))
        rig.print(id, "ls\r", at: at(9_000), kind: .input)
        rig.print(id, "panic rule=linux-panic", at: at(9_500), kind: .alert)
        var batch = LogBatch()
        batch.appendLoss(id, byteCount: 77, reason: "bmc-overrun", at: at(9_501))
        rig.engine.handle([batch], at: rig.now)
        #expect(
            rig.log("web01") == [
                "2026-11-22T08:00:00.000Z * connected bmc=10.1.2.3",
                "2026-11-22T08:00:01.123Z | Linux version 6.1",
                "2026-11-22T08:00:01.123Z | login: ",
                "2026-11-22T08:00:09.000Z + root",
                "2026-11-22T08:00:09.000Z < ls\\x0D",
                "2026-11-22T08:00:09.500Z ! panic rule=linux-panic",
                "2026-11-22T08:00:09.501Z ! output-lost bytes=77 reason=bmc-overrun",
            ]
        )
    }

    @Test("cannot be given a line by an event's text")
    func forgery() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.print(id, "note text=x\n2026-11-22T08:00:00.000Z ! panic\u{1B}[2J", kind: .event)
        #expect(rig.texts("web01") == ["* note text=x\\x0A2026-11-22T08:00:00.000Z ! panic\\x1B[2J"])
        #expect(
            EventLine("a b", ["k": "v", "q": "x \"y\"\n", "e": ""]).bytes
                == Array(#"a-b k=v q="x \"y\"\n" e="""#.utf8)
        )
    }

    @Test("flushes an unfinished line after silence, and at the end")
    func silence() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.print(id, "login: ")
        rig.advance(.milliseconds(2_200))
        #expect(rig.log("web01") == [])
        rig.advance(.milliseconds(250))
        #expect(rig.texts("web01") == ["| login: "])
        rig.print(id, "root")
        rig.engine.unregister(id, at: rig.now)
        #expect(rig.texts("web01") == ["| login: ", "+ root"])
    }

    @Test("writes each touched file once per hand-over")
    func writes() throws {
        let rig = try EngineRig()
        let ids = (1...3).map { rig.register(UInt32($0), "c\($0)") }
        let before = rig.files.writes
        var batches = [LogBatch(), LogBatch()]
        for index in 0..<60 {
            batches[index / 30].append(
                ids[index % 3],
                .output,
                at: at(Int64(index)),
                Array("line \(index)\r\n".utf8)
            )
        }
        rig.engine.handle(batches, at: rig.now)
        #expect(rig.files.writes == before + 3)
        #expect(rig.texts("c2") == stride(from: 1, to: 60, by: 3).map { "| line \($0)" })
    }

    @Test("keeps names that are not file names apart from the file system")
    func names() throws {
        #expect(LogPaths.fileName(for: "web01.example-net_1") == "web01.example-net_1")
        #expect(LogPaths.fileName(for: "..") == "%2E.")
        #expect(LogPaths.fileName(for: "a/../b") == "a%2F..%2Fb")
        #expect(LogPaths.fileName(for: "größe %") == "gr%C3%B6%C3%9Fe%20%25")
        #expect(LogPaths.fileName(for: "") == "%")
        let long = LogPaths.fileName(for: String(repeating: "x", count: 300))
        #expect(long.utf8.count < 200)
        #expect(long != LogPaths.fileName(for: String(repeating: "x", count: 301)))
        let rig = try EngineRig()
        rig.print(rig.register(1, "../../etc/x"), "a\n")
        #expect(rig.scratch.names("console") == ["%2E.%2F..%2Fetc%2Fx.log"])
    }

    @Test("has the modes of the configuration whatever the umask")
    func modes() throws {
        let rig = try EngineRig { $0.fileMode = 0o660 }
        rig.print(rig.register(1, "web01"), "a\n")
        func mode(_ name: String) -> UInt32 {
            var status = stat()
            stat(rig.scratch.path + name, &status)
            return status.st_mode & 0o7777
        }
        #expect(mode("/console/web01.log") == 0o660)
        #expect(mode("/events.jsonl") == 0o660)
        #expect(mode("/console") == 0o750)
        #expect(mode("/archive") == 0o750)
    }

    @Test("refuses a symbolic link in place of the file and keeps the lines")
    func symbolicLink() throws {
        let rig = try EngineRig()
        let target = rig.scratch.path + "/target"
        symlink(target, rig.scratch.path + "/console/web01.log")
        let id = rig.register(1, "web01")
        rig.print(id, "secret\n")
        #expect(rig.scratch.names().contains("target") == false)
        #expect(rig.engine.status.errors["ELOOP", default: 0] > 0)
        #expect(rig.engine.heldBytes > 0)
        unlink(rig.scratch.path + "/console/web01.log")
        rig.advance(.seconds(1))
        #expect(rig.texts("web01") == ["| secret"])
        #expect(rig.engine.heldBytes == 0)
    }

    @Test("finishes a torn line of the run before and goes on after its last stamp")
    func restart() throws {
        let rig = try EngineRig()
        try rig.scratch.write(
            "console/web01.log",
            Array("2026-11-22T08:00:00.900Z | one\n2026-11-22T08:00:01.000Z | tw".utf8)
        )
        let id = rig.register(1, "web01")
        rig.print(id, "three\n", at: at(400))
        #expect(
            rig.log("web01") == [
                "2026-11-22T08:00:00.900Z | one", "2026-11-22T08:00:01.000Z | tw",
                "2026-11-22T08:00:01.000Z | three",
            ]
        )
    }

    @Test("holds stamps still when the clock steps back by up to a second")
    func smallStep() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        for (time, text) in [(5_000, "a\n"), (4_000, "b\n"), (4_999, "c\n"), (5_001, "d\n")] {
            rig.print(id, text, at: at(Int64(time)))
        }
        #expect(
            rig.log("web01").map { String($0.prefix(23).suffix(6)) } == [
                "05.000", "05.000", "05.000", "05.001",
            ]
        )
    }

    @Test("says so and begins a new file when the clock steps back further")
    func largeStep() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.print(id, "before\n", at: at(5_000))
        rig.print(id, "same batch\nafter\n", at: at(3_999))
        #expect(rig.texts("web01") == ["| same batch", "| after"])
        let archive = try #require(rig.scratch.names("archive/web01").first)
        #expect(
            rig.scratch.contents("archive/web01/" + archive) == """
                2026-11-22T08:00:05.000Z | before
                2026-11-22T08:00:05.000Z * clock-stepped-back from=2026-11-22T08:00:05.000Z to=2026-11-22T08:00:03.999Z

                """
        )
        #expect(rig.archived.paths == [rig.scratch.path + "/archive/web01/" + archive])
    }

    @Test("stops at the daily limit, says so, and goes on the next day")
    func dailyLimit() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01", ConsoleLogOptions(dailyByteCount: 10))
        rig.print(id, "12345678\n")
        rig.print(id, "abc\n")
        rig.print(id, "def\n")
        rig.print(id, "next\n", at: at(86_400_000))
        #expect(
            rig.texts("web01") == [
                "| 12345678", "| a", "! daily-limit bytes=10", "! daily-limit-over skipped=7", "+ next",
            ]
        )
    }

    @Test("is not made for a console without one")
    func off() throws {
        let rig = try EngineRig()
        rig.print(rig.register(1, "web01", ConsoleLogOptions(writesText: false)), "a\n")
        rig.print(LogID(rawValue: 77), "nobody\n")
        #expect(rig.scratch.names("console") == [])
    }
}
