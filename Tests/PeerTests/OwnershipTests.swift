// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Who has the SOL session", .serialized, .timeLimit(.minutes(3)))
struct OwnershipTests {
    private static func ipmitool(_ simulator: Simulator, _ words: String...) async throws
        -> ChildProcess.Outcome
    {
        try await ChildProcess.run(
            "ipmitool",
            [
                "-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", String(simulator.port), "-U", "admin",
                "-P",
                Daemon.bmcPassword,
            ] + words
        )
    }

    /// ipmiconsole at a terminal; it takes the session from whoever has it.
    private static func ipmiconsole(_ simulator: Simulator) async throws -> (ChildProcess, Terminal) {
        let terminal = try Terminal()
        let console = try ChildProcess(
            "ipmiconsole",
            [
                "-h", "127.0.0.1:\(simulator.port)", "-u", "admin", "-p", Daemon.bmcPassword, "-I", "17",
                "-l", "admin",
            ],
            input: .terminal(terminal)
        )
        try await terminal.output.wait(for: "SOL established")
        return (console, terminal)
    }

    @Test("ipmiconsole takes it: the daemon says so, waits, and takes it back when somebody attaches")
    func theft() async throws {
        let simulator = try await Simulator.start(host: "login")
        let daemon = try await Daemon.start(.init(simulator))
        try await daemon.wait(for: "up")
        let (thief, terminal) = try await Self.ipmiconsole(simulator)
        let held = try await daemon.wait(for: "held")
        #expect(held.lastError?.code == "sol-stolen")
        #expect(held.lastError?.remedy.isEmpty == false)
        try await daemon.wait(forLog: "disconnected error=sol-stolen ", kind: .alert)
        #expect(daemon.log().texts(.alert).count == 1)
        terminal.type("\r")
        try await terminal.output.wait(for: "sim login: ")
        #expect(daemon.log().texts(.event).filter { $0.hasPrefix("connected ") }.count == 1, "no tug of war")

        terminal.type("&.")
        try await thief.waitForExit()
        let alice = try await daemon.attach("sim")
        try await alice.screen.wait(for: "connected to")
        try await alice.type("\r", await: "sim login: ")
    }

    @Test("ipmitool deactivates it: told apart from theft and from loss")
    func deactivated() async throws {
        let simulator = try await Simulator.start(host: "echo")
        let daemon = try await Daemon.start(.init(simulator))
        try await daemon.wait(for: "up")
        let outcome = try await Self.ipmitool(simulator, "sol", "deactivate")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try await daemon.wait(forError: "sol-deactivated")
        try await daemon.wait(forLog: "disconnected error=sol-deactivated", kind: .event)
        let alice = try await daemon.attach("sim")
        try await alice.screen.wait(for: "connected to")
        try await alice.type("here again", await: "here again")
    }

    @Test(
        "theft without a word from the BMC is noticed",
        arguments: ["bit", "request", "silent"]
    )
    func notices(_ notice: String) async throws {
        let simulator = try await Simulator.start("--host", "echo", "--theft-notice", notice)
        let daemon = try await Daemon.start(.init(simulator))
        try await daemon.wait(for: "up")
        try await simulator.command("steal 1")
        // Typing is what a silent thief is noticed by.
        if notice == "silent" { _ = try await daemon.helio("send", "sim", "anybody?") }
        try await daemon.wait(forError: "sol-stolen", within: .seconds(30))
        #expect(try await daemon.status().state == "held")
    }

    @Test(
        "the takeover policy decides about a session in use",
        arguments: [("never", false), ("if-ours", false), ("if-idle", false), ("always", true)]
    )
    func policies(_ policy: String, takes: Bool) async throws {
        let simulator = try await Simulator.start(host: "login")
        let (holder, terminal) = try await Self.ipmiconsole(simulator)
        try await Self.start(simulator, policy, takes: takes)
        if takes {
            try await terminal.output.wait(for: "stolen")
        } else {
            terminal.type("\r")
            try await terminal.output.wait(for: "sim login: ")
        }
        holder.signal(SIGKILL)
    }

    // The simulator's session of somebody else is in no list of sessions: its owner is gone.
    @Test(
        "the takeover policy decides about a session that nobody lives in",
        arguments: [("never", false), ("if-ours", false), ("if-idle", true), ("always", true)]
    )
    func policiesForTheDead(_ policy: String, takes: Bool) async throws {
        try await Self.start(
            try await Simulator.start("--host", "login", "--payload-busy"),
            policy,
            takes: takes
        )
    }

    private static func start(_ simulator: Simulator, _ policy: String, takes: Bool) async throws {
        var setup = Daemon.Setup(simulator)
        setup.profile = "privilege: administrator, takeover: \(policy)"
        let daemon = try await Daemon.start(setup)
        if takes {
            try await daemon.wait(for: "up")
            try await daemon.wait(forLog: "taking-over", kind: .alert)
        } else {
            let held = try await daemon.wait(for: "held")
            #expect(held.lastError?.code == "sol-in-use")
            #expect(held.owner?.isEmpty == false)
            try await daemon.wait(forLog: "connect-failed error=sol-in-use ", kind: .event)
        }
    }

    @Test("what a killed daemon left behind is found, closed and taken again within 10 s")
    func leftover() async throws {
        let simulator = try await Simulator.start(
            "--host",
            "login",
            "--session-timeout",
            "10m",
            "--slots",
            "2"
        )
        var setup = Daemon.Setup(simulator)
        setup.profile = "privilege: administrator, takeover: if-ours"
        let daemon = try await Daemon.start(setup)
        let before = try await daemon.wait(for: "up")
        try await daemon.kill()
        let start = ContinuousClock.now
        try await daemon.restart()
        let after = try await daemon.wait(for: "up")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(after.session?.bmcSessionId != before.session?.bmcSessionId)
        try await daemon.wait(forLog: "owner=our-own-leftover", kind: .event)
        try await daemon.wait(forLog: "took-over=", kind: .event)
        #expect(daemon.log().texts(.alert) == [])
    }
}
