// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@Suite("Log-in to a simulated BMC")
struct LoginTests {
    @Test("works with every cipher suite", arguments: CipherSuite.all.filter { $0.id != 0 })
    func suites(_ suite: CipherSuite) throws {
        var console = MiniConsole()
        try console.logIn(suite: suite)
        try console.activate(suite: suite)
        try console.type("hello")
        #expect(console.text == "hello")
    }

    @Test("without a password needs suite 0 in the configuration")
    func suite0() throws {
        var console = MiniConsole()
        #expect(throws: MiniConsole.Failure.refused(.invalidAuthenticationAlgorithm, "open session")) {
            try console.logIn(suite: .suite0)
        }
        var configuration = BMCConfiguration.demonstration(name: "open")
        configuration.cipherSuites = [.suite0]
        console = MiniConsole(configuration)
        try console.logIn(password: "anything", suite: .suite0)
        #expect(console.network.bmc.activeSessionCount == 1)
    }

    @Test("refuses algorithms it was not given")
    func refusedSuite() throws {
        var configuration = BMCConfiguration.demonstration(name: "sim")
        configuration.cipherSuites = [.suite17]
        var console = MiniConsole(configuration)
        #expect(throws: MiniConsole.Failure.refused(.invalidAuthenticationAlgorithm, "open session")) {
            try console.logIn(suite: .suite3)
        }
        try console.logIn(suite: .suite17)
    }

    @Test("proves another password when the console's is wrong")
    func wrongPassword() {
        var console = MiniConsole()
        #expect(throws: MiniConsole.Failure.badDigest("RAKP 2")) { try console.logIn(password: "wrong") }
        #expect(console.network.bmc.activeSessionCount == 0)
    }

    @Test("with the wrong-password fault fails for the right password, too")
    func wrongPasswordFault() throws {
        var plan = FaultPlan()
        plan.passwordIsWrong = true
        var console = MiniConsole(plan: plan)
        #expect(throws: MiniConsole.Failure.badDigest("RAKP 2")) { try console.logIn() }
        console.network.link.plan.passwordIsWrong = false
        try console.logIn()
    }

    @Test("refuses an unknown user, with or without the console's tag", arguments: [false, true])
    func unknownUser(isAnonymous: Bool) {
        var configuration = BMCConfiguration.demonstration(name: "sim")
        configuration.refusesAnonymously = isAnonymous
        var console = MiniConsole(configuration)
        #expect(throws: MiniConsole.Failure.refused(.unauthorisedName, "RAKP 1")) {
            try console.logIn(user: "nobody")
        }
    }

    @Test("refuses a role above the user's")
    func role() throws {
        let user = BMCUser(name: "guest", password: try BMCPassword("guest"), maximumPrivilege: .operator)
        var console = MiniConsole(BMCConfiguration(name: "sim", users: [user]))
        #expect(throws: MiniConsole.Failure.refused(.unauthorisedRole, "RAKP 1")) {
            try console.logIn(user: "guest", password: "guest", privilege: .administrator)
        }
        try console.logIn(user: "guest", password: "guest", privilege: .operator)
        #expect(throws: MiniConsole.Failure.completion(CompletionCode(rawValue: 0x81))) {
            try console.command(SetSessionPrivilegeLevel.self, .init(privilege: .administrator))
        }
    }

    @Test("needs K_g where one is set, and says so in RAKP 4", arguments: [CipherSuite.suite3, .suite17])
    func bmcKey(_ suite: CipherSuite) throws {
        let key = try BMCKey(text: "Twenty-byte-K_g-key!")
        var configuration = BMCConfiguration.demonstration(name: "sim")
        configuration.bmcKey = key
        var console = MiniConsole(configuration)
        #expect(throws: MiniConsole.Failure.badDigest("RAKP 4")) { try console.logIn(suite: suite) }
        try console.logIn(bmcKey: key, suite: suite)
        #expect(try console.command(GetDeviceID.self, NoData()).ipmiVersion == 0x02)
    }

    @Test("finds no slot when all are taken, and again when a log-in timed out")
    func slots() throws {
        var configuration = BMCConfiguration.demonstration(name: "sim")
        configuration.sessionSlots = 2
        var console = MiniConsole(configuration)
        try console.logIn()
        try console.logIn()
        #expect(throws: MiniConsole.Failure.refused(.insufficientResources, "open session")) {
            try console.logIn()
        }
        _ = console.network.advance(by: .seconds(61))
        try console.logIn()
        #expect(console.network.bmc.statistics.sessionsTimedOut == 2)
    }

    @Test("finds no slot under the slots-full fault")
    func slotsFull() {
        var plan = FaultPlan()
        plan.slotsAreFull = true
        var console = MiniConsole(plan: plan)
        #expect(throws: MiniConsole.Failure.refused(.insufficientResources, "open session")) {
            try console.logIn()
        }
    }

    @Test("takes as long as the plan says")
    func slowRAKP() throws {
        var plan = FaultPlan()
        plan.rakpDelay = .seconds(2)
        var console = MiniConsole(plan: plan)
        #expect(throws: MiniConsole.Failure.noAnswer("RAKP 1")) {
            try console.logIn(waiting: .milliseconds(1900))
        }
        var patient = MiniConsole(plan: plan)
        try patient.logIn(waiting: .seconds(2))
        #expect(patient.network.bmc.activeSessionCount == 1)
    }

    @Test("answers a ping, capabilities, cipher suites and GUID before a session")
    func beforeSession() throws {
        var network = VirtualNetwork(.demonstration(name: "sim"), host: EchoHost())
        let pong = try #require(network.send(ASFPresencePing(tag: 7).encoded()).first)
        #expect(try ASFPresencePong(decoding: pong.datagram).tag == 7)
        #expect(network.send(ASFPresencePing(tag: 0xFF).encoded()).isEmpty)

        func ask(_ request: IPMIRequest) throws -> IPMIResponse {
            let arrival = try #require(network.send(IPMI15Packet(request.encoded()).encoded()).first)
            let packet = try IPMI15Packet(decoding: arrival.datagram)
            guard case .response(let response) = try IPMIMessage(decoding: packet.message) else {
                throw MiniConsole.Failure.noAnswer("\(request.command)")
            }
            return response
        }
        let capabilities = try ask(
            IPMIRequest(
                GetChannelAuthenticationCapabilities.self,
                .init(privilege: .administrator),
                sequence: 1
            )
        ).decode(GetChannelAuthenticationCapabilities.self)
        #expect(capabilities.supportsIPMI20)
        var list = CipherSuiteList()
        for index in UInt8(0)..<8 {
            let page = try ask(IPMIRequest(GetChannelCipherSuites.self, .init(index: index), sequence: 2))
            guard list.append(try page.decode(GetChannelCipherSuites.self)) else { break }
        }
        #expect(list.records.map(\.id) == [1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17])
        #expect(
            try ask(IPMIRequest(GetDeviceID.self, NoData(), sequence: 3)).completion == .insufficientPrivilege
        )
        #expect(try ask(IPMIRequest(CommandID(.application, 0x37), data: [], sequence: 4)).data.count == 16)
    }

    @Test("survives each truncation of every packet, altered bytes and rubbish")
    func rubbish() throws {
        var console = MiniConsole()
        try console.logIn()
        try console.activate()
        let open = OpenSessionRequest(tag: 1, privilege: .user, remoteConsoleSessionID: 5, suite: .suite3)
        let samples: [[UInt8]] = [
            ASFPresencePing(tag: 1).encoded(),
            IPMI15Packet(
                IPMIRequest(GetChannelAuthenticationCapabilities.self, .init(privilege: .user), sequence: 1)
                    .encoded()
            ).encoded(),
            RMCPPlusPacket(.openSessionRequest, open.encoded()).encoded(),
            RMCPPlusPacket(.sol, [1, 0, 0, 0, 65][...], sessionID: console.bmcSessionID, sequence: 9)
                .encoded(),
        ]
        var generator = SeededGenerator(seed: 4)
        for sample in samples {
            for length in sample.indices { try console.sendRaw(Array(sample[..<length])) }
            for _ in 0..<200 {
                var altered = sample
                altered[Int(generator.next() % UInt64(altered.count))] = UInt8(
                    truncatingIfNeeded: generator.next()
                )
                try console.sendRaw(altered)
            }
        }
        for _ in 0..<500 {
            let count = Int(generator.next() % 300)
            try console.sendRaw((0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        }
        try console.type("still here")
        #expect(console.text == "still here")
        #expect(console.network.bmc.statistics.badDatagrams > 500)
    }
}
