// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

@Suite("Rotation")
struct RotationTests {
    @Test("closes a log at its size, at the end of a line, and loses nothing")
    func size() throws {
        let rig = try EngineRig { $0.rotation = .init(byteCount: 1_000, interval: nil) }
        let id = rig.register(1, "web01")
        for number in 0..<100 { rig.print(id, "line \(number)\r\n", at: at(Int64(number))) }
        rig.engine.close(at: rig.now)
        let archives = rig.scratch.names("archive/web01")
        #expect(archives.count == 3)
        #expect(archives.first == "web01-20261122T080000Z.log")
        let all = (archives.map { "archive/web01/" + $0 } + ["console/web01.log"]).map {
            rig.scratch.contents($0)
        }
        #expect(all.allSatisfy { $0.utf8.count < 1_060 && $0.hasSuffix("\n") })
        let lines = all.joined().split(separator: "\n")
        #expect(lines.map { String($0.dropFirst(27)) } == (0..<100).map { "line \($0)" })
    }

    @Test("closes a log each day, also a silent one, within a minute after midnight, and not an empty one")
    func day() throws {
        let rig = try EngineRig()
        let names = (1...20).map { "c\($0)" }
        for (index, name) in names.enumerated() {
            let id = rig.register(UInt32(index + 1), name)
            if name != "c20" { rig.print(id, "today\n") }
        }
        rig.advance(.seconds(16 * 3_600 - 1))
        #expect(rig.scratch.names("archive") == [])
        var moments: Set<Int> = []
        for second in 0..<62 {
            rig.advance(.seconds(1))
            if rig.scratch.names("archive").count > moments.count { moments.insert(second) }
        }
        #expect(rig.scratch.names("archive") == names.dropLast().sorted())
        #expect(moments.count > 5)
        #expect(rig.scratch.names("console").count == 20)
        #expect(rig.scratch.contents("console/c1.log") == "")
        rig.advance(.seconds(3_600))
        #expect(rig.scratch.names("archive/c1").count == 1)
    }

    @Test("closes yesterday's log at the first start of today")
    func restart() throws {
        let rig = try EngineRig()
        try rig.scratch.write("console/web01.log", Array("2026-11-21T23:00:00.000Z | old\n".utf8))
        let id = rig.register(1, "web01")
        rig.print(id, "new\n")
        #expect(rig.texts("web01") == ["| new"])
        #expect(rig.scratch.names("archive/web01").count == 1)
    }

    @Test("gives archives names that never collide and stay in order")
    func names() throws {
        let rig = try EngineRig { $0.rotation = .init(byteCount: 1, interval: nil) }
        let id = rig.register(1, "web01")
        for number in 0..<4 { rig.print(id, "\(number)\n") }
        rig.engine.close(at: rig.now)
        let again = try EngineRig(rig.scratch, at: rig.now) {
            $0.rotation = .init(byteCount: 1, interval: nil)
        }
        again.print(again.register(1, "web01"), "4\n")
        #expect(rig.scratch.names("archive/web01") == (0..<4).map { "web01-20261122T08000\($0)Z.log" })
        for (number, name) in rig.scratch.names("archive/web01").enumerated() {
            #expect(rig.scratch.contents("archive/web01/" + name).hasSuffix("| \(number)\n"))
        }
    }

    @Test("reads back the names it gives", arguments: LogStoreConfiguration.Compression.allCases)
    func archiveNames(_ compression: LogStoreConfiguration.Compression) {
        let name = ArchiveName(base: "web-20260101T000000Z", closed: epoch, compression: compression)
        #expect(ArchiveName(parsing: name.fileName) == name)
        for wrong in [
            "web01.log", "web01-20261322T000000Z.log", "web01-20261122T000000Z.log.tmp",
            "-20261122T0000Z.log",
        ] {
            #expect(ArchiveName(parsing: wrong) == nil)
        }
    }

    @Test("by somebody else's rename is noticed within five seconds")
    func foreignRename() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.print(id, "one\n")
        let path = rig.scratch.path + "/console/web01.log"
        rename(path, path + ".1")
        rig.print(id, "two\n")
        for _ in 0..<5 { rig.advance(.seconds(1)) }
        rig.print(id, "three\n")
        #expect(rig.scratch.contents("console/web01.log.1").split(separator: "\n").count == 2)
        #expect(rig.texts("web01") == ["| three"])
    }

    @Test("by somebody else's rename is noticed at once on SIGHUP")
    func reopen() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.print(id, "one\n")
        let path = rig.scratch.path + "/console/web01.log"
        rename(path, path + ".1")
        rig.engine.reopen(at: rig.now)
        rig.print(id, "two\n")
        #expect(rig.texts("web01") == ["| two"])
    }

    @Test("by copytruncate leaves no hole")
    func copyTruncate() throws {
        let rig = try EngineRig { $0.rotation = .init(byteCount: 200, interval: nil) }
        let id = rig.register(1, "web01")
        rig.print(id, String(repeating: "x", count: 150) + "\n")
        truncate(rig.scratch.path + "/console/web01.log", 0)
        for _ in 0..<5 { rig.advance(.seconds(1)) }
        rig.print(id, String(repeating: "y", count: 100) + "\n")
        #expect(rig.texts("web01") == ["| " + String(repeating: "y", count: 100)])
        #expect(rig.scratch.names("archive") == [])
    }

    @Test("goes on in the old file when the archive cannot be written")
    func archiveUnusable() throws {
        let rig = try EngineRig { $0.rotation = .init(byteCount: 10, interval: nil) }
        try rig.scratch.write("archive/web01", [])
        let id = rig.register(1, "web01")
        rig.print(id, "one\n")
        rig.print(id, "two\n")
        rig.print(id, "three\n")
        #expect(rig.texts("web01") == ["| one", "| two", "| three"])
        #expect(rig.engine.status.errors["ENOTDIR", default: 0] > 0)
    }

    @Test("of events and audit trail works the same way")
    func jsonLines() throws {
        let rig = try EngineRig { $0.rotation = .init(byteCount: 10, interval: nil) }
        for name in ["first", "second"] {
            rig.engine.appendEvent(
                EventRecord(time: epoch, server: "s", console: "web01", event: name).jsonLine
            )
            rig.advance(.seconds(1))
        }
        #expect(rig.scratch.names().filter { $0.hasPrefix("events") }.count > 1)
        rename(rig.scratch.path + "/audit.jsonl", rig.scratch.path + "/audit.1")
        for _ in 0..<6 { rig.advance(.seconds(1)) }
        let entry = AuditRecord(
            time: epoch,
            server: "s",
            user: "alice",
            peer: "192.0.2.7:51022",
            action: "attach"
        )
        rig.engine.appendAudit(entry.jsonLine)
        rig.advance(.seconds(1))
        #expect(
            rig.scratch.contents("audit.jsonl")
                == #"{"time":"2026-11-22T08:00:00.000Z","server":"s","user":"alice","peer":"192.0.2.7:51022","action":"attach","allowed":true}"#
                + "\n"
        )
    }
}

@Suite("Open files")
struct OpenFilesTests {
    @Test("are at most as many as allowed, and nothing is lost by closing the least recently used")
    func leastRecentlyUsed() throws {
        let rig = try EngineRig(openLimit: 3)
        let ids = (1...50).map { rig.register(UInt32($0), "c\($0)") }
        var generator = SplitMix(seed: 7)
        var expected: [Int: [String]] = [:]
        for number in 0..<1_000 {
            let console = Int.random(in: 0..<50, using: &generator)
            rig.print(ids[console], "line \(number)\n")
            expected[console, default: []].append("| line \(number)")
            #expect(rig.files.openPaths.filter { $0.contains("/console/") }.count <= 3)
        }
        for console in 0..<50 { #expect(rig.texts("c\(console + 1)") == expected[console, default: []]) }
        #expect(rig.engine.status.openFiles == 3)
    }

    @Test("keep those used last")
    func order() throws {
        let rig = try EngineRig(openLimit: 2)
        let ids = (1...3).map { rig.register(UInt32($0), "c\($0)") }
        for index in [0, 1, 0, 2] { rig.print(ids[index], "x\n") }
        #expect(
            rig.files.openPaths.filter { $0.contains("/console/") }.map { $0.suffix(6) } == [
                "c1.log", "c3.log",
            ]
        )
    }

    @Test("are fewer when the system runs out of descriptors")
    func descriptorsRunOut() throws {
        let rig = try EngineRig()
        let ids = (1...10).map { rig.register(UInt32($0), "c\($0)") }
        rig.engine.unregister(ids[9], at: rig.now)
        rig.files.set {
            $0.openError = EMFILE
            $0.pathPart = "c99.log"
        }
        let id = rig.register(99, "c99")
        #expect(rig.engine.status.openFiles == 8)
        rig.print(id, "kept\n")
        rig.files.set { $0.openError = nil }
        rig.advance(.seconds(1))
        #expect(rig.texts("c99") == ["| kept"])
    }
}
