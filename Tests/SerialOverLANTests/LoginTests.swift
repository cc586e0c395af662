// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@testable import SerialOverLAN

@Suite("A log-in")
struct LoginTests {
    @Test("works with every cipher suite that is built in", arguments: CipherSuite.all)
    func suites(_ suite: CipherSuite) {
        var bench = Bench(
            .test { $0.cipherSuites = [suite] },
            parameters: .test { $0.cipherSuite = .number(suite.id) }
        )
        bench.connect()
        #expect(bench.established.first?.cipherSuite == suite.id)
        #expect(bench.established.first?.encrypted == suite.isEncrypted)
        bench.type("hello")
        bench.run(for: .seconds(1))
        #expect(bench.text == "hello")
    }

    @Test(
        "prefers what worked last time, then 17, then 3",
        arguments: [(nil, 17), (3, 3), (17, 17), (1, 17)] as [(UInt8?, UInt8)]
    )
    func preference(_ remembered: UInt8?, chosen: UInt8) {
        var bench = Bench(parameters: .test { $0.rememberedSuite = remembered })
        bench.connect()
        #expect(bench.established.first?.cipherSuite == chosen)
    }

    @Test("falls back to suite 3 and says so")
    func fallback() {
        var bench = Bench(.test { $0.cipherSuites = [.suite3] })
        bench.connect()
        #expect(bench.established.first?.cipherSuite == 3)
        #expect(bench.events.contains(.warning(.cipherSuiteRefused(17))))
    }

    @Test("never goes below suite 3 by itself and says what the BMC lists")
    func neverWeaker() throws {
        let weak = try CipherSuite(id: 2)
        var bench = Bench(.test { $0.cipherSuites = [weak] })
        bench.connect()
        #expect(bench.error?.code == .cipherSuiteRefused)
        #expect(bench.error?.detail.hasSuffix("the BMC lists 2") == true)
    }

    @Test("refuses RC4 by its name", arguments: [4, 5, 9, 10, 13, 14, 18, 19] as [UInt8])
    func rc4(_ suite: UInt8) {
        var bench = Bench(parameters: .test { $0.cipherSuite = .number(suite) })
        bench.connect()
        #expect(bench.error?.code == .cipherSuiteUnsupported)
        #expect(bench.error?.detail.contains("xRC4") == true)
        #expect(bench.sentCount == 0)
    }

    struct Failure: Sendable {
        var name: String
        var code: SessionError.Code
        var stage: SessionStage
        var configuration: BMCConfiguration = .test
        var plan = FaultPlan()
        var parameters: SOLParameters = .test
    }

    private static let otherKey = try? BMCKey(text: "another key")

    @Test(
        "fails with a code that says why",
        arguments: [
            Failure(
                name: "wrong password",
                code: .wrongPassword,
                stage: .rakp1,
                plan: .test { $0.passwordIsWrong = true }
            ),
            Failure(
                name: "unknown user",
                code: .unknownUser,
                stage: .rakp1,
                parameters: .test { $0.user = Array("nobody".utf8) }
            ),
            Failure(
                name: "unknown user, told anonymously",
                code: .unknownUser,
                stage: .rakp1,
                configuration: .test { $0.refusesAnonymously = true },
                parameters: .test { $0.user = Array("nobody".utf8) }
            ),
            Failure(
                name: "no slots, told anonymously",
                code: .noSessionSlots,
                stage: .open,
                configuration: .test { $0.refusesAnonymously = true },
                plan: .test { $0.slotsAreFull = true }
            ),
            Failure(
                name: "K_g configured, the BMC has none",
                code: .wrongBMCKey,
                stage: .rakp3,
                parameters: .test { $0.bmcKey = Self.otherKey }
            ),
            Failure(
                name: "K_g set, none configured",
                code: .wrongBMCKey,
                stage: .rakp3,
                configuration: .test { $0.bmcKey = Self.otherKey }
            ),
            Failure(
                name: "slots full",
                code: .noSessionSlots,
                stage: .open,
                plan: .test { $0.slotsAreFull = true }
            ),
            Failure(
                name: "user name too long",
                code: .invalidUserName,
                stage: .idle,
                parameters: .test { $0.user = Array("seventeen letters".utf8) }
            ),
            Failure(
                name: "nobody there",
                code: .noReply,
                stage: .probe,
                plan: .test { $0.loss = 1 }
            ),
            Failure(
                name: "SOL disabled",
                code: .solDisabled,
                stage: .activate,
                configuration: .test { $0.sol.isEnabled = false }
            ),
            Failure(
                name: "privilege too low for SOL",
                code: .solNotPermitted,
                stage: .activate,
                configuration: .test { $0.sol.minimumPrivilege = .administrator },
                parameters: .test { $0.privilege = .operator }
            ),
            Failure(
                name: "no encryption where it is forced",
                code: .encryptionRequired,
                stage: .activate,
                configuration: .test { $0.sol.forcesEncryption = true },
                parameters: .test { $0.cipherSuite = .number(2) }
            ),
            Failure(
                name: "activation limit",
                code: .solLimit,
                stage: .activate,
                configuration: .test { $0.refusedCommands[ActivatePayload.id] = .init(rawValue: 0x82) }
            ),
            Failure(
                name: "cannot encrypt",
                code: .encryptionUnavailable,
                stage: .activate,
                configuration: .test { $0.refusedCommands[ActivatePayload.id] = .init(rawValue: 0x83) }
            ),
            Failure(
                name: "no such command",
                code: .solUnsupported,
                stage: .activate,
                configuration: .test { $0.refusedCommands[ActivatePayload.id] = .invalidCommand }
            ),
            Failure(
                name: "busy for good",
                code: .bmcBusy,
                stage: .activate,
                configuration: .test { $0.refusedCommands[ActivatePayload.id] = .initialisationInProgress }
            ),
            Failure(
                name: "something else",
                code: .solRefused,
                stage: .activate,
                configuration: .test { $0.refusedCommands[ActivatePayload.id] = .unspecified }
            ),
            Failure(
                name: "privilege refused at every level",
                code: .privilegeRefused,
                stage: .privilege,
                configuration: .test {
                    $0.refusedCommands[SetSessionPrivilegeLevel.id] = .init(rawValue: 0x81)
                }
            ),
            Failure(
                name: "commands are not answered",
                code: .loginNoReply,
                stage: .privilege,
                configuration: .test { $0.ignoredCommands = [SetSessionPrivilegeLevel.id] }
            ),
        ]
    )
    func failure(_ failure: Failure) {
        var bench = Bench(failure.configuration, plan: failure.plan, parameters: failure.parameters)
        bench.connect()
        bench.run(for: .seconds(2))
        #expect(bench.error?.code == failure.code, "\(failure.name): \(String(describing: bench.error))")
        #expect(bench.error?.stage == failure.stage, "\(failure.name)")
        #expect(bench.ended.count == 1)
        #expect(bench.session.deadline == nil)
        #expect(bench.network.bmc.activeSessionCount == 0 || failure.code == .wrongBMCKey)
    }

    @Test("agrees on K_g")
    func bmcKey() {
        var bench = Bench(
            .test { $0.bmcKey = Self.otherKey },
            parameters: .test { $0.bmcKey = Self.otherKey }
        )
        bench.connect()
        #expect(bench.isUp)
        #expect(bench.events.isEmpty)
    }

    @Test("drops K_g where that is allowed")
    func optionalBMCKey() {
        var bench = Bench(
            parameters: .test {
                $0.bmcKey = Self.otherKey
                $0.workarounds = [.kgOptional]
            }
        )
        bench.connect()
        #expect(bench.isUp)
        #expect(bench.events.contains(.warning(.bmcKeyDropped)))
    }

    @Test("lowers the privilege to what the user has", arguments: [PrivilegeLevel.operator, .user])
    func privilege(_ maximum: PrivilegeLevel) {
        var bench = Bench(.test { $0.users[0].maximumPrivilege = maximum })
        bench.connect()
        #expect(bench.established.first?.privilege == maximum)
        #expect(bench.events.contains(.warning(.privilegeLowered(maximum))))
    }

    @Test("does not go below the lowest level that is wanted")
    func lowestPrivilege() {
        var bench = Bench(
            .test { $0.users[0].maximumPrivilege = .user },
            parameters: .test { $0.lowestPrivilege = .operator }
        )
        bench.connect()
        #expect(bench.error?.code == .privilegeRefused)
    }

    @Test("lives with a slow RAKP", arguments: [0.9, 1.4, 2.5])
    func slow(_ seconds: Double) {
        var bench = Bench(plan: .test { $0.rakpDelay = .seconds(1) * seconds })
        bench.connect()
        #expect(bench.isUp, "\(String(describing: bench.error))")
    }

    @Test(
        "survives the loss of any one answer",
        arguments: [
            SessionStage.probe, .open, .rakp1, .rakp3, .privilege, .owner, .activate,
        ]
    )
    func oneLoss(_ stage: SessionStage) {
        var bench = Bench(plan: .test { $0.delay = .milliseconds(1) })
        bench.losesNextIn = stage
        bench.connect()
        #expect(bench.isUp)
        #expect(bench.losesNextIn == nil)
        #expect(bench.elapsed < .seconds(4))
    }

    @Test("survives a bad network", arguments: 1...30 as ClosedRange<UInt64>)
    func badNetwork(_ seed: UInt64) {
        var bench = Bench(
            plan: .test(seed: seed) {
                $0.loss = 0.1
                $0.duplication = 0.1
                $0.late = .init(fraction: 0.1, delay: .milliseconds(700))
                $0.hostile = 0.3
            }
        )
        bench.connect()
        #expect(bench.isUp, "seed \(seed): \(String(describing: bench.error))")
    }

    @Test("ends after 40 s at the latest, whatever the BMC does", arguments: 1...10 as ClosedRange<UInt64>)
    func limit(_ seed: UInt64) {
        var bench = Bench(plan: .test(seed: seed) { $0.loss = 0.75 })
        bench.run(for: .seconds(60)) { !$0.ended.isEmpty || $0.isUp }
        #expect(bench.isUp || bench.elapsed <= .seconds(41), "seed \(seed)")
    }

    @Test("sends nothing after it was stopped", arguments: [0, 0.5, 1.5, 3])
    func stopped(_ seconds: Double) {
        var bench = Bench(plan: .test { $0.rakpDelay = .milliseconds(800) })
        bench.run(for: .seconds(1) * seconds)
        bench.stop()
        bench.run(for: .seconds(5))
        #expect(bench.ended == [nil])
        let sent = bench.sentCount
        bench.run(for: .seconds(100))
        #expect(bench.sentCount == sent)
        #expect(bench.network.bmc.activeSessionCount == 0)
    }

    @Test("takes random bytes and torn packets for what they are", arguments: 1...5 as ClosedRange<UInt64>)
    func garbage(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for stage in [SessionStage.probe, .open, .rakp1, .rakp3, .privilege, .activate, .console] {
            var bench = Bench(plan: .test(seed: seed) { $0.delay = .milliseconds(1) })
            bench.run(for: .seconds(5)) { $0.session.status.stage == stage }
            for _ in 0..<2000 {
                let count = Int(generator.next() % 80)
                var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                if generator.chance(0.7) { bytes = [6, 0, 0xff, 7, generator.chance(0.5) ? 6 : 0] + bytes }
                _ = bench.session.receive(bytes, now: bench.now)
            }
            #expect(bench.session.status.stage == stage, "seed \(seed)")
            bench.connect()
            #expect(bench.isUp, "seed \(seed), \(stage)")
        }
    }
}
