// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Commands through OpenSSH and helio", .serialized, .timeLimit(.minutes(3)))
struct CommandTests {
    private static func daemon(_ host: String = "echo") async throws -> (Simulator, Daemon) {
        let simulator = try await Simulator.start(host: host)
        var setup = Daemon.Setup(simulator)
        setup.users = [.alice, .bob, .carol]
        let daemon = try await Daemon.start(setup)
        try await daemon.wait(for: "up")
        return (simulator, daemon)
    }

    @Test("end with the exit status that says why")
    func exitStatus() async throws {
        let (_, daemon) = try await Self.daemon()
        let rows: [(words: [String], user: String, status: Int32, says: String)] = [
            (["list"], "alice", 0, "sim"),
            (["status", "sim"], "alice", 0, "cipher suite"),
            (["version"], "alice", 0, "heliographd"),
            (["help"], "alice", 0, "attach"),
            (["frobnicate"], "alice", 69, "frobnicate"),
            (["lst"], "alice", 64, "did you mean list"),
            (["list", "--frob"], "alice", 64, "--frob"),
            (["status"], "alice", 64, "status"),
            (["list", "'x[1-'"], "alice", 64, "x[1-"),
            (["status", "nowhere"], "alice", 69, "nowhere"),
            (["attach", "nowhere"], "alice", 69, "nowhere"),
            (["status", "sim"], "bob", 0, "cipher suite"),
            (["send", "sim", "x"], "bob", 77, "write"),
            (["break", "sim"], "bob", 77, "break"),
            (["reload"], "bob", 77, "admin"),
            (["status", "sim"], "carol", 77, "not permitted"),
            (["attach", "sim"], "carol", 77, "may not attach"),
            (["log", "sim"], "carol", 77, "not permitted"),
        ]
        for row in rows {
            let ran = try await daemon.ssh(row.words, user: row.user)
            let all = ran.output + ran.errors
            #expect(ran.status == row.status, "\(row.user): \(row.words): \(all)")
            #expect(all.contains(row.says), "\(row.user): \(row.words): \(all)")
            #expect(row.status == 0 || ran.errors.split(separator: "\n").count == 1, "\(ran.errors)")
        }
    }

    @Test("say the same at both doors")
    func bothDoors() async throws {
        let (_, daemon) = try await Self.daemon()
        let rows = [
            ["list", "--json"], ["status", "nowhere"], ["help"], ["lst"], ["log", "sim", "-n", "1"],
        ]
        for words in rows {
            let local = try await daemon.helio(words)
            let remote = try await daemon.ssh(words)
            #expect(local.status == remote.status, "\(words)")
            #expect(local.output == remote.output, "\(words)")
            #expect(local.errors == remote.errors, "\(words)")
        }
    }

    @Test("list what may be seen, as a table and as JSON")
    func list() async throws {
        let (_, daemon) = try await Self.daemon()
        let table = try await daemon.ssh(["list"])
        #expect(table.output.hasPrefix("CONSOLE") && table.output.contains("\nsim "), "\(table.output)")
        let json = try await daemon.ssh(["list", "--json"])
        let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
        #expect(rows?.count == 1)
        #expect(rows?.first?["console"] as? String == "sim")
        #expect(rows?.first?["state"] as? String == "up")
        #expect(rows?.first?["attached"] as? [String] == [])
        let nothing = try await daemon.ssh(["list", "--json"], user: "carol")
        #expect(
            nothing.status == 0 && nothing.output.split(separator: "\n").joined() == "[]",
            "\(nothing.output)"
        )
    }

    @Test("read the log: the last lines, and what comes")
    func log() async throws {
        let (_, daemon) = try await Self.daemon()
        for word in ["first", "second", "third"] {
            #expect(try await daemon.helio(["send", "sim", "\(word)\n"]).status == 0)
            try await daemon.wait(forLog: word)
        }
        let all = try await daemon.ssh(["log", "sim"])
        #expect(
            ["connected", "first", "second", "third"].allSatisfy { all.output.contains($0) },
            "\(all.output)"
        )
        let last = try await daemon.ssh(["log", "-n", "1", "sim"])
        #expect(
            last.output.hasSuffix(" | third\n") && last.output.split(separator: "\n").count == 1,
            "\(last.output)"
        )

        let following = try daemon.sshProcess(["log", "-f", "-n", "1", "sim"])
        try await following.output.wait(for: " | third\n")
        #expect(!following.output.contains("second"))
        #expect(try await daemon.helio(["send", "sim", "fourth\n"]).status == 0)
        try await following.output.wait(for: " | fourth\n")
        following.signal(SIGTERM)
        try await following.waitForExit()
        try await eventually("nobody follows any more") { try await daemon.helio(["who"]).status == 0 }
    }

    @Test("type, send a break and give the console away and back")
    func consoleCommands() async throws {
        let (simulator, daemon) = try await Self.daemon()
        #expect(try await daemon.ssh(["send", "sim", "'typed text'", "--enter"]).status == 0)
        #expect(try await daemon.ssh(["break", "sim"]).status == 0)
        try await simulator.wait(for: "text and break") { $0.inputBytes == 11 && $0.breaks == 1 }
        #expect(try await daemon.ssh(["down", "sim"]).status == 0)
        try await daemon.wait(for: "released")
        try await simulator.wait(for: "the payload to be free") { !$0.active }
        let refused = try await daemon.ssh(["send", "sim", "x"])
        #expect(refused.status == 69 && refused.errors.contains("released"), "\(refused.errors)")
        #expect(try await daemon.ssh(["up", "sim"]).status == 0)
        try await daemon.wait(for: "up")
    }

    @Test("are refused to who has no key, and forwarding to everybody")
    func refused() async throws {
        let (_, daemon) = try await Self.daemon()
        let keygen = try await ChildProcess.run(
            "ssh-keygen",
            ["-q", "-t", "ed25519", "-N", "", "-f", daemon.scratch["key-mallory"]]
        )
        #expect(keygen.status == 0)
        let stranger = try await daemon.ssh(["list"], user: "mallory")
        #expect(stranger.status == 255 && stranger.errors.contains("Permission denied"), "\(stranger.errors)")
        let wrongKey = try await daemon.ssh(
            ["list"],
            options: ["-o", "IdentityFile=none", "-i", daemon.scratch["key-mallory"], "-l", "alice"],
            key: "mallory"
        )
        #expect(wrongKey.status == 255 && wrongKey.errors.contains("Permission denied"), "\(wrongKey.errors)")

        let stdio = try await daemon.ssh([], options: ["-W", "127.0.0.1:22"])
        #expect(stdio.status == 255 && stdio.errors.contains("forwarding"), "\(stdio.errors)")
        let port = try Ports.free(kind: .tcp)
        let remote = try await daemon.ssh(
            ["list"],
            options: ["-o", "ExitOnForwardFailure=yes", "-R", "\(port):127.0.0.1:22"]
        )
        #expect(remote.status == 255 && remote.errors.contains("forwarding failed"), "\(remote.errors)")
        let local = try await daemon.ssh(["list"], options: ["-A", "-X", "-o", "ForwardX11Trusted=no"])
        #expect(local.status == 0 && local.output.contains("sim"), "\(local.errors)")
        let subsystem = try await daemon.ssh(["sftp"], options: ["-s"])
        #expect(subsystem.status == 255 || subsystem.status == 1, "\(subsystem.errors)")
    }

    @Test("take a new configuration whole, or refuse it whole")
    func reload() async throws {
        let (_, daemon) = try await Self.daemon()
        let path = daemon.scratch["heliograph.yaml"]
        let good = try String(contentsOfFile: path, encoding: .utf8)
        let before = try await daemon.status()
        try daemon.scratch.write(
            "heliograph.yaml",
            good.replacingOccurrences(of: "consoles:\n", with: "consols:\n")
        )
        let refused = try await daemon.ssh(["reload"])
        #expect(refused.status == 65, "\(refused.errors)")
        #expect(refused.errors.contains("did you mean \"consoles\"?"), "\(refused.errors)")
        try daemon.scratch.write("heliograph.yaml", good + "  - { name: second, sol: \"127.0.0.1:9\" }\n")
        let taken = try await daemon.ssh(["reload"])
        #expect(taken.status == 0 && taken.output.contains("1 added"), "\(taken.output)\(taken.errors)")
        #expect(try await daemon.ssh(["status", "second"]).status == 0)
        let after = try await daemon.status()
        #expect(after.session?.bmcSessionId == before.session?.bmcSessionId)
    }
}
