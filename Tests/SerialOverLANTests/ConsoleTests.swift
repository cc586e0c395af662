// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@testable import SerialOverLAN

@Suite("A console")
struct ConsoleTests {
    /// A host that prints so many lines, at so many bytes a second.
    private func host(_ lines: UInt32, _ bytesPerSecond: Int?) -> LoadHost {
        var load = LoadHost.Load(bytesPerSecond: bytesPerSecond)
        load.lineLimit = lines
        return LoadHost(name: "bmc", load: load, now: .testStart)
    }

    private static let holding = BMCConfiguration.test { $0.sol.whileDetached = .hold }

    // MARK: Output

    enum Weather: String, CaseIterable {
        case loss, duplicates, late, everything

        func plan(seed: UInt64) -> FaultPlan {
            .test(seed: seed) {
                switch self {
                case .loss: $0.loss = 0.05
                case .duplicates: $0.duplication = 0.3
                case .late: $0.late = .init(fraction: 0.1, delay: .milliseconds(700))
                case .everything:
                    $0.loss = 0.05
                    $0.duplication = 0.05
                    $0.late = .init(fraction: 0.1, delay: .milliseconds(700))
                }
            }
        }
    }

    @Test(
        "delivers every character once, whatever the weather",
        arguments: Weather.allCases,
        1...6 as ClosedRange<UInt64>
    )
    func weather(_ weather: Weather, seed: UInt64) {
        var bench = Bench(Self.holding, host: self.host(1000, 2000), plan: weather.plan(seed: seed))
        bench.run(for: .seconds(600)) { $0.output.count >= 80_000 || !$0.ended.isEmpty }
        bench.run(for: .seconds(5))
        #expect(difference(bench.output, .loadLines(1000)) == "", "seed \(seed)")
        #expect(bench.ended.isEmpty)
    }

    @Test(
        "delivers every character once from firmware with habits",
        arguments: [
            BMCConfiguration.test {
                $0.sol.growsRetries = true
            },
            .test {
                $0.sol.exhaustion = .renumber
                $0.sol.retryInterval = .milliseconds(100)
            },
            .test {
                $0.sol.exhaustion = .renumber
                $0.sol.growsRetries = true
                $0.sol.retryInterval = .milliseconds(100)
            },
            .test { $0.sequenceStep = 2 },
            .test { $0.sendsWrongChecksums = true },
        ],
        1...4 as ClosedRange<UInt64>
    )
    func habits(_ configuration: BMCConfiguration, seed: UInt64) {
        var configuration = configuration
        configuration.sol.whileDetached = .hold
        var bench = Bench(
            configuration,
            host: self.host(500, 2000),
            plan: Weather.everything.plan(seed: seed)
        )
        bench.run(for: .seconds(600)) { $0.output.count >= 40_000 || !$0.ended.isEmpty }
        bench.run(for: .seconds(5))
        #expect(difference(bench.output, .loadLines(500)) == "", "seed \(seed)")
    }

    @Test("survives a black-out of 30 s and goes on within a second", arguments: 1...5 as ClosedRange<UInt64>)
    func blackout(_ seed: UInt64) {
        var configuration = Self.holding
        configuration.sol.retryCount = 7
        configuration.sol.exhaustion = .renumber
        configuration.sol.bufferCapacity = 200_000
        var bench = Bench(
            configuration,
            host: self.host(800, 1000),
            plan: .test(seed: seed) {
                $0.blackouts = [
                    .init(start: .seconds(10) + .milliseconds(137) * Int(seed), length: .seconds(30))
                ]
            }
        )
        bench.run(for: .seconds(120)) { $0.output.count >= 64_000 || !$0.ended.isEmpty }
        #expect(bench.ended.isEmpty, "seed \(seed)")
        #expect(difference(bench.output, .loadLines(800)) == "", "seed \(seed)")
        #expect(bench.established.count == 1)
        let end = bench.start + .seconds(40) + .milliseconds(137) * Int(seed)
        let first = bench.outputTimes.first { $0.at >= end }
        #expect((first?.at).map { $0 - end < .seconds(1) } == true)
        let marks = bench.events.map { event in
            switch event {
            case .suspect: "suspect"
            case .recovered: "recovered"
            default: "\(event)"
            }
        }
        #expect(marks.prefix(2) == ["suspect", "recovered"])
    }

    @Test("does not eat what the host really repeats", arguments: 1...5 as ClosedRange<UInt64>)
    func repeats(_ seed: UInt64) {
        var bench = Bench(plan: .test(seed: seed) { $0.loss = 0.05 })
        bench.connect()
        for _ in 0..<100 {
            bench.type("....................")
            bench.run(for: .seconds(1))
        }
        bench.run(for: .seconds(20))
        #expect(bench.output.count == 2000, "seed \(seed)")
    }

    @Test("does not acknowledge what cannot be kept, and gets it later")
    func withheld() {
        var bench = Bench(Self.holding, host: self.host(100, 4000))
        bench.connect()
        bench.run(for: .seconds(1))
        let before = bench.output.count
        bench.session.storesOutput = false
        bench.run(for: .seconds(3))
        #expect(bench.output.count == before)
        #expect(bench.session.status.counters.withheld > 2)
        bench.session.storesOutput = true
        bench.run(for: .seconds(10))
        #expect(difference(bench.output, .loadLines(100)) == "")
    }

    @Test("reports overrun before the characters that follow it")
    func overrun() {
        var bench = Bench(
            .test {
                $0.sol.overflow = .overrun
                $0.sol.bufferCapacity = 1000
                $0.sol.whileDetached = .keep
            },
            host: self.host(100, nil)
        )
        bench.connect()
        bench.run(for: .seconds(5))
        #expect(bench.events.contains(.overrun))
        #expect(bench.session.status.counters.overruns > 0)
    }

    // MARK: Input

    @Test(
        "brings a paste of 100 KB complete and in order to a BMC that takes a few bytes at a time",
        arguments: [3, 16, 255]
    )
    func paste(_ most: Int) {
        let text = (0..<100_000).map { UInt8(truncatingIfNeeded: 32 + $0 * 7 % 95 + $0 / 1000 % 3) }
        var bench = Bench(
            .test { $0.sol.acceptAtMost = most },
            host: EchoHost(),
            plan: .test { $0.delay = .milliseconds(1) }
        )
        bench.connect()
        bench.type(text)
        #expect(bench.session.status.queuedInputByteCount == 65_536)
        bench.run(for: .seconds(1000)) { $0.output.count >= text.count }
        bench.run(for: .seconds(1))
        #expect(difference(bench.output, text) == "")
        #expect(bench.pending.isEmpty)
    }

    @Test(
        "types every character once, with losses and refusals",
        arguments: [0, 0.3],
        1...8 as ClosedRange<UInt64>
    )
    func lossyInput(_ nack: Double, seed: UInt64) {
        let text = (0..<10_000).map { UInt8(truncatingIfNeeded: 32 + $0 * 7 % 95 + $0 / 1000 % 3) }
        var bench = Bench(
            .test { $0.sol.acceptAtMost = 40 },
            plan: .test(seed: seed) {
                $0.loss = 0.05
                $0.duplication = 0.05
                $0.inputNACK = nack
            }
        )
        bench.connect()
        bench.type(text)
        bench.run(for: .seconds(2000)) { $0.output.count >= text.count || !$0.ended.isEmpty }
        bench.run(for: .seconds(5))
        #expect(difference(bench.output, text) == "", "seed \(seed)")
    }

    @Test(
        "types every character once at a BMC that never acknowledges a repeat",
        arguments: [[], [.strictSequence]] as [Set<SOLWorkaround>],
        1...8 as ClosedRange<UInt64>
    )
    func strictInput(_ workarounds: Set<SOLWorkaround>, seed: UInt64) {
        let text = (0..<2000).map { UInt8(truncatingIfNeeded: 32 + $0 * 7 % 95 + $0 / 1000 % 3) }
        var bench = Bench(
            .test {
                $0.sol.isStrictAboutInput = true
                $0.sol.inboundSize = 36
            },
            plan: .test(seed: seed) { $0.loss = 0.05 },
            parameters: .test { $0.workarounds = workarounds }
        )
        bench.connect()
        bench.type(text)
        bench.run(for: .seconds(2000)) { $0.output.count >= text.count || !$0.ended.isEmpty }
        bench.run(for: .seconds(5))
        #expect(difference(bench.output, text) == "", "seed \(seed)")
    }

    @Test("takes no input before it works and says when it does")
    func tooEarly() {
        var bench = Bench(plan: .test { $0.delay = .milliseconds(10) })
        bench.type("hello")
        #expect(bench.pending.count == 5)
        bench.connect()
        bench.run(for: .seconds(1))
        #expect(bench.text == "hello")
    }

    @Test("sends a break where it was typed", arguments: 1...4 as ClosedRange<UInt64>)
    func serialBreak(_ seed: UInt64) {
        var bench = Bench(plan: .test(seed: seed) { $0.loss = 0.1 })
        bench.connect()
        bench.type("abc")
        bench.sendBreak()
        bench.type("h")
        bench.run(for: .seconds(30))
        #expect(bench.text == "abc<BREAK>h", "seed \(seed)")
        #expect(bench.events.contains(.breakSent))
    }

    @Test("offers slowly to a host that is off and goes on when it is there")
    func hostOff() {
        var bench = Bench()
        bench.connect()
        bench.take(bench.network.power(.off))
        bench.type("hello")
        let sent = bench.sentCount
        bench.run(for: .seconds(20))
        #expect(bench.events.contains(.hostUnavailable))
        #expect(bench.session.status.isHostUnavailable)
        #expect(bench.sentCount - sent < 20)
        bench.take(bench.network.power(.on))
        bench.run(for: .seconds(5))
        #expect(bench.text == "hello")
        #expect(bench.events.contains(.hostAvailable))
    }

    @Test("activates the payload anew when input is stuck, once, and gives up the second time")
    func stuck() {
        var bench = Bench()
        bench.connect()
        bench.losesInput = true
        bench.type("a line")
        bench.run(for: .seconds(60)) { $0.established.count == 2 }
        #expect(bench.isUp)
        #expect((.seconds(30)...(.seconds(40))).contains(bench.elapsed))
        #expect(bench.events == [.inputDiscarded(byteCount: 6), .reactivating])
        bench.type("another line")
        bench.run(for: .seconds(60)) { !$0.ended.isEmpty }
        #expect(bench.error?.code == .inputStuck)
        #expect(bench.network.bmc.activeSessionCount == 0)
    }

    @Test("works again after the payload was activated anew")
    func unstuck() {
        var bench = Bench()
        bench.connect()
        bench.losesInput = true
        bench.type("a line")
        bench.run(for: .seconds(60)) { $0.established.count == 2 }
        bench.losesInput = false
        bench.type("hello")
        bench.run(for: .seconds(1))
        #expect(bench.text == "hello")
    }

    // MARK: Losing it

    @Test(
        "notices a silent restart of the BMC within 10 s of output",
        arguments: 1...10 as ClosedRange<UInt64>
    )
    func reboot(_ seed: UInt64) {
        var bench = Bench(
            Self.holding,
            host: self.host(100_000, 2000),
            plan: .test(seed: seed) { $0.loss = 0.02 }
        )
        bench.connect()
        bench.run(for: .seconds(20) + .milliseconds(91) * Int(seed))
        bench.network.reboot()
        let at = bench.now
        bench.run(for: .seconds(60)) { !$0.ended.isEmpty }
        #expect(bench.error?.code == .bmcRestarted, "seed \(seed)")
        #expect((bench.endedAt).map { $0 - at < .seconds(10) } == true, "seed \(seed)")
    }

    @Test("notices a silent restart while idle within 10 s")
    func idleReboot() {
        var bench = Bench()
        bench.connect()
        bench.run(for: .seconds(100))
        bench.network.reboot()
        let at = bench.now
        bench.run(for: .seconds(60)) { !$0.ended.isEmpty }
        #expect(bench.error?.code == .bmcRestarted)
        #expect(bench.now - at < .seconds(10))
    }

    @Test("notices a silent restart soon when somebody types")
    func typingReboot() {
        var bench = Bench()
        bench.connect()
        bench.run(for: .seconds(100))
        bench.network.reboot()
        bench.type("x")
        let at = bench.now
        bench.run(for: .seconds(60)) { !$0.ended.isEmpty }
        #expect(bench.error?.code == .bmcRestarted)
        #expect(bench.now - at < .seconds(9))
        #expect(bench.events.contains(.inputDiscarded(byteCount: 1)))
    }

    @Test("gives up on a dead network after 50 s, without a word to nobody")
    func dead() {
        var bench = Bench()
        bench.connect()
        bench.run(for: .seconds(30))
        bench.network.blackOut(for: .seconds(1000))
        bench.run(for: .seconds(100)) { !$0.ended.isEmpty }
        #expect(bench.error?.code == .sessionLost)
        #expect((.seconds(62)...(.seconds(97))).contains(bench.elapsed))
    }

    @Test("tells theft from loss, however the BMC tells", arguments: SOLConfiguration.TheftNotice.allCases)
    func theft(_ notice: SOLConfiguration.TheftNotice) {
        var bench = Bench(.test { $0.sol.theftNotice = notice })
        bench.connect()
        bench.run(for: .seconds(5))
        bench.take(bench.network.stealPayload())
        bench.run(for: .seconds(20)) { !$0.ended.isEmpty }
        #expect(bench.error?.code == .solStolen)
        #expect(bench.error?.retry == .stolen)
        #expect(bench.error?.detail.hasPrefix("held by session") == true)
        // The thief keeps it: we closed our session and left the payload alone.
        #expect(bench.network.bmc.activeSessionCount == 0)
    }

    @Test("sees through a keepalive of Get Device ID when the BMC knows no other")
    func deviceID() {
        var bench = Bench(
            .test {
                $0.refusedCommands[GetPayloadInstanceInfo.id] = .invalidCommand
                $0.sessionTimeout = .seconds(30)
                $0.solKeepsSessionsAlive = false
            }
        )
        bench.connect()
        bench.run(for: .seconds(300))
        #expect(bench.isUp)
        #expect(bench.network.bmc.statistics.sessionsTimedOut == 0)
    }

    @Test("keeps a session that counts IPMI commands only alive through endless output")
    func ipmiSim() {
        var configuration = Self.holding
        configuration.sessionTimeout = .seconds(30)
        configuration.solKeepsSessionsAlive = false
        var bench = Bench(configuration, host: self.host(1_000_000, 500))
        bench.connect()
        bench.run(for: .seconds(300))
        #expect(bench.isUp)
        #expect(bench.network.bmc.statistics.sessionsTimedOut == 0)
    }

    @Test("costs a packet every 4 s on average when idle")
    func idle() {
        var bench = Bench()
        bench.connect()
        let sent = bench.sentCount
        bench.run(for: .seconds(1200))
        #expect((260...340).contains(bench.sentCount - sent))
    }

    @Test("is given back when stopped")
    func stop() {
        var bench = Bench()
        bench.connect()
        bench.type(Array(repeating: 65, count: 5000))
        bench.stop()
        bench.run(for: .seconds(5))
        #expect(bench.ended == [nil])
        #expect(bench.network.bmc.activeSessionCount == 0)
        #expect(!bench.network.bmc.isConsoleActive)
    }

    @Test("stops in bounded time when nobody answers")
    func stopDeaf() {
        var bench = Bench()
        bench.connect()
        bench.network.blackOut(for: .seconds(1000))
        bench.stop()
        bench.run(for: .seconds(3))
        #expect(bench.ended == [nil])
    }

    @Test("ignores rubbish from the BMC's own address", arguments: 1...3 as ClosedRange<UInt64>)
    func hostile(_ seed: UInt64) {
        var bench = Bench(
            Self.holding,
            host: self.host(300, 4000),
            plan: .test(seed: seed) { $0.hostile = 1 }
        )
        bench.run(for: .seconds(100)) { $0.output.count >= 24_000 }
        #expect(difference(bench.output, .loadLines(300)) == "", "seed \(seed)")
        #expect(bench.session.status.counters.bad > 10)
    }
}
