// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("The daemon with OpenIPMI's ipmi_sim", .serialized, .timeLimit(.minutes(3)))
struct OpenIPMITests {
    private static func setup(_ simulator: OpenIPMISimulator, key: Bool = false) -> Daemon.Setup {
        var setup = Daemon.Setup(consoles: ["{ name: sim, sol: \"127.0.0.1:\(simulator.port)\" }"])
        setup.peers = [simulator]
        // ipmi_sim has cipher suite 3 and no list of them.
        setup.profile = "privilege: administrator, cipher_suite: 3" + (key ? ", kg_file: {scratch}/kg" : "")
        return setup
    }

    @Test(
        "carries typing and output both ways, with and without K_g",
        arguments: [nil, "Kg-is-19-bytes-long"]
    )
    func carries(key: String?) async throws {
        let simulator = try await OpenIPMISimulator.start(key: key)
        let scratch = try ScratchDirectory()
        if let key { try scratch.write("kg", key) }
        let daemon = try await Daemon.start(Self.setup(simulator, key: key != nil), in: scratch)
        let status = try await daemon.wait(for: "up")
        #expect(status.session?.cipherSuite == "3")
        let alice = try await daemon.attach("sim")
        simulator.print("\r\nHeliograph test host\r\nlogin: ")
        do {
            try await daemon.wait(forLog: "Heliograph test host")
        } catch {
            let counters = try await daemon.status().counters
            Issue.record("\(counters)\n\(simulator.diagnostics)")
            throw error
        }
        try await alice.screen.wait(for: "login: ")
        alice.type("root\r")
        try await simulator.received.wait(for: "root\r")
        simulator.print("root\r\nWelcome\r\n# ")
        try await alice.screen.wait(for: "Welcome")
        try await daemon.wait(forLog: "Welcome")
        alice.type("\u{5}cB")
        try await daemon.wait(forLog: "break-sent", kind: .event)
        try await alice.type("\u{5}c.", await: "detached from sim")
        #expect(try await alice.child.waitForExit() == 0)
        #expect(daemon.log().malformed == [])
        #expect(try await daemon.stop() == 0)
    }

    @Test("comes back after a restart of the BMC, and the log shows both")
    func restart() async throws {
        let simulator = try await OpenIPMISimulator.start()
        let daemon = try await Daemon.start(Self.setup(simulator))
        try await daemon.wait(for: "up")
        simulator.print("before\r\n")
        try await daemon.wait(forLog: "before")
        try await simulator.kill()
        try await simulator.launch()
        try await eventually("a second session", within: .seconds(40)) {
            daemon.log().texts(.event).filter { $0.hasPrefix("connected ") }.count == 2
        }
        simulator.print("after\r\n")
        try await daemon.wait(forLog: "after")
        let events = daemon.log().texts(.event)
        #expect(events.contains { $0.hasPrefix("disconnected error=") }, "\(events)")
        let words = daemon.events.filter { $0.console == "sim" }.map(\.event)
        #expect(words.filter { $0 == "up" }.count == 2, "\(words)")
    }

    // ipmi_sim drops a session after 30 s without an IPMI message, output or not.
    @Test("keeps a session alive that ipmi_sim would drop")
    func keepalive() async throws {
        let simulator = try await OpenIPMISimulator.start()
        let daemon = try await Daemon.start(Self.setup(simulator))
        let first = try await daemon.wait(for: "up")
        let start = ContinuousClock.now
        try await eventually("35 s pass without a loss", within: .seconds(50), every: .milliseconds(500)) {
            let status = try await daemon.status()
            #expect(status.state == "up")
            return ContinuousClock.now - start > .seconds(35)
        }
        simulator.print("still here\r\n")
        try await daemon.wait(forLog: "still here", within: .seconds(5))
        let last = try await daemon.status()
        #expect(last.session?.bmcSessionId == first.session?.bmcSessionId)
        #expect(
            !daemon.log().texts(.event).contains { $0.hasPrefix("disconnected ") },
            "\(daemon.log().text)"
        )
    }
}
