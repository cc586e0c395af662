// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@Suite("Fault plan")
struct FaultTests {
    private static let harsh: FaultPlan = {
        var plan = FaultPlan(seed: 11)
        plan.loss = 0.05
        plan.duplication = 0.05
        plan.late = FaultPlan.LateDelivery(fraction: 0.1, delay: .milliseconds(700))
        return plan
    }()

    private static let ping = ASFPresencePing(tag: 1).encoded()

    /// What becomes of 2,000 pings, one a millisecond: the milliseconds at which pongs arrive.
    private static func pongs(_ plan: FaultPlan, count: Int = 2000) -> [Duration] {
        let start = MonotonicInstant.now
        var network = VirtualNetwork(.demonstration(name: "sim"), host: EchoHost(), plan: plan, start: start)
        var arrivals: [VirtualNetwork.Arrival] = []
        for _ in 0..<count {
            arrivals += network.send(Self.ping)
            arrivals += network.advance(by: .milliseconds(1))
        }
        arrivals += network.advance(by: .seconds(3))
        return arrivals.map { $0.at - start }
    }

    @Test("gives the same fate for the same seed and another for another")
    func determinism() {
        var other = Self.harsh
        other.seed = 12
        let first = Self.pongs(Self.harsh)
        let (isSame, isOther) = (Self.pongs(Self.harsh) == first, Self.pongs(other) != first)
        #expect(isSame)
        #expect(isOther)
    }

    @Test(
        "loses, doubles and delays the share it names, both ways",
        arguments: [
            ("nothing", 0, 0, 2000...2000),
            ("loss", 0.05, 0, 1750...1860),
            ("duplication", 0, 0.05, 2140...2280),
            ("all of it", 1, 0, 0...0),
        ] as [(String, Double, Double, ClosedRange<Int>)]
    )
    func shares(_ name: String, loss: Double, duplication: Double, expected: ClosedRange<Int>) {
        var plan = FaultPlan(seed: 3)
        plan.loss = loss
        plan.duplication = duplication
        #expect(expected.contains(Self.pongs(plan).count))
    }

    @Test("delivers late ones out of order")
    func late() {
        var plan = FaultPlan(seed: 3)
        plan.late = FaultPlan.LateDelivery(fraction: 0.1, delay: .milliseconds(700))
        // Milliseconds are unique: each pong's lateness tells which ping it answers.
        let arrivals = Self.pongs(plan)
        #expect(arrivals.count == 2000)
        let afterTheLastPing = arrivals.count { $0 >= .milliseconds(2000) }
        #expect((80...250).contains(afterTheLastPing))
    }

    @Test("passes nothing during a black-out")
    func blackout() {
        var plan = FaultPlan(seed: 3)
        plan.blackouts = [FaultPlan.Blackout(start: .milliseconds(500), length: .seconds(1))]
        let arrivals = Self.pongs(plan)
        #expect(arrivals.count == 1000)
        #expect(!arrivals.contains { $0 >= .milliseconds(500) && $0 < .milliseconds(1500) })
    }

    @Test("delays every datagram by the same time each way")
    func delay() {
        var plan = FaultPlan(seed: 3)
        plan.delay = .milliseconds(20)
        #expect(Self.pongs(plan, count: 1) == [.milliseconds(40)])
    }

    @Test("reboots, steals and panics at its times")
    func schedule() throws {
        var plan = FaultPlan()
        plan.rebootEvery = .seconds(10)
        plan.rebootAt = [.seconds(3)]
        plan.theftAt = [.seconds(5)]
        plan.theftHolds = .seconds(1)
        let start = MonotonicInstant.now
        var network = VirtualNetwork(.demonstration(name: "sim"), host: EchoHost(), plan: plan, start: start)
        _ = network.advance(to: start + .milliseconds(3500))
        #expect(network.bmc.statistics.reboots == 1)
        #expect(network.send(Self.ping).isEmpty)
        _ = network.advance(to: start + .milliseconds(4500))
        #expect(!network.send(Self.ping).isEmpty)
        _ = network.advance(to: start + .seconds(35))
        #expect(network.bmc.statistics.reboots == 4)
        #expect(network.bmc.statistics.thefts == 1)
    }

    @Test("sends rubbish beside answers that are still good")
    func hostile() {
        var plan = FaultPlan(seed: 3)
        plan.hostile = 0.5
        let arrivals = Self.pongs(plan)
        #expect((2900...3100).contains(arrivals.count))
    }

    @Test(
        "does not lose a line under loss, duplication and late datagrams",
        arguments: [1, 2, 3] as [UInt64]
    )
    func completeLines(seed: UInt64) throws {
        let start = MonotonicInstant.now
        var load = LoadHost.Load(bytesPerSecond: 40_000)
        load.lineLimit = 2000
        var configuration = BMCConfiguration.demonstration(name: "web01")
        configuration.sol.whileDetached = .hold
        configuration.sol.retryInterval = .milliseconds(50)
        var console = MiniConsole(
            configuration,
            host: LoadHost(name: "web01", load: load, now: start),
            start: start
        )
        try console.logIn()
        try console.activate()
        var plan = FaultPlan(seed: seed)
        plan.loss = 0.05
        plan.duplication = 0.05
        plan.late = FaultPlan.LateDelivery(fraction: 0.1, delay: .milliseconds(70))
        console.network.link.plan = plan
        try console.advance(by: .seconds(120))
        let numbers = console.output.split(separator: UInt8(ascii: "\n")).map {
            LoadLine.verify($0.dropLast())?.number
        }
        let isComplete = numbers == (1...2000).map { UInt32($0) }
        #expect(isComplete, "seed \(seed): \(numbers.count) lines")
        #expect(console.network.bmc.neverSent.byteCount == 0)
        #expect(console.network.bmc.solRetransmissions > 0)
    }

    @Test("knows which lines a reboot swallowed")
    func linesLostInReboots() throws {
        let start = MonotonicInstant.now
        var configuration = BMCConfiguration.demonstration(name: "web01")
        configuration.sol.whileDetached = .hold
        configuration.sol.bufferCapacity = 1000
        var console = MiniConsole(
            configuration,
            host: LoadHost(name: "web01", load: LoadHost.Load(bytesPerSecond: 4000), now: start),
            start: start
        )
        for _ in 0..<5 {
            try console.logIn()
            try console.activate()
            try console.advance(by: .milliseconds(1234))
            console.acknowledges = false
            try console.advance(by: .milliseconds(300))
            console.acknowledges = true
            console.network.reboot()
            _ = console.network.advance(by: .seconds(1))
        }
        let bmc = console.network.bmc
        let lost = bmc.neverSent.byteCount + bmc.unacknowledged.byteCount
        #expect(bmc.statistics.reboots == 5)
        #expect(lost > 0)
        #expect(bmc.producedCount == UInt64(console.output.count) + lost)
        let received = Set(
            console.output.split(separator: UInt8(ascii: "\n")).compactMap {
                LoadLine.verify($0.dropLast())?.number
            }
        )
        for number in 1...bmc.host.lastLine {
            let bytes = UInt64(number - 1) * 80..<UInt64(number) * 80
            guard bytes.upperBound <= bmc.producedCount else { break }
            let isLost = bmc.neverSent.overlaps(bytes) || bmc.unacknowledged.overlaps(bytes)
            #expect(received.contains(number) != isLost, "line \(number)")
        }
    }
}
