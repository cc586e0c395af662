// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The real `heliographd` in a scratch directory, and everything that talks to it.
package final class Daemon: Sendable {
    /// Somebody who may log in.
    package struct User: Sendable {
        package var name: String
        /// The permissions on every console, as in `access`; empty: none.
        package var allow: String
        /// More of the user's entry, as in `users`: `escape: conman`.
        package var more: String

        package init(_ name: String, allow: String, more: String = "") {
            self.name = name
            self.allow = allow
            self.more = more
        }

        package static let alice = User("alice", allow: "all")
        package static let bob = User("bob", allow: "attach")
        package static let carol = User("carol", allow: "")
    }

    /// What stands in heliograph.yaml. In all texts `{scratch}` is the scratch directory.
    package struct Setup: Sendable {
        /// The entries of `consoles`: `{ name: sim, sol: "127.0.0.1:9001" }`.
        package var consoles: [String]
        /// The default profile's values beside user and password.
        package var profile = "privilege: administrator"
        package var bmcUser = "admin"
        package var users: [User] = [.alice]
        /// More of the sections: `defaults: { escape: telnet }`.
        package var sections = ""
        /// More of the `ssh` section.
        package var ssh = ""
        /// The `logs` section's values beside the directories.
        package var logs = "reserve: 1MiB"
        package var logDirectory = "{scratch}/log"
        package var arguments = ["--logins-per-second", "0"]
        /// What has to live as long as the daemon.
        package var peers: [any Sendable] = []
        /// Words in front of the daemon's command line: `unshare -m`.
        package var wrapper: [String] = []

        package init(consoles: [String]) { self.consoles = consoles }

        /// The consoles of a simulator, under the names it gives to its machines.
        package init(_ simulator: Simulator) {
            let first = simulator.port
            let last = first + simulator.count - 1
            let digits = String(simulator.count).count
            let from = String(repeating: "0", count: digits - 1) + "1"
            self.init(consoles: [
                simulator.count == 1
                    ? "{ name: sim, sol: \"127.0.0.1:\(first)\" }"
                    : "{ name: \"sim[\(from)-\(simulator.count)]\", sol: \"127.0.0.1:[\(first)-\(last)]\" }"
            ])
            self.peers = [simulator]
        }
    }

    /// The BMCs' password, unless a test says otherwise.
    package static let bmcPassword = "Heliograph-Pw1"

    package let scratch: ScratchDirectory
    package let sshPort: Int
    private let setup: Setup
    private let process: Locked<ChildProcess>

    private init(_ scratch: ScratchDirectory, sshPort: Int, _ setup: Setup, _ process: ChildProcess) {
        self.scratch = scratch
        self.sshPort = sshPort
        self.setup = setup
        self.process = Locked(process)
    }

    deinit { self.child.end() }

    /// Writes the configuration, starts the daemon and waits until both doors are open.
    package static func start(_ setup: Setup, in scratch: ScratchDirectory? = nil) async throws -> Daemon {
        let scratch = try scratch ?? ScratchDirectory()
        for user in setup.users {
            let keygen = try await ChildProcess.run(
                "ssh-keygen",
                ["-q", "-t", "ed25519", "-N", "", "-C", user.name, "-f", scratch["key-\(user.name)"]]
            )
            guard keygen.status == 0 else { throw ChildProcess.Failure(description: keygen.errors) }
        }
        let port = try Ports.free(kind: .tcp)
        try Self.configure(scratch, port: port, setup)
        let daemon = Daemon(scratch, sshPort: port, setup, try Self.launch(scratch, setup))
        try await daemon.waitUntilOpen()
        return daemon
    }

    /// Writes heliograph.yaml and what it refers to.
    package static func configure(_ scratch: ScratchDirectory, port: Int, _ setup: Setup) throws {
        if access(scratch["bmc-password"], F_OK) != 0 { try scratch.write("bmc-password", Self.bmcPassword) }
        let users = setup.users.map { user in
            "  - { name: \(user.name), keys_file: {scratch}/key-\(user.name).pub"
                + (user.more.isEmpty ? "" : ", \(user.more)") + " }"
        }
        let access = setup.users.filter { !$0.allow.isEmpty }.map {
            "  - { who: [\($0.name)], consoles: \"*\", allow: [\($0.allow)] }"
        }
        let lines =
            [
                "ssh: { listen: [\"127.0.0.1:\(port)\"], host_keys: {scratch}/ssh"
                    + (setup.ssh.isEmpty ? "" : ", \(setup.ssh)") + " }",
                "control: { socket: {scratch}/control.sock }",
                "logs:", "  directory: \(setup.logDirectory)", "  \(setup.logs)",
                "  recorder: { directory: {scratch}/recorder }",
                "bmc_profiles:",
                "  default: { user: \(setup.bmcUser), password_file: {scratch}/bmc-password, \(setup.profile) }",
                "users:",
            ] + users + ["access:"] + access + [setup.sections, "consoles:"]
            + setup.consoles.map { "  - \($0)" }
        let text = lines.joined(separator: "\n").replacingOccurrences(of: "{scratch}", with: scratch.path)
        try scratch.write("heliograph.yaml", text + "\n")
    }

    /// Starts the program, and does not wait for anything.
    package static func launch(_ scratch: ScratchDirectory, _ setup: Setup) throws -> ChildProcess {
        let words =
            setup.wrapper + [try Programs.path("heliographd"), "--config", scratch["heliograph.yaml"]]
            + setup.arguments
        return try ChildProcess(words[0], Array(words.dropFirst()), directory: scratch.path)
    }

    private func waitUntilOpen() async throws {
        // The socket of a killed daemon is still there, so somebody has to answer.
        try await eventually("heliographd answers", every: .milliseconds(50), evidence: { self.diagnostics })
        {
            if let status = self.exitStatus {
                throw ChildProcess.Failure(
                    description: "heliographd ended with \(status): \(self.diagnostics)"
                )
            }
            return try await self.helio("version").status == 0 && access(self.scratch["ssh"], F_OK) == 0
        }
        try await eventually("the SSH door is open", every: .milliseconds(50), evidence: { self.diagnostics })
        {
            try await self.showsHostKey()
        }
    }

    private func showsHostKey() async throws -> Bool {
        let outcome = try await ChildProcess.run(
            "ssh-keyscan",
            ["-T", "5", "-p", String(self.sshPort), "-t", "ed25519", "127.0.0.1"]
        )
        return outcome.output.contains("ssh-ed25519")
    }
}

// MARK: - Life

extension Daemon {
    private var child: ChildProcess { self.process.withLock { $0 } }
    package var processID: pid_t { self.child.processID }
    package var exitStatus: Int32? { self.child.exitStatus }
    /// What it wrote to standard error.
    package var diagnostics: String { self.child.errors.text }

    /// The log directory as this process sees it; the daemon may have mounts of its own.
    package var logDirectory: String {
        let path = self.setup.logDirectory.replacingOccurrences(of: "{scratch}", with: self.scratch.path)
        return self.setup.wrapper.isEmpty ? path : "/proc/\(self.processID)/root\(path)"
    }

    package func signal(_ number: Int32) { self.child.signal(number) }

    /// Ends it in good order.
    @discardableResult
    package func stop() async throws -> Int32 {
        self.signal(SIGTERM)
        return try await self.child.waitForExit()
    }

    /// Ends it as a crash would.
    package func kill() async throws {
        self.signal(SIGKILL)
        try await self.child.waitForExit()
    }

    /// Starts it again after `stop` or `kill`, on the same configuration and state.
    package func restart() async throws {
        let child = try Self.launch(self.scratch, self.setup)
        self.process.withLock { $0 = child }
        try await self.waitUntilOpen()
    }
}

// MARK: - Doors

extension Daemon {
    /// Runs `helio VERB ...` to its end.
    package func helio(_ words: [String]) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            try Programs.path("helio"),
            ["--socket", self.scratch["control.sock"]] + words
        )
    }

    package func helio(_ words: String...) async throws -> ChildProcess.Outcome {
        try await self.helio(words)
    }

    /// The options that every ssh gets.
    private func sshOptions(key: String) -> [String] {
        let settings = [
            "UserKnownHostsFile=\(self.scratch["known_hosts"])", "StrictHostKeyChecking=accept-new",
            "IdentitiesOnly=yes", "BatchMode=yes", "ConnectTimeout=15", "LogLevel=ERROR", "EscapeChar=none",
        ]
        return ["-F", "/dev/null", "-i", self.scratch["key-\(key)"], "-p", String(self.sshPort)]
            + settings.flatMap { ["-o", $0] }
    }

    /// Starts `ssh HOST VERB ...`.
    package func sshProcess(
        _ words: [String],
        user: String = "alice",
        options: [String] = [],
        key: String? = nil,
        input: ChildProcess.Input = .nothing
    ) throws -> ChildProcess {
        try ChildProcess(
            "ssh",
            self.sshOptions(key: key ?? user) + options + ["\(user)@127.0.0.1"] + words,
            input: input
        )
    }

    /// Runs `ssh HOST VERB ...` to its end.
    package func ssh(
        _ words: [String],
        user: String = "alice",
        options: [String] = [],
        key: String? = nil
    ) async throws -> ChildProcess.Outcome {
        let child = try self.sshProcess(words, user: user, options: options, key: key)
        let status = try await child.waitForExit()
        return ChildProcess.Outcome(status: status, output: child.output.text, errors: child.errors.text)
    }

    /// Attaches with OpenSSH on a terminal and waits for the banner.
    package func attach(
        _ console: String,
        user: String = "alice",
        options: [String] = []
    ) async throws -> Operator {
        let terminal = try Terminal()
        let place =
            options.isEmpty
            ? ["\(user):\(console)@127.0.0.1"] : ["\(user)@127.0.0.1", "attach", console] + options
        let child = try ChildProcess(
            "ssh",
            self.sshOptions(key: user) + ["-tt"] + place,
            input: .terminal(terminal)
        )
        let attached = Operator(child: child, terminal: terminal, daemon: self)
        try await terminal.output.wait(for: "[heliograph: \(console), ")
        try await terminal.output.wait(for: "helps]")
        return attached
    }
}

/// Somebody at a console through OpenSSH.
package struct Operator: Sendable {
    package let child: ChildProcess
    package let terminal: Terminal
    /// Lives as long as somebody is attached.
    private let daemon: Daemon

    fileprivate init(child: ChildProcess, terminal: Terminal, daemon: Daemon) {
        self.child = child
        self.terminal = terminal
        self.daemon = daemon
    }

    package var screen: ByteCollector { self.terminal.output }

    package func type(_ text: String) { self.terminal.type(text) }

    /// Types something and waits for an answer that comes after it.
    package func type(_ text: String, await answer: String, within limit: Duration = patience) async throws {
        let mark = self.screen.count
        self.terminal.type(text)
        try await self.screen.wait(for: answer, from: mark, within: limit)
    }
}
