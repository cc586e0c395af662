// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

@Suite("Full disk")
struct DiskFullTests {
    private func line(_ number: Int) -> String { "line \(String(1_000 + number))" }

    @Test("delays lines that fit into memory and loses none, wherever the write broke off", arguments: 0...70)
    func delayed(_ writable: Int) throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.files.set { $0.writable = writable }
        for number in 0..<20 {
            rig.print(id, self.line(number) + "\r\n", at: at(Int64(number)))
            rig.engine.tick(at: rig.now)
        }
        #expect(rig.engine.status.heldBackConsoles == 1)
        #expect(rig.engine.status.isHealthy == false)
        #expect(rig.engine.heldBytes == 20 * (TextOutput.frameByteCount + 9) - writable)
        rig.files.set { $0.writable = nil }
        rig.advance(.seconds(1))
        #expect(rig.texts("web01") == (0..<20).map { "| " + self.line($0) })
        #expect(rig.engine.heldBytes == 0)
        #expect(rig.engine.status.isHealthy)
        #expect(rig.engine.status.errors["ENOSPC", default: 0] > 0)
    }

    @Test(
        "counts exactly what did not fit, tells it where it is missing, and finishes the torn line",
        arguments: [0, 1, 30, 37, 50]
    )
    func lost(_ writable: Int) throws {
        let rig = try EngineRig { $0.memoryPerConsole = 370 }
        let id = rig.register(1, "web01")
        rig.files.set { $0.writable = writable }
        for number in 0..<100 { rig.print(id, self.line(number) + "\r\n", at: at(Int64(number))) }
        rig.files.set { $0.writable = nil }
        rig.advance(.seconds(1))
        rig.print(id, "after\n", at: at(200))
        let lines = rig.log("web01")
        let gap = try #require(lines.firstIndex { $0.contains(" ! log-gap ") })
        let whole = writable / 37
        let isTorn = writable % 37 != 0
        #expect(gap == whole + (isTorn ? 1 : 0))
        let firstKept = try #require(lines[gap + 1].split(separator: " ").last.flatMap { Int($0) }) - 1_000
        let lost = firstKept - whole
        let bytes = isTorn ? lost * 9 - max(0, writable % 37 - 27) : lost * 9
        #expect(
            lines[gap].dropFirst(24)
                == " ! log-gap bytes=\(bytes) lines=\(lost) from=\(at(Int64(whole))) to=\(at(Int64(firstKept - 1)))"
        )
        #expect(lines[gap].hasPrefix(at(Int64(firstKept - 1)).description))
        #expect(
            lines[(gap + 1)...].map { String($0.dropFirst(27)) } == (firstKept..<100).map(self.line) + [
                "after"
            ]
        )
        #expect(rig.engine.status.linesLost == UInt64(lost))
        #expect(rig.engine.status.textBytesLost == UInt64(bytes))
        let stamps = lines.map { $0.prefix(24) }.filter { $0.count == 24 }
        #expect(stamps == stamps.sorted())
    }

    @Test("shares the memory when many consoles are held back")
    func share() throws {
        let rig = try EngineRig { $0.memoryInTotal = 10_000 }
        let ids = (1...20).map { rig.register(UInt32($0), "c\($0)") }
        rig.files.set { $0.writable = 0 }
        for _ in 0..<100 { for id in ids { rig.print(id, "0123456789\n") } }
        #expect(rig.engine.heldBytes <= 10_000)
        #expect(rig.engine.heldBytes > 9_000)
        rig.files.set { $0.writable = nil }
        rig.advance(.seconds(1))
        #expect(ids.indices.allSatisfy { rig.texts("c\($0 + 1)").contains { $0.hasPrefix("! log-gap") } })
    }

    @Test("gives the reserve to alerts and events, and takes it back before console text is written")
    func reserve() throws {
        let rig = try EngineRig { $0.reserveByteCount = 1 << 20 }
        #expect(rig.scratch.bytes(".reserve").count == 1 << 20)
        let (quiet, dying) = (rig.register(1, "quiet"), rig.register(2, "dying"))
        rig.files.set { $0.writable = 0 }
        rig.print(quiet, "a\n")
        #expect(rig.scratch.names().contains(".reserve") == false)
        // What the reserve gave back.
        rig.files.set {
            $0.writable = 500
            $0.free = 100
        }
        rig.print(quiet, "b\n")
        rig.print(dying, "panic\n")
        rig.print(dying, "panic rule=linux-panic", kind: .alert)
        rig.engine.appendEvent(EventRecord(time: epoch, server: "s", event: "crash").jsonLine)
        rig.advance(.seconds(1))
        #expect(rig.engine.status.isHealthy == false)
        #expect(rig.texts("quiet") == [])
        #expect(rig.texts("dying") == ["| panic", "! panic rule=linux-panic"])
        #expect(rig.scratch.contents("events.jsonl").contains("crash"))
        rig.files.set {
            $0.writable = nil
            $0.free = 32 << 20
        }
        rig.advance(.seconds(1))
        #expect(rig.texts("quiet") == ["| a", "| b"])
        #expect(rig.scratch.bytes(".reserve").count == 1 << 20)
        #expect(rig.engine.status.isHealthy)
    }

    @Test("with EIO behaves the same and is told apart in the counters")
    func inputOutput() throws {
        let rig = try EngineRig()
        let id = rig.register(1, "web01")
        rig.files.set {
            $0.writable = 5
            $0.writeError = EIO
        }
        rig.print(id, "one\n")
        rig.files.set { $0.writable = nil }
        rig.advance(.seconds(1))
        #expect(rig.texts("web01") == ["| one"])
        #expect(rig.engine.status.errors == ["EIO": 1])
    }
}
