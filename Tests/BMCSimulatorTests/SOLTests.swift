// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@Suite("SOL of a simulated BMC")
struct SOLTests {
    private static func console(
        _ change: (inout BMCConfiguration) -> Void = { _ in },
        host: any SimulatedHost = EchoHost(),
        plan: FaultPlan = FaultPlan(),
        start: MonotonicInstant = .now
    ) throws -> MiniConsole {
        var configuration = BMCConfiguration.demonstration(name: "sim")
        change(&configuration)
        var console = MiniConsole(configuration, host: host, plan: plan, start: start)
        try console.logIn()
        try console.activate()
        return console
    }

    @Test("echoes in the packet that acknowledges")
    func echo() throws {
        var console = try Self.console()
        try console.type("abc")
        let packet = try #require(console.packets.first)
        #expect(packet.sequence == 1 && packet.acknowledged == 1 && packet.acceptedCount == 3)
        #expect(console.packets.count == 1 && console.text == "abc")
    }

    @Test("repeats unacknowledged output by parameter 4, then gives it up")
    func retries() throws {
        var console = try Self.console({
            $0.sol.retryCount = 3
            $0.sol.retryInterval = .milliseconds(200)
        })
        console.acknowledges = false
        try console.type("x")
        try console.advance(by: .milliseconds(599))
        #expect(console.packets.map(\.sequence) == [1, 1, 1])
        try console.advance(by: .milliseconds(300))
        #expect(console.packets.map(\.sequence) == [1, 1, 1, 1])
        #expect(console.network.bmc.unacknowledged.ranges == [0..<1])
        try console.type("y")
        #expect(console.packets.last?.sequence == 2)
        #expect(console.packets.last?.characters == [UInt8(ascii: "y")])
    }

    @Test("sends the same under the next number, the way OpenBMC does")
    func renumbering() throws {
        var console = try Self.console({
            $0.sol.retryCount = 1
            $0.sol.retryInterval = .milliseconds(100)
            $0.sol.exhaustion = .renumber
        })
        console.acknowledges = false
        try console.type("x")
        try console.advance(by: .milliseconds(350))
        #expect(console.packets.map(\.sequence) == [1, 1, 2, 2])
        #expect(console.packets.allSatisfy { $0.characters == [UInt8(ascii: "x")] })
        #expect(console.network.bmc.unacknowledged.byteCount == 0)
    }

    @Test("lets a retry grow when told to", arguments: [(true, ["ab", "abcd"]), (false, ["ab", "ab"])])
    func grownRetry(grows: Bool, expected: [String]) throws {
        var console = try Self.console({ $0.sol.growsRetries = grows })
        console.acknowledges = false
        try console.type("ab")
        try console.type("cd")
        try console.advance(by: .milliseconds(500))
        let output = console.packets.filter { $0.sequence == 1 }
        #expect(output.map { String(decoding: $0.characters, as: UTF8.self) } == expected)
    }

    @Test("sends the rest of a partly taken packet under the next number")
    func partialAcknowledgement() throws {
        var console = try Self.console()
        console.acknowledges = false
        try console.type("abcd")
        try console.acknowledge(1, count: 1)
        #expect(console.packets.last?.sequence == 2)
        #expect(console.packets.last.map { String(decoding: $0.characters, as: UTF8.self) } == "bcd")
    }

    @Test("holds its output after a NACK until a packet without")
    func hold() throws {
        var console = try Self.console()
        console.acknowledges = false
        try console.type("ab")
        try console.acknowledge(1, count: 0, operation: .nack)
        try console.advance(by: .seconds(5))
        #expect(console.packets.count == 1)
        try console.acknowledge(1, count: 0)
        #expect(console.packets.last?.sequence == 2)
    }

    @Test("delivers repeated input once and acknowledges it again")
    func repeatedInput() throws {
        var console = try Self.console()
        try console.type("a", number: 1)
        try console.type("a", number: 1)
        #expect(console.text == "a")
        #expect(console.packets.map(\.acknowledged) == [1, 1])
    }

    @Test("drops input that is not the next, without a word, in strict mode")
    func strictInput() throws {
        var console = try Self.console({ $0.sol.isStrictAboutInput = true })
        try console.type("a", number: 1)
        try console.type("a", number: 1)
        try console.type("c", number: 3)
        try console.type("b", number: 2)
        #expect(console.text == "ab")
        #expect(console.packets.map(\.acknowledged) == [1, 2])
    }

    @Test("takes no more than it is told to")
    func partialInput() throws {
        var plan = FaultPlan()
        plan.inputAcceptAtMost = 2
        var console = try Self.console(plan: plan)
        try console.type("abcde")
        #expect(console.packets.first?.acceptedCount == 2)
        #expect(console.text == "ab")
    }

    @Test("refuses input by NACK under the fault, and says unavailable when the host is off")
    func nack() throws {
        var plan = FaultPlan()
        plan.inputNACK = 1
        var console = try Self.console(plan: plan)
        try console.type("a")
        #expect(console.packets.first?.status == .nack)
        console.network.link.plan.inputNACK = 0
        try console.take(console.network.power(.off))
        try console.type("b")
        #expect(console.packets.last?.status == [.nack, .transferUnavailable])
        #expect(console.text == "")
        #expect(console.network.bmc.statistics.nacksSent == 2)
    }

    @Test("gives a break to the host at its place among the characters")
    func hostBreak() throws {
        var console = try Self.console()
        try console.type("a")
        try console.type("", operation: .generateBreak)
        try console.type("b")
        #expect(console.text == "a<BREAK>b")
    }

    @Test("counts what it received, with zlib's CRC-32")
    func inputStatistics() throws {
        var console = try Self.console()
        try console.type("1234")
        try console.type("56789")
        let statistics = console.network.bmc.statistics
        #expect(statistics.inputCount == 9)
        #expect(statistics.inputCRC.value == 0xCBF4_3926)
    }

    @Test(
        "tells of a theft the way its firmware does",
        arguments: SOLConfiguration.TheftNotice.allCases
    )
    func theft(_ notice: SOLConfiguration.TheftNotice) throws {
        var console = try Self.console({ $0.sol.theftNotice = notice })
        try console.take(console.network.stealPayload())
        #expect(
            console.packets.contains { $0.status.contains(.deactivating) } == (notice == .deactivatingBit)
        )
        #expect(console.requests.contains { $0.command == SOLActivating.id } == (notice == .solActivating))
        try console.type("lost")
        #expect(console.text == "")
        let owner = try console.command(GetPayloadInstanceInfo.self, .sol).sessionID
        #expect(owner != 0 && owner != console.bmcSessionID)
        #expect(throws: MiniConsole.Failure.completion(ActivatePayload.Code.alreadyActive)) {
            try console.activate()
        }
        _ = try console.command(DeactivatePayload.self, DeactivatePayload.Request())
        try console.activate()
    }

    @Test("lets a second session take the payload from the first")
    func secondSession() throws {
        var first = try Self.console()
        var second = MiniConsole(first.network, peer: PeerAddress(ip: 0xC000_0202, port: 41000), seed: 5)
        try second.logIn()
        #expect(throws: MiniConsole.Failure.completion(ActivatePayload.Code.alreadyActive)) {
            try second.activate()
        }
        let info = try second.command(GetSessionInfo.self, .sessionID(first.bmcSessionID))
        #expect(info.activeSessions == 2)
        #expect(info.session?.peer?.port == PeerAddress.console.port)
        _ = try second.command(DeactivatePayload.self, DeactivatePayload.Request())
        try second.activate()
        first.network = second.network
        #expect(try first.command(GetPayloadInstanceInfo.self, .sol).sessionID == second.bmcSessionID)
    }

    @Test("is busy from the start under the fault, until deactivated")
    func busy() throws {
        var plan = FaultPlan()
        plan.payloadIsBusy = true
        var console = MiniConsole(plan: plan)
        try console.logIn()
        #expect(throws: MiniConsole.Failure.completion(ActivatePayload.Code.alreadyActive)) {
            try console.activate()
        }
        let status = try console.command(
            GetPayloadActivationStatus.self,
            GetPayloadActivationStatus.Request()
        )
        #expect(status.isActive(1))
        _ = try console.command(DeactivatePayload.self, DeactivatePayload.Request())
        try console.activate()
    }

    @Test(
        "ends a session that is silent, and counts SOL as life only if its firmware does",
        arguments: [true, false]
    )
    func inactivity(solIsLife: Bool) throws {
        var console = try Self.console({ $0.solKeepsSessionsAlive = solIsLife })
        for _ in 0..<14 {
            try console.advance(by: .seconds(5))
            try console.type("k")
        }
        #expect(console.network.bmc.isConsoleActive == solIsLife)
        try console.advance(by: .seconds(61))
        #expect(console.network.bmc.activeSessionCount == 0)
    }

    @Test("forgets everything at a silent reboot")
    func reboot() throws {
        var console = try Self.console()
        console.network.reboot()
        #expect(throws: (any Error).self) { try console.command(GetDeviceID.self, NoData()) }
        try console.advance(by: .seconds(2))
        #expect(throws: (any Error).self) { try console.command(GetDeviceID.self, NoData()) }
        try console.logIn()
        try console.activate()
        try console.type("back")
        #expect(console.text == "back")
    }

    @Test("marks lost output by the overrun bit and knows how much it was")
    func overrun() throws {
        let start = MonotonicInstant.now
        var load = LoadHost.Load(bytesPerSecond: 8000)
        load.lineLimit = 400
        var console = try Self.console(
            {
                $0.sol.overflow = .overrun
                $0.sol.bufferCapacity = 1000
                $0.sol.whileDetached = .keep
            },
            host: LoadHost(name: "sim", load: load, now: start),
            start: start
        )
        console.acknowledges = false
        try console.advance(by: .milliseconds(400))
        console.acknowledges = true
        try console.advance(by: .seconds(6))
        let bmc = console.network.bmc
        #expect(bmc.producedCount == 400 * 80)
        #expect(bmc.overrunCount > 0)
        #expect(bmc.neverSent.byteCount == bmc.overrunCount)
        #expect(bmc.producedCount == UInt64(console.output.count) + bmc.overrunCount)
        #expect(console.packets.contains { $0.status.contains(.transmitOverrun) })
    }

    @Test("drives the host by Chassis Control")
    func chassis() throws {
        var console = try Self.console()
        #expect(try console.command(GetChassisStatus.self, NoData()).isOn)
        _ = try console.command(ChassisControl.self, ChassisControl.Request(.powerDown))
        #expect(try !console.command(GetChassisStatus.self, NoData()).isOn)
        #expect(throws: MiniConsole.Failure.completion(.notSupportedInPresentState)) {
            try console.command(ChassisControl.self, ChassisControl.Request(.powerCycle))
        }
        _ = try console.command(ChassisControl.self, ChassisControl.Request(.powerUp))
        _ = try console.command(ChassisControl.self, ChassisControl.Request(.powerCycle))
        #expect(try !console.command(GetChassisStatus.self, NoData()).isOn)
        try console.advance(by: .seconds(2))
        #expect(try console.command(GetChassisStatus.self, NoData()).isOn)
    }

    @Test("wants the privilege that parameter 2 names, and keeps parameters that are set")
    func parameters() throws {
        var console = try Self.console({ $0.sol.minimumPrivilege = .operator })
        _ = try console.command(DeactivatePayload.self, DeactivatePayload.Request())
        #expect(throws: MiniConsole.Failure.completion(.insufficientPrivilege)) {
            try console.activate(privilege: .user)
        }
        _ = try console.command(SetSessionPrivilegeLevel.self, .init(privilege: .administrator))
        let set = try console.command(CommandID(.transport, 0x21), [0x0E, 4, 2, 30])
        #expect(set.completion == .success)
        let answer = try console.command(GetSOLConfigurationParameter.self, .init(.retry))
        #expect(try answer.value(of: .retry) == .retry(count: 2, interval: .milliseconds(300)))
    }

    @Test("behaves like the firmware it is told to be")
    func habits() throws {
        var console = try Self.console({
            $0.refusedCommands[GetPayloadInstanceInfo.id] = .invalidCommand
            $0.ignoredCommands = [GetDeviceID.id]
            $0.sequenceStep = 2
            $0.ignoresDeactivation = true
        })
        #expect(throws: MiniConsole.Failure.completion(.invalidCommand)) {
            try console.command(GetPayloadInstanceInfo.self, .sol)
        }
        #expect(throws: (any Error).self) { try console.command(GetDeviceID.self, NoData()) }
        _ = try console.command(DeactivatePayload.self, DeactivatePayload.Request())
        #expect(console.network.bmc.isConsoleActive)
    }
}
