// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import SerialOverLAN
import Testing

@testable import ConsoleHub

private let alice = ReaderID(rawValue: 1)
private let bob = ReaderID(rawValue: 2)

private func consecutive(from first: UInt32, count: Int) -> [UInt32] {
    (0..<UInt32(count)).map { first + $0 }
}

@Suite("A console")
struct ConsoleTests {
    /// A console that is up.
    private func bench(host: any SimulatedHost = EchoHost()) throws -> ConsoleBench {
        var bench = try ConsoleBench(host: host)
        bench.act { $0.open(now: $1, into: &$2) }
        let isUp = bench.run(.seconds(5)) { $0.console.state == .up }
        try #require(isUp)
        return bench
    }

    private func attach(_ id: ReaderID, _ request: PenRequest, to bench: inout ConsoleBench) {
        bench.act { console, now, actions in
            _ = console.attach(
                id,
                user: "user\(id.rawValue)",
                request: request,
                playback: 1000,
                now: now,
                into: &actions
            )
        }
    }

    @Test("comes up, says so in its log, and remembers its BMC session")
    func comesUp() throws {
        let bench = try self.bench()
        #expect(bench.states == [.connecting, .up])
        #expect(bench.events.contains { $0.hasPrefix("connected bmc=192.0.2.1 cipher=17 ") })
        #expect(bench.remembered.count == 1 && bench.remembered[0] != nil)
    }

    @Test("records what the host prints whether or not anybody is attached, each character once")
    func records() throws {
        let load = LoadHost.Load(bytesPerSecond: 4000)
        var bench = try self.bench(host: LoadHost(name: "web01", load: load, now: .now))
        _ = bench.run(.seconds(10))
        let numbers = try bench.lineNumbers()
        #expect(numbers.count > 300)
        #expect(numbers == consecutive(from: numbers[0], count: numbers.count))
    }

    @Test("carries what a writer types and refuses a spectator")
    func typing() throws {
        var bench = try self.bench()
        self.attach(alice, .readWrite, to: &bench)
        self.attach(bob, .readWrite, to: &bench)
        var accepted: [Bool] = []
        bench.act { console, now, actions in
            accepted.append(console.type(Array("hello".utf8)[...], by: alice, now: now, into: &actions))
            accepted.append(console.type(Array("no".utf8)[...], by: bob, now: now, into: &actions))
        }
        let isEchoed = bench.run(.seconds(2)) { $0.output == Array("hello".utf8) }
        #expect(accepted == [true, false] && isEchoed)
        #expect(bench.taken == [alice: 5, bob: 2])
        let chunk = bench.console.read(bob, limit: 100)
        #expect(chunk?.bytes == Array("hello".utf8))
    }

    @Test("sends a sysrq as a break and then the key, and tells everybody")
    func sysrq() throws {
        var bench = try self.bench(host: ScriptedHost(name: "web01", start: .login, bitRate: nil, now: .now))
        self.attach(alice, .readWrite, to: &bench)
        bench.act { console, now, actions in
            console.sendBreak(user: "alice", sysrq: UInt8(ascii: "h"), now: now, into: &actions)
        }
        let helped = bench.run(.seconds(5)) {
            String(decoding: $0.output, as: UTF8.self).contains("sysrq: HELP")
        }
        #expect(helped)
        #expect(bench.events.contains("sysrq user=alice key=h"))
        let shown = bench.console.read(alice, limit: 10_000)?.bytes ?? []
        #expect(String(decoding: shown, as: UTF8.self).contains("[heliograph: alice sends sysrq h]"))
    }

    @Test("goes down on request, and up again even when asked while it is still closing")
    func downAndUp() throws {
        var bench = try self.bench()
        bench.act { $0.close(now: $1, into: &$2) }
        bench.act { $0.open(now: $1, into: &$2) }
        let isBack = bench.run(.seconds(10)) { $0.console.state == .up }
        #expect(isBack && bench.console.sessionCount == 2)
        bench.act { $0.close(now: $1, into: &$2) }
        let isDown = bench.run(.seconds(5)) { $0.console.state == .released }
        #expect(isDown && bench.remembered.last == .some(nil))
        #expect(bench.network.bmc.activeSessionCount == 0)
    }

    @Test("is back within 10 s of a silent reboot of its BMC, and its log shows the outage")
    func silentReboot() throws {
        var bench = try self.bench()
        _ = bench.run(.seconds(20))
        let rebooted = bench.now
        bench.network.reboot()
        let isBack = bench.run(.seconds(30)) { $0.console.sessionCount == 2 }
        #expect(isBack)
        #expect(bench.now - rebooted < .seconds(25), "an idle console is asked every 15 s at the latest")
        #expect(bench.events.contains { $0.hasPrefix("disconnected error=bmc-restarted ") })
    }

    @Test("keeps trying a BMC that does not answer, and says why once")
    func unreachable() throws {
        var bench = try ConsoleBench(host: EchoHost())
        bench.network.blackOut(for: .seconds(300))
        bench.act { $0.open(now: $1, into: &$2) }
        _ = bench.run(.seconds(290))
        #expect(bench.loginCount > 3)
        #expect(bench.events.filter { $0.hasPrefix("connect-failed error=no-reply") }.count == 1)
        let isUp = bench.run(.seconds(30)) { $0.console.state == .up }
        #expect(isUp, "an answered probe cuts the wait short")
    }

    @Test("throws away what is typed while it is not connected, and says so once")
    func discards() throws {
        var bench = try ConsoleBench(host: EchoHost())
        self.attach(alice, .readWrite, to: &bench)
        for _ in 0..<3 {
            bench.act { console, now, actions in
                _ = console.type([0x61], by: alice, now: now, into: &actions)
            }
        }
        #expect(bench.taken[alice] == 3)
        let shown = String(decoding: bench.console.read(alice, limit: 10_000)?.bytes ?? [], as: UTF8.self)
        #expect(shown.split(separator: "thrown away").count == 2)
    }

    @Test("leaves output with the BMC while the log is behind, and loses nothing if that is short")
    func withholds() throws {
        let load = LoadHost.Load(bytesPerSecond: 2000)
        var bench = try self.bench(host: LoadHost(name: "web01", load: load, now: .now))
        _ = bench.run(.seconds(2))
        bench.logHasRoom = false
        let before = bench.output.count
        _ = bench.run(.seconds(2))
        #expect(bench.output.count == before)
        bench.logHasRoom = true
        _ = bench.run(.seconds(10))
        let numbers = try bench.lineNumbers()
        #expect(numbers.count > 250 && numbers == consecutive(from: numbers[0], count: numbers.count))
        #expect(bench.lostByteCount == 0)
    }

    @Test("counts what it had to drop when the log stays behind, and the session lives on")
    func counts() throws {
        let load = LoadHost.Load(bytesPerSecond: 2000)
        var bench = try self.bench(host: LoadHost(name: "web01", load: load, now: .now))
        bench.logHasRoom = false
        _ = bench.run(.seconds(20))
        #expect(bench.lostByteCount > 10_000)
        #expect(bench.console.counters.lostBytes == UInt64(bench.lostByteCount))
        #expect(bench.console.sessionCount == 1 && bench.console.state == .up)
    }
}
