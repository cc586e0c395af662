// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("A bad network", .serialized, .timeLimit(.minutes(3)))
struct RobustnessTests {
    /// Waits until the last of `count` lines of every console is in its log, and checks all of them.
    static func expectComplete(
        _ daemon: Daemon,
        _ simulator: Simulator,
        lines count: Int,
        within limit: Duration
    ) async throws {
        for name in simulator.names {
            try await daemon.wait(forLine: LoadLines(name).line(count), of: name, within: limit)
        }
        for name in simulator.names {
            let log = daemon.log(name)
            #expect(LoadLines(name).problem(in: log.lines, count: count) == nil, "\(name)")
            #expect(log.malformed == [])
        }
    }

    /// Starts the daemon, and the faults once all consoles are up: what is lost with a log-in that the network broke off is
    /// not ours to keep.
    private static func start(_ simulator: Simulator, _ faults: [String]) async throws -> Daemon {
        let daemon = try await Daemon.start(.init(simulator))
        for name in simulator.names { try await daemon.wait(for: "up", of: name) }
        for fault in faults { try await simulator.command(fault) }
        return daemon
    }

    @Test("5 % loss: 1 MB of numbered lines arrives once, in order, complete")
    func loss() async throws {
        // A retry costs the interval: a shorter one than the usual 500 ms makes the megabyte bearable.
        let simulator = try await Simulator.start(
            "--load",
            "lines=max",
            "--load-lines",
            "12500",
            "--sol-retry-interval",
            "20ms",
            "--seed",
            "7"
        )
        let daemon = try await Self.start(simulator, ["loss 5%"])
        try await Self.expectComplete(daemon, simulator, lines: 12_500, within: .seconds(100))
        let report = try await simulator.report()
        #expect(report.lostDatagrams > 300 && report.solRetransmissions > 150)
        try await daemon.wait(for: "up")
        #expect(daemon.log().texts(.event).filter { $0.hasPrefix("connected ") }.count == 1)
        #expect(daemon.log().texts(.alert) == [])
    }

    @Test(
        "5 % loss, 5 % doubled, 10 % late by 700 ms: no line doubled, none torn, at the usual retry interval"
    )
    func disorder() async throws {
        let simulator = try await Simulator.start(
            "--load",
            "lines=20000",
            "--load-lines",
            "800",
            "--seed",
            "11",
            count: 16
        )
        let daemon = try await Self.start(simulator, ["loss 5%", "duplicate 5%", "late 10%:700ms"])
        try await Self.expectComplete(daemon, simulator, lines: 800, within: .seconds(150))
        for name in simulator.names { #expect(daemon.log(name).texts(.alert) == [], "\(name)") }
    }

    @Test(
        "the habits of real BMCs under loss cost no line and double none",
        arguments: [
            (["--sol-grow-retries"], "loss 8%"),
            // OpenBMC: the same again under a new number after 0.8 s without an acknowledgement.
            (["--sol-exhaustion", "renumber"], "loss 25%"),
        ]
    )
    func habits(_ habit: [String], loss: String) async throws {
        let simulator = try await Simulator.start(
            [
                "--load", "lines=4000", "--load-lines", "400", "--sol-retry-interval", "100ms", "--seed", "3",
            ] + habit,
            count: 8
        )
        let daemon = try await Self.start(simulator, [loss])
        try await Self.expectComplete(daemon, simulator, lines: 400, within: .seconds(90))
    }

    @Test("rubbish among the answers changes nothing")
    func hostile() async throws {
        let simulator = try await Simulator.start(
            "--load",
            "lines=max",
            "--load-lines",
            "3000",
            "--hostile",
            "30%"
        )
        let daemon = try await Daemon.start(.init(simulator))
        try await Self.expectComplete(daemon, simulator, lines: 3000, within: .seconds(60))
        let bad = try await daemon.status().counters["bad_packets"] ?? 0
        #expect(bad > 50)
    }
}

@Suite("Outages", .serialized, .timeLimit(.minutes(4)))
struct OutageTests {
    @Test(
        "a BMC that reboots again and again: every outage is an event, nothing is doubled, nothing else is missing"
    )
    func reboots() async throws {
        let simulator = try await Simulator.start(
            "--load",
            "lines=20000",
            "--loss",
            "2%",
            "--sol-retry-interval",
            "200ms",
            "--reboot-takes",
            "2s"
        )
        let daemon = try await Daemon.start(.init(simulator))
        try await daemon.wait(for: "up")
        let load = LoadLines()
        for round in 1...3 {
            let before = try await simulator.report().lastLine
            try await simulator.command("reboot")
            try await eventually("outage \(round) is over", within: .seconds(25), every: .milliseconds(200)) {
                let connected = daemon.log().texts(.event).filter { $0.hasPrefix("connected ") }
                let printed = try await simulator.report().lastLine
                return connected.count == round + 1 && printed > before + 100
            }
        }
        try await simulator.command("power 1 off")
        let report = try await Self.settled(simulator)
        // What the BMC gave up on a busy machine does not come any more.
        let kept = try #require((1...report.lastLine).last { !report.excusedLines.contains($0) })
        try await daemon.wait(forLine: load.line(kept), within: .seconds(30))

        let log = daemon.log()
        let disconnected = log.texts(.event).filter { $0.hasPrefix("disconnected error=") }
        #expect(disconnected.count == 3, "\(log.texts(.event))")
        #expect(disconnected.allSatisfy { $0.contains("error=bmc-restarted") }, "\(disconnected)")
        #expect(daemon.events.filter { $0.event == "up" }.count == 4)
        Self.expectNothingElseMissing(log, report, load)
    }

    /// Waits until the BMC has nothing left to send.
    private static func settled(_ simulator: Simulator) async throws -> Simulator.Report {
        let reports = try await simulator.wait(
            for: "acknowledgement of all that was printed",
            within: .seconds(30)
        ) {
            $0.settledPosition >= $0.producedBytes
        }
        return try #require(reports.first)
    }

    /// Every line that the BMC sent and saw acknowledged is there, whole, once and in order; what it lost may be missing.
    private static func expectNothingElseMissing(
        _ log: ConsoleLog,
        _ report: Simulator.Report,
        _ load: LoadLines
    ) {
        let numbers = load.numbers(in: log.lines)
        let isInOrder = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
        #expect(isInOrder)
        let missing = Set(1...report.lastLine).subtracting(numbers).subtracting(report.excusedLines)
        #expect(missing == [], "of \(report.lastLine)")
        // Each end of a gap can tear one line.
        let gaps = report.neverSent.ranges.count + report.unacknowledged.ranges.count
        let torn = log.lines.filter { $0.utf8.count != load.width - 2 }
        #expect(torn.count <= 2 * gaps, "\(torn)")
    }

    @Test("a black-out of 30 s: the session survives, and output continues within 1 s")
    func blackout() async throws {
        let simulator = try await Simulator.start("--load", "lines=4000")
        let daemon = try await Daemon.start(.init(simulator))
        let before = try await daemon.wait(for: "up")
        try await simulator.command("blackout 30s")
        let start = ContinuousClock.now
        try await daemon.wait(for: "suspect", within: .seconds(15))
        let size = daemon.log().entries.filter { $0.kind == .output || $0.kind == .continuation }.count
        try await eventually("output goes on", within: .seconds(40), every: .milliseconds(20)) {
            daemon.log().entries.filter { $0.kind == .output || $0.kind == .continuation }.count > size
        }
        let silence = ContinuousClock.now - start
        // The log is written 50 ms to 100 ms later.
        #expect(silence < .seconds(31.2), "\(silence)")
        let after = try await daemon.wait(for: "up")
        #expect(after.session?.bmcSessionId == before.session?.bmcSessionId)
        try await simulator.command("power 1 off")
        let report = try await Self.settled(simulator)
        try await daemon.wait(forLine: LoadLines().line(report.lastLine))
        let log = daemon.log()
        // A BMC gives up a packet after its retries: that the network lost, not we.
        Self.expectNothingElseMissing(log, report, LoadLines())
        #expect(log.texts(.event).contains { $0.hasPrefix("suspect silent=") })
        #expect(log.texts(.event).contains { $0.hasPrefix("recovered silent=") })
        #expect(!log.texts(.event).contains { $0.hasPrefix("disconnected") })
    }

    @Test("a BMC that restarts silently is noticed within 10 s, an unreachable one comes back by itself")
    func unreachable() async throws {
        let simulator = try await Simulator.start("--host", "echo", "--reboot-takes", "1s")
        let daemon = try await Daemon.start(.init(simulator))
        try await daemon.wait(for: "up")
        let start = ContinuousClock.now
        try await simulator.command("reboot")
        try await daemon.wait(forLog: "disconnected error=bmc-restarted", kind: .event, within: .seconds(15))
        #expect(ContinuousClock.now - start < .seconds(10))
        try await daemon.wait(for: "up")
    }
}
