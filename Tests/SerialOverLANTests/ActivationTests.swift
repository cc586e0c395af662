// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@testable import SerialOverLAN

@Suite("Activation")
struct ActivationTests {
    /// A BMC whose payload our own dead session holds, and that session's ID.
    private func leftover() -> (bench: Bench, id: UInt32) {
        var bench = Bench()
        bench.connect()
        let id = bench.established.first?.bmcSessionID ?? 0
        return (bench, id)
    }

    @Test(
        "takes our own leftover by policy",
        arguments: [(.never, false), (.ifOurs, true), (.ifIdle, true), (.always, true)]
            as [(SOLTakeoverPolicy, Bool)]
    )
    func ours(_ policy: SOLTakeoverPolicy, takes: Bool) {
        var (bench, id) = self.leftover()
        bench.replaceSession(
            .test {
                $0.takeover = policy
                $0.ourPreviousBMCSessionIDs = [7, id]
            }
        )
        bench.connect()
        bench.run(for: .seconds(1))
        #expect(bench.isUp == takes)
        #expect(bench.error?.code == (takes ? nil : .solInUse))
        #expect(bench.events.contains(.takingOver(from: id, ours: true)) == takes)
        #expect(bench.established.last?.takenOverFrom == (takes ? id : nil))
        #expect(bench.elapsed < .seconds(5))
    }

    @Test(
        "leaves a living session of somebody else alone, but for 'always'",
        arguments: [(.never, false), (.ifOurs, false), (.ifIdle, false), (.always, true)]
            as [(SOLTakeoverPolicy, Bool)]
    )
    func others(_ policy: SOLTakeoverPolicy, takes: Bool) {
        var (bench, _) = self.leftover()
        bench.replaceSession(.test { $0.takeover = policy })
        bench.connect()
        bench.run(for: .seconds(1))
        #expect(bench.isUp == takes)
        #expect(bench.error?.code == (takes ? nil : .solInUse))
        if !takes { #expect(bench.error?.detail.contains("from 192.0.2.1 port 40000") == true) }
    }

    @Test(
        "takes a session that no longer exists with 'if-idle'",
        arguments: [(.never, false), (.ifOurs, false), (.ifIdle, true), (.always, true)]
            as [(SOLTakeoverPolicy, Bool)]
    )
    func gone(_ policy: SOLTakeoverPolicy, takes: Bool) {
        // The simulator's phantom owner has no session.
        var bench = Bench(plan: .test { $0.payloadIsBusy = true }, parameters: .test { $0.takeover = policy })
        bench.connect()
        bench.run(for: .seconds(1))
        #expect(bench.isUp == takes)
        #expect(bench.error?.code == (takes ? nil : .solInUse))
    }

    @Test("does not take what the BMC will not tell about")
    func untold() {
        var bench = Bench(
            .test { $0.refusedCommands[GetSessionInfo.id] = .insufficientPrivilege },
            plan: .test { $0.payloadIsBusy = true },
            parameters: .test { $0.takeover = .ifIdle }
        )
        bench.connect()
        #expect(bench.error?.code == .solInUse)
    }

    @Test("gives up when Deactivate Payload has no effect", arguments: [SOLTakeoverPolicy.always, .ifIdle])
    func stubborn(_ policy: SOLTakeoverPolicy) {
        var bench = Bench(
            .test { $0.ignoresDeactivation = true },
            plan: .test { $0.payloadIsBusy = true },
            parameters: .test { $0.takeover = policy }
        )
        bench.connect()
        #expect(bench.error?.code == .solInUse)
        #expect(bench.events.filter { if case .takingOver = $0 { true } else { false } }.count == 1)
        #expect(bench.elapsed < .seconds(10))
    }

    @Test(
        "does not mind a BMC that cannot tell the owner",
        arguments: [CompletionCode.invalidCommand, .invalidField]
    )
    func ownerUnknown(_ code: CompletionCode) {
        var bench = Bench(.test { $0.refusedCommands[GetPayloadInstanceInfo.id] = code })
        bench.connect()
        #expect(bench.isUp)
    }

    @Test("does not mind a BMC that does not answer who the owner is")
    func ownerSilent() {
        var bench = Bench(.test { $0.ignoredCommands = [GetPayloadInstanceInfo.id] })
        bench.connect()
        #expect(bench.isUp)
    }

    @Test("finds that a refused activation is our own, whose answer was lost")
    func ownActivation() {
        var bench = Bench(plan: .test { $0.delay = .milliseconds(1) })
        bench.losesNextIn = .activate
        bench.connect()
        #expect(bench.isUp)
        #expect(bench.established.count == 1)
        bench.type("hello")
        bench.run(for: .seconds(1))
        #expect(bench.text == "hello")
    }

    @Test(
        "uses sane payload sizes only",
        arguments: [
            (nil, 36), (255, 255), (259, 259), (260, 36), (5, 5), (4, 36), (0, 36), (65_280, 255),
            (0x2400, 36),
            (1024, 36), (65_535, 36),
        ] as [(Int?, Int)]
    )
    func sizes(_ claimed: Int?, used: Int) {
        #expect(ActivationMachine.payloadSize(claimed, ignoresClaim: false) == used)
        #expect(ActivationMachine.payloadSize(claimed, ignoresClaim: true) == 36)
    }

    @Test("notes swapped sizes and a strange port, and works")
    func oddAnswer() {
        var bench = Bench(
            .test {
                $0.swapsPayloadSizes = true
                $0.announcedPort = 5000
            },
            parameters: .test { $0.port = 623 }
        )
        bench.connect()
        #expect(bench.established.first?.payloadSizeToBMC == 255)
        #expect(
            bench.events == [
                .warning(.payloadSize(claimed: 65_280, used: 255)), .warning(.payloadPort(5000)),
            ]
        )
    }

    @Test("does not notice a port with its bytes swapped")
    func swappedPort() {
        var bench = Bench(.test { $0.announcedPort = 28_418 }, parameters: .test { $0.port = 623 })
        bench.connect()
        #expect(bench.isUp)
        #expect(bench.events.isEmpty)
    }

    @Test("goes without encryption only where that is forced, and says so")
    func unencrypted() {
        var bench = Bench(parameters: .test { $0.workarounds = [.forceUnencryptedSOL] })
        bench.connect()
        #expect(bench.established.first?.encrypted == false)
        #expect(bench.events.contains(.warning(.unencrypted)))
        bench.type("hello")
        bench.run(for: .seconds(1))
        // Signed, not encrypted, SOL: the BMC reads it, and its echo is read.
        #expect(bench.lastSent[5] == 0x41)
        #expect(bench.output == Array("hello".utf8))
    }

    @Test("turns encryption back on where the BMC insists")
    func insists() {
        var bench = Bench(
            .test { $0.sol.forcesEncryption = true },
            parameters: .test { $0.workarounds = [.forceUnencryptedSOL] }
        )
        bench.connect()
        #expect(bench.established.first?.encrypted == true)
    }

    @Test("loses no output that comes at once", arguments: 1...5 as ClosedRange<UInt64>)
    func early(_ seed: UInt64) {
        var load = LoadHost.Load(bytesPerSecond: nil)
        load.lineLimit = 20
        var bench = Bench(
            .test { $0.sol.whileDetached = .hold },
            host: LoadHost(name: "bmc", load: load, now: .testStart),
            plan: .test(seed: seed) {
                $0.delay = .milliseconds(5)
                $0.late = .init(fraction: 0.3, delay: .milliseconds(20))
            }
        )
        bench.connect()
        bench.run(for: .seconds(10))
        #expect(difference(bench.output, .loadLines(20)) == "", "seed \(seed)")
    }
}

extension [UInt8] {
    /// What a load host named `bmc` prints.
    static func loadLines(_ count: UInt32) -> [UInt8] {
        var line = LoadLine(name: "bmc")
        var output: [UInt8] = []
        for number in 0..<count { line.append(number + 1, to: &output) }
        return output
    }
}
