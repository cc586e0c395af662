// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Bad input gives one clear line, and nothing else suffers", .serialized, .timeLimit(.minutes(3)))
struct BadInputTests {
    private static func ipmitool(_ simulator: Simulator, _ words: [String]) async throws {
        let outcome = try await ChildProcess.run(
            "ipmitool",
            [
                "-I", "lanplus", "-C", "3", "-H", "127.0.0.1", "-p", String(simulator.port), "-U", "admin",
                "-P",
                Daemon.bmcPassword,
            ] + words
        )
        #expect(outcome.status == 0, "\(words): \(outcome.errors)")
    }

    @Test(
        "everything that can be wrong with a BMC has its stable code, once in the log, beside a console that works"
    )
    func bmcs() async throws {
        let good = try await Simulator.start("--host", "echo")
        let withKey = try await {
            let scratch = try ScratchDirectory()
            let simulator = try await Simulator.start(
                "--host",
                "echo",
                "--kg-file",
                try scratch.write("kg", "a BMC key")
            )
            return simulator
        }()
        let disabled = try await Simulator.start("--host", "echo")
        try await Self.ipmitool(disabled, ["sol", "set", "enabled", "false", "1"])
        let demanding = try await Simulator.start("--host", "echo")
        try await Self.ipmitool(demanding, ["sol", "set", "privilege-level", "admin", "1"])
        let oldSuites = try await Simulator.start("--host", "echo", "--suites", "3")
        let full = try await Simulator.start("--host", "echo", "--slots-full")
        let busy = try await Simulator.start("--host", "echo", "--payload-busy")
        let without = try await OpenIPMISimulator.start(hasSerialPort: false)
        let nobody = try Ports.free(kind: .udp)

        let scratch = try ScratchDirectory()
        try scratch.write("wrong", "not-the-password")
        let rows: [(name: String, port: Int, more: String, code: String)] = [
            ("password", good.port, ", password_file: {scratch}/wrong", "wrong-password"),
            ("user", good.port, ", user: mallory", "unknown-user"),
            ("key", withKey.port, "", "wrong-kg"),
            ("unreachable", nobody, ", timeouts: { reply: 100ms }", "no-reply"),
            ("disabled", disabled.port, "", "sol-disabled"),
            ("privilege", demanding.port, ", privilege: user", "sol-not-permitted"),
            ("cipher", oldSuites.port, ", cipher_suite: 17", "cipher-suite-refused"),
            ("slots", full.port, "", "no-session-slots"),
            ("held", busy.port, ", takeover: never", "sol-in-use"),
            ("without", without.port, ", cipher_suite: 3", "sol-unsupported"),
        ]
        var setup = Daemon.Setup(good)
        setup.peers += [withKey, disabled, demanding, oldSuites, full, busy, without]
        setup.consoles += rows.map { "{ name: \($0.name), sol: \"127.0.0.1:\($0.port)\"\($0.more) }" }
        let daemon = try await Daemon.start(setup, in: scratch)
        try await daemon.wait(for: "up")
        let alice = try await daemon.attach("sim")
        for row in rows {
            do {
                let status = try await daemon.wait(forError: row.code, of: row.name)
                #expect(status.error == row.code)
                #expect(status.lastError?.remedy.isEmpty == false && status.lastError?.stage.isEmpty == false)
                try await daemon.wait(forLog: "connect-failed error=\(row.code) ", kind: .event, of: row.name)
            } catch {
                Issue.record(error, "\(row.name)")
            }
        }
        try await alice.type("still here", await: "still here")
        let list = try await daemon.helio("list", "--json")
        for row in rows {
            let failures = daemon.log(row.name).texts(.event).filter { $0.hasPrefix("connect-failed") }
            #expect(failures.count == 1 && failures[0].contains("remedy="), "\(row.name): \(failures)")
            #expect(list.output.contains("\"\(row.code)\""), "\(row.name)")
            #expect(!daemon.logContains("not-the-password", of: row.name))
        }
        #expect(daemon.log().texts(.event).filter { $0.contains("error=") } == [])
        #expect(!daemon.diagnostics.contains("not-the-password"))
        #expect(!daemon.diagnostics.contains(Daemon.bmcPassword))
    }

    @Test(
        "a mistake in the configuration is told with its place, and the daemon does not start",
        arguments: [
            (
                "consoles: [{ name: sim, sol: \"127.0.0.1\" }]\nconsols: []\n", "2:1",
                "did you mean \"consoles\"?"
            ),
            (
                "consoles:\n  - { name: sim, sol: \"127.0.0.1\", cipher_suite: 99 }\n", "2:50",
                "is not a cipher suite"
            ),
            ("consoles:\n  - { name: sim, sol: \"127.0.0.1\", cipher_suite: 4 }\n", "2:50", "RC4"),
            ("consoles: [\n", "2:1", "not valid YAML"),
        ]
    )
    func configuration(_ text: String, place: String, says: String) async throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write("heliograph.yaml", text)
        for arguments in [["--config", path, "--check"], ["--config", path]] {
            let outcome = try await ChildProcess.run(try Programs.path("heliographd"), arguments)
            #expect(outcome.status == 65)
            #expect(outcome.errors.hasPrefix("\(path):\(place): "), "\(outcome.errors)")
            #expect(
                outcome.errors.contains(says) && outcome.errors.split(separator: "\n").count == 1,
                "\(outcome.errors)"
            )
        }
    }

    @Test("a password file readable by others is refused, the other consoles work")
    func openSecret() async throws {
        let good = try await Simulator.start(host: "echo")
        let scratch = try ScratchDirectory()
        try scratch.write("open", Daemon.bmcPassword, mode: 0o644)
        var setup = Daemon.Setup(good)
        setup.consoles.append(
            "{ name: open, sol: \"127.0.0.1:\(good.port)\", password_file: {scratch}/open }"
        )
        let daemon = try await Daemon.start(setup, in: scratch)
        try await daemon.wait(for: "up")
        let lines = daemon.diagnostics.split(separator: "\n").filter { $0.contains("console left out") }
        #expect(lines.count == 1 && lines[0].contains("chmod 0600 "), "\(daemon.diagnostics)")
        let alice = try await daemon.attach("sim")
        try await alice.type("works", await: "works")
    }

    @Test("a host key readable by others is told, and the daemon does not use it")
    func openHostKey() async throws {
        let good = try await Simulator.start(host: "echo")
        let daemon = try await Daemon.start(.init(good))
        try await daemon.wait(for: "up")
        try await daemon.stop()
        let keys = try FileManager.default.contentsOfDirectory(atPath: daemon.scratch["ssh"])
        let key = try #require(keys.first { $0.contains("ed25519") && !$0.hasSuffix(".pub") }, "\(keys)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: daemon.scratch["ssh/\(key)"]
        )
        var setup = Daemon.Setup(good)
        setup.peers = [daemon]
        let outcome = try Daemon.launch(daemon.scratch, setup)
        try await eventually("a line that names the file", evidence: { outcome.errors.text }) {
            outcome.errors.text.split(separator: "\n").contains { $0.contains(key) && $0.contains("chmod") }
        }
    }

    @Test("rubbish on the UDP sockets reaches no console")
    func udp() async throws {
        let good = try await Simulator.start(host: "echo")
        let daemon = try await Daemon.start(.init(good))
        let before = try await daemon.wait(for: "up")
        let alice = try await daemon.attach("sim")
        let ports = try Self.udpPorts(of: daemon.processID)
        #expect(!ports.isEmpty)
        // An RMCP+ header with a session that is not there, truncations of it, and noise.
        let header: [UInt8] = [0x06, 0x00, 0xFF, 0x07, 0x06, 0xC1, 1, 2, 3, 4, 0, 0, 0, 0, 0xFF, 0xFF]
        var generator = SystemRandomNumberGenerator()
        var datagrams = (0...header.count).map { Array(header.prefix($0)) }
        datagrams += (0..<500).map { _ in
            (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        for port in ports { try Datagrams.send(datagrams, toPort: port) }
        try await alice.type("untouched", await: "untouched")
        let after = try await daemon.status()
        #expect(after.session?.bmcSessionId == before.session?.bmcSessionId)
        #expect(daemon.exitStatus == nil)
        let isUndisturbed = daemon.log().texts(.event).allSatisfy { !$0.contains("error=") }
        #expect(isUndisturbed, "\(daemon.log().text)")
    }

    @Test("rubbish on the SSH port ends that connection, with one line, and no other")
    func sshPort() async throws {
        let good = try await Simulator.start(host: "echo")
        let daemon = try await Daemon.start(.init(good))
        try await daemon.wait(for: "up")
        let alice = try await daemon.attach("sim")
        let noise = String(decoding: (0..<5000).map { _ in UInt8.random(in: 32...126) }, as: UTF8.self)
        for rubbish in [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", noise, "\u{0}\u{0}\u{0}\u{1}\n", "SSH-2.0-x\r\n" + noise,
        ] {
            let before = Self.endedConnections(daemon)
            let client = try ChildProcess(
                "socat",
                ["-t", "0.1", "-", "tcp:127.0.0.1:\(daemon.sshPort)"],
                input: .pipe
            )
            client.write(rubbish)
            try await client.waitForExit()
            try await eventually("one line", evidence: { daemon.diagnostics }) {
                Self.endedConnections(daemon) == before + 1
            }
        }
        try await alice.type("untouched", await: "untouched")
        #expect(daemon.exitStatus == nil)
    }

    private static func endedConnections(_ daemon: Daemon) -> Int {
        daemon.diagnostics.split(separator: "\n").filter {
            $0.contains("SSH connection ended before login") && !$0.contains("keyscan")
        }.count
    }

    /// The UDP ports a process has open, by /proc.
    private static func udpPorts(of process: pid_t) throws -> [Int] {
        let directory = "/proc/\(process)/fd"
        let inodes = try FileManager.default.contentsOfDirectory(atPath: directory).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\($0)")
        }
        return try ["udp", "udp6"].flatMap { table in
            try ProcFile.read("/proc/\(process)/net/\(table)").split(separator: "\n")
                .dropFirst().compactMap { line -> Int? in
                    let fields = line.split(separator: " ")
                    guard fields.count > 9, inodes.contains("socket:[\(fields[9])]") else { return nil }
                    return fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
                }
        }
    }
}
