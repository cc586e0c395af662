// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("OpenSSH at a console", .serialized, .timeLimit(.minutes(3)))
struct AttachTests {
    private static func daemon(
        _ host: String = "echo",
        users: [Daemon.User] = [.alice, .bob],
        sections: String = ""
    ) async throws -> (Simulator, Daemon) {
        let simulator = try await Simulator.start(host: host)
        var setup = Daemon.Setup(simulator)
        setup.users = users
        setup.sections = sections
        let daemon = try await Daemon.start(setup)
        try await daemon.wait(for: "up")
        return (simulator, daemon)
    }

    @Test("types, sees the answer and detaches, and the log has it")
    func attaches() async throws {
        let (simulator, daemon) = try await Self.daemon("login")
        let alice = try await daemon.attach("sim")
        try await alice.type("\r", await: "sim login: ")
        try await alice.type("root\r", await: "Password: ")
        try await alice.type("secret\r", await: "# ")
        try await alice.type("echo to and fro\r", await: "\r\nto and fro\r\n")
        try await daemon.wait(forLog: "to and fro")
        try await alice.type("\u{5}c.", await: "[heliograph: detached from sim: as you asked]")
        #expect(try await alice.child.waitForExit() == 0)
        try await daemon.wait(forLog: "detach user=alice", kind: .event)
        #expect(!daemon.logContains("secret"))
        #expect(try await daemon.stop() == 0)
        try await simulator.wait(for: "a close in good order") { !$0.active }
    }

    @Test("shows the recent output to who comes later")
    func recentOutput() async throws {
        let (simulator, daemon) = try await Self.daemon()
        let sent = try await daemon.helio("send", "sim", "written before anybody came", "--enter")
        #expect(sent.status == 0, "\(sent.errors)")
        try await daemon.wait(forLog: "send user=", kind: .event)
        try await simulator.wait(for: "the text at the host") { $0.inputBytes > 20 }
        let alice = try await daemon.attach("sim")
        try await alice.screen.wait(for: "written before anybody came")
    }

    @Test("lets one write, tells the second how to, and gives the pen by force")
    func pen() async throws {
        let (_, daemon) = try await Self.daemon(users: [.alice, Daemon.User("dora", allow: "all")])
        let alice = try await daemon.attach("sim")
        #expect(alice.screen.contains("sim, read-write; nobody else here"))
        let dora = try await daemon.attach("sim", user: "dora")
        #expect(dora.screen.contains("alice has the pen (^Ecf takes it)"), "\(dora.screen.text)")
        try await dora.type("x", await: "you are a spectator: ^Eca asks for the pen, ^Ecf takes it")
        try await alice.type("mine", await: "mine")
        try await dora.screen.wait(for: "mine")
        try await dora.type("\u{5}ca", await: "alice has the pen; you stay a spectator")

        let mark = alice.screen.count
        try await dora.type("\u{5}cf", await: "you are now read-write")
        try await alice.screen.wait(for: "dora took the pen; you are a spectator now", from: mark)
        try await dora.type("yours", await: "yours")
        try await alice.screen.wait(for: "yours", from: mark)
        try await alice.type("z", await: "you are a spectator")
        try await daemon.wait(forLog: "pen user=dora request=force", kind: .event)

        let who = try await daemon.helio("who", "--json")
        #expect(
            who.output.contains("\"read-write\"") && who.output.contains("\"spectator\""),
            "\(who.output)"
        )
    }

    @Test("takes the pen on attaching, joins, and watches only")
    func modes() async throws {
        let users: [Daemon.User] = [
            .alice, Daemon.User("dora", allow: "all"), Daemon.User("eve", allow: "all"),
        ]
        let (_, daemon) = try await Self.daemon(users: users)
        let alice = try await daemon.attach("sim")
        let dora = try await daemon.attach("sim", user: "dora", options: ["--force"])
        #expect(dora.screen.contains("you took the pen"), "\(dora.screen.text)")
        try await alice.screen.wait(for: "dora took the pen")
        let eve = try await daemon.attach("sim", user: "eve", options: ["--join"])
        try await eve.type("both", await: "both")
        try await dora.type("write", await: "write")
        let watching = try await daemon.attach("sim", options: ["--read-only"])
        try await watching.type("x", await: "you are a spectator")
    }

    @Test("lets who may only attach watch, and nothing else")
    func spectator() async throws {
        let (simulator, daemon) = try await Self.daemon()
        let bob = try await daemon.attach("sim", user: "bob")
        try await bob.type("x", await: "you are a spectator")
        try await bob.type("\u{5}cf", await: "you may not take the pen here")
        try await bob.type("\u{5}cB", await: "not sent, you are a spectator")
        let report = try await simulator.report()
        #expect(report.inputBytes == 0 && report.breaks == 0)
    }

    @Test("finds its console by argument, too, and shows the list where none is named")
    func names() async throws {
        let (_, daemon) = try await Self.daemon()
        let terminal = try Terminal()
        let byName = try daemon.sshProcess(["sim"], options: ["-tt"], input: .terminal(terminal))
        try await terminal.output.wait(for: "helps]")
        terminal.type("\u{5}c.")
        try await terminal.output.wait(for: "detached from sim")
        #expect(try await byName.waitForExit() == 0)

        let other = try Terminal()
        let list = try daemon.sshProcess([], options: ["-tt"], input: .terminal(other))
        #expect(try await list.waitForExit() == 0)
        #expect(other.output.contains("CONSOLE") && other.output.contains("\nsim "), "\(other.output.text)")

        let nowhere = try await daemon.ssh(["attach", "simm"])
        #expect(nowhere.status == 69 && nowhere.errors.contains("there is no console \"simm\""))
    }

    @Test("works through helio and its socket as well")
    func helio() async throws {
        let (_, daemon) = try await Self.daemon()
        let terminal = try Terminal()
        let helio = try ChildProcess(
            try Programs.path("helio"),
            ["--socket", daemon.scratch["control.sock"], "attach", "sim"],
            input: .terminal(terminal)
        )
        try await terminal.output.wait(for: "helps]")
        let mark = terminal.output.count
        terminal.type("through the socket")
        try await terminal.output.wait(for: "through the socket", from: mark)
        terminal.type("\u{5}c.")
        try await terminal.output.wait(for: "detached from sim: as you asked")
        #expect(try await helio.waitForExit() == 0)
        try await daemon.wait(forLog: "through the socket")
    }

    @Test("says goodbye when the daemon stops, and takes up again when it is back")
    func stop() async throws {
        let (simulator, daemon) = try await Self.daemon()
        let alice = try await daemon.attach("sim")
        #expect(try await daemon.stop() == 0)
        try await alice.screen.wait(for: "heliographd is stopping")
        try await alice.child.waitForExit()
        try await simulator.wait(for: "a close in good order") { !$0.active }
        try await daemon.restart()
        try await daemon.wait(for: "up")
        let again = try await daemon.attach("sim")
        try await again.type("again", await: "again")
        #expect(daemon.log().texts(.alert) == [])
    }

    @Test("sends a break as its own packet, at its place among what is typed")
    func serialBreak() async throws {
        let (simulator, daemon) = try await Self.daemon()
        let alice = try await daemon.attach("sim")
        try await alice.type("before\u{5}cBafter", await: "before<BREAK>")
        try await alice.screen.wait(for: "after")
        #expect(alice.screen.contains("alice sends a break"))
        try await simulator.wait(for: "one break") { $0.breaks == 1 && $0.inputBytes == 11 }
        try await daemon.wait(forLog: "break user=alice", kind: .event)
        let audit = try String(contentsOfFile: daemon.logDirectory + "/audit.jsonl", encoding: .utf8)
        #expect(audit.contains("\"break\"") && audit.contains("alice"), "\(audit)")
    }

    @Test("helps, and knows who is here")
    func help() async throws {
        let (_, daemon) = try await Self.daemon()
        let alice = try await daemon.attach("sim")
        try await alice.type("\u{5}c?", await: "detach")
        try await alice.screen.wait(for: "^Ec")
        try await alice.type("\u{5}cw", await: "USER")
        try await alice.type("\u{5}ci", await: "cipher suite")
        try await alice.type("\u{5}c\u{5}x", await: "x")
    }

    @Test(
        "obeys the preset the user likes",
        arguments: [
            ("conman", "&.", "&"), ("ssh", "\r~.", "~"), ("telnet", "\u{1D}.", "^]"),
        ]
    )
    func presets(_ preset: String, detach: String, name: String) async throws {
        let users = [Daemon.User("alice", allow: "all", more: "escape: \(preset)"), .bob]
        let (_, daemon) = try await Self.daemon(users: users)
        let alice = try await daemon.attach("sim")
        #expect(alice.screen.contains("escape \(name): \(name). detaches"), "\(alice.screen.text)")
        try await alice.type("conserver's is no escape here: \u{5}c?", await: "here: \u{5}c?")
        // OpenSSH's own escape is the same: off, as the manual says.
        try await alice.type(detach, await: "detached from sim")
        #expect(try await alice.child.waitForExit() == 0)
        let bob = try await daemon.attach("sim", user: "bob")
        #expect(bob.screen.contains("escape ^Ec:"))
    }

    @Test("a paste of 100 KB arrives complete and in order at a BMC that takes a few bytes at a time")
    func paste() async throws {
        let simulator = try await Simulator.start("--host", "silent", "--accept", "24")
        let daemon = try await Daemon.start(.init(simulator))
        try await daemon.wait(for: "up")
        let alice = try await daemon.attach("sim")
        let line = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!\r"
        let text = Array((1...1600).flatMap { Array("\($0) \(line)".utf8) }.prefix(100 * 1024))
        alice.terminal.paste(text)
        let reports = try await simulator.wait(for: "all of it", within: .seconds(60)) {
            $0.inputBytes >= UInt64(text.count)
        }
        #expect(reports.first?.inputBytes == UInt64(text.count))
        #expect(reports.first?.inputCrc32 == crc32(text))
    }

    @Test("a frozen client stalls nobody, sees how much it missed, and the log is complete")
    func frozen() async throws {
        let simulator = try await Simulator.start("--host", "login", "--rate", "6000000")
        var setup = Daemon.Setup(simulator)
        setup.users = [.alice, .bob]
        let daemon = try await Daemon.start(setup)
        try await daemon.wait(for: "up")
        let alice = try await daemon.attach("sim")
        try await alice.type("\r", await: "sim login: ")
        try await alice.type("root\r", await: "Password: ")
        try await alice.type("x\r", await: "# ")
        let bob = try await daemon.attach("sim", user: "bob")
        bob.child.signal(SIGSTOP)
        // More than the client's window, sockets and the daemon hold for one operator.
        let count = 36_000
        let mark = alice.screen.count
        try await alice.type("flood \(count)\r", await: "\r\nroot@sim", within: .seconds(60))
        try await alice.type("echo done\r", await: "\r\ndone\r\n")
        let isUnaffected = !alice.screen.contains("skipped]", from: mark)
        #expect(isUnaffected)
        bob.child.signal(SIGCONT)
        try await bob.screen.wait(for: "bytes skipped]")
        try await bob.screen.wait(for: "\r\ndone\r\n")
        try await daemon.wait(forLog: "done")
        let flood = daemon.log().lines.filter { $0.hasPrefix("sim 0") }
        #expect(LoadLines().problem(in: flood, count: count) == nil)
        let skipped = bob.screen.text.split(separator: "\r\n").filter { $0.hasSuffix("bytes skipped]") }
        #expect(skipped.allSatisfy { $0.hasPrefix("[heliograph: ") }, "\(skipped)")
    }
}
