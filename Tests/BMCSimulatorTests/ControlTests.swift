// SPDX-License-Identifier: Apache-2.0

import IPMI
import BMCSimulator
import Testing

@Suite("Control of the simulator")
struct ControlTests {
    @Test(
        "understands commands",
        arguments: [
            ("reboot", ControlCommand(.reboot)),
            ("reboot 3", ControlCommand(.reboot, .some(2...2))),
            ("blackout 5s", ControlCommand(.blackout(.seconds(5)))),
            ("blackout 500ms 2-4", ControlCommand(.blackout(.milliseconds(500)), .some(1...3))),
            ("steal 2", ControlCommand(.steal, .some(1...1))),
            ("power 1 off", ControlCommand(.power(.off), .some(0...0))),
            ("power all cycle", ControlCommand(.powerCycle)),
            ("panic 1", ControlCommand(.panic, .some(0...0))),
            ("loss 5%", ControlCommand(.loss(0.05))),
            ("late 10%:700ms", ControlCommand(.late(.init(fraction: 0.1, delay: .milliseconds(700))))),
            ("accept 3 all", ControlCommand(.accept(3))),
            ("slots-full on 1", ControlCommand(.slotsFull(true), .some(0...0))),
        ] as [(String, ControlCommand)]
    )
    func commands(_ text: String, expected: ControlCommand) throws {
        #expect(try ControlCommand(parsing: text) == expected)
    }

    @Test(
        "refuses what it does not understand",
        arguments: [
            "", "explode", "explode 3", "reboot 0", "reboot x", "reboot 4-2", "power 1", "power 1 warp",
            "loss 150%", "blackout -5s",
        ]
    )
    func refusals(_ text: String) {
        #expect(throws: ControlCommand.ParseError.self) { try ControlCommand(parsing: text) }
    }

    @Test("reads durations, fractions and addresses")
    func values() {
        #expect(TextValues.duration("1.5s") == .milliseconds(1500))
        #expect(TextValues.duration("2") == .seconds(2))
        #expect(TextValues.duration("1h") == .seconds(3600))
        #expect(
            TextValues.duration("3d") == nil && TextValues.duration("") == nil
                && TextValues.duration("1e99s") == nil
        )
        #expect(TextValues.fraction("0.25") == 0.25 && TextValues.fraction("5") == nil)
        #expect(TextValues.blackout("30s@60s") == .init(start: .seconds(60), length: .seconds(30)))
        #expect(TextValues.address("127.0.0.1:9001") == PeerAddress(ip: 0x7F00_0001, port: 9001))
        #expect(TextValues.address("127.0.0.256:1") == nil && TextValues.address("localhost:1") == nil)
        #expect(PeerAddress(ip: 0x7F00_0102, port: 7).description == "127.0.1.2:7")
    }

    @Test("names hosts with as many digits as it takes")
    func names() throws {
        var setup = SimulatorSetup()
        #expect(setup.name(0) == "sim")
        setup.count = 120
        #expect(setup.name(0) == "sim001" && setup.name(119) == "sim120")
        setup.hosts = [.echo, .load]
        let members = try setup.members(start: .now)
        #expect(members.map(\.lineWidth).prefix(3) == [0, 80, 0])
    }

    private static let impossible: [(@Sendable (inout SimulatorSetup) -> Void, String)] = [
        ({ $0.suites = [4] }, "xRC4"),
        ({ $0.password = Array(repeating: 65, count: 21) }, "21 bytes"),
        ({ $0.bmcKey = "0xabc" }, "hexadecimal"),
        ({ $0.userName = "a-name-of-17-chars" }, "16 bytes"),
        ({ $0.count = 0 }, "no BMC"),
    ]

    @Test("refuses what no BMC can have", arguments: Self.impossible)
    func setupErrors(change: @Sendable (inout SimulatorSetup) -> Void, text: String) {
        var setup = SimulatorSetup()
        change(&setup)
        let error = #expect(throws: SimulatorSetup.SetupError.self) { try setup.members(start: .now) }
        #expect(error?.description.contains(text) == true)
    }
}

@Suite("Bookkeeping of the simulator")
struct BookkeepingTests {
    @Test("joins neighbouring byte ranges and finds overlaps")
    func ranges() {
        var ranges = ByteRanges()
        ranges.insert(0..<10)
        ranges.insert(10..<15)
        ranges.insert(15..<15)
        ranges.insert(20..<21)
        #expect(ranges.ranges == [0..<15, 20..<21])
        #expect(ranges.byteCount == 16)
        #expect(ranges.overlaps(14..<18) && !ranges.overlaps(15..<20))
    }

    @Test("computes the checksums other programs compute")
    func checksums() {
        #expect(CRC16.checksum(Array("123456789".utf8)[...]) == 0x29B1)
        var crc = CRC32()
        crc.update(Array("123456789".utf8)[...])
        #expect(crc.value == 0xCBF4_3926)
    }

    @Test("wakes each machine at its tick, however far away, and once")
    func timerWheel() {
        let start = MonotonicInstant.now
        var wheel = TimerWheel(count: 3, start: start)
        wheel.arm(0, start + .milliseconds(95))
        wheel.arm(0, start + .milliseconds(200))
        wheel.arm(1, start + .seconds(60))
        wheel.arm(2, start - .seconds(1))
        wheel.arm(2, nil)
        #expect(wheel.timeToNextWake(now: start) == TimerWheel.tick)
        var woken: [(Int, Int)] = []
        for millisecond in stride(from: 0, through: 61_000, by: 5) {
            var due: [Int] = []
            wheel.advance(to: start + .milliseconds(millisecond), into: &due)
            woken += due.map { ($0, millisecond) }
        }
        #expect(woken.map(\.0) == [2, 0, 1])
        #expect(woken.map(\.1) == [5, 95, 60_000])
        #expect(wheel.isEmpty && wheel.timeToNextWake(now: start) == nil)
    }

    @Test("draws the same numbers for a seed and others for another stream")
    func generator() {
        var first = SeededGenerator(seed: 1, stream: 2)
        var second = SeededGenerator(seed: 1, stream: 2)
        var third = SeededGenerator(seed: 1, stream: 3)
        let numbers = (0..<4).map { _ in first.next() }
        #expect(numbers == (0..<4).map { _ in second.next() })
        #expect(numbers != (0..<4).map { _ in third.next() })
        var tally = SeededGenerator(seed: 5)
        #expect((2300...2700).contains((0..<10_000).count { _ in tally.chance(0.25) }))
    }
}
