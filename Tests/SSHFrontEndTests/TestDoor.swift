// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import OperatorSession
import Testing

@testable import SSHFrontEnd

/// Keys and passwords of a test's users.
struct StubAuthenticator: SSHAuthenticator {
    var methods: Set<SSHAuthenticationMethod> = [.publickey]
    var keys: [String: [AuthorizedKey]] = [:]
    var hashes: [String: String] = [:]

    func keys(for user: String) -> [AuthorizedKey] { self.keys[user] ?? [] }
    func passwordHash(for user: String) -> String? { self.hashes[user] }
}

/// Keeps what the door logs.
struct CollectingLogHandler: LogHandler {
    let lines: Collector
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = self.metadata.merging(event.metadata ?? [:]) { $1 }
        let data = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        self.lines.append("\(event.level) \(event.message) \(data)\n")
    }
}

/// A door on a free port of the loopback, with a user `alice` who has the key `key`, and real clients for it.
final class TestDoor {
    let directory: ScratchDirectory
    let frontEnd: SSHFrontEnd
    let gateway = StubGateway()
    let log = Collector()
    let port: UInt16

    init(
        keyOptions: String = "",
        limits: SSHLimits = SSHLimits(),
        adjust: (inout SSHFrontEndConfiguration, inout StubAuthenticator, String) throws -> Void = {
            _,
            _,
            _ in
        }
    ) throws {
        let directory = try ScratchDirectory()
        self.directory = directory
        try Self.makeKey(directory.path + "/key")
        let line = try String(contentsOfFile: directory.path + "/key.pub", encoding: .utf8)
        var authenticator = StubAuthenticator()
        let key = try AuthorizedKey(parsing: (keyOptions.isEmpty ? "" : keyOptions + " ") + line)
        authenticator.keys["alice"] = [key]
        var configuration = SSHFrontEndConfiguration(
            listen: [ListenAddress(host: "127.0.0.1", port: 0)],
            hostKeyDirectory: directory.path + "/ssh",
            limits: limits
        )
        try adjust(&configuration, &authenticator, directory.path)
        try Self.layOutHostKeys(configuration.hostKeyDirectory)
        let lines = self.log
        self.frontEnd = SSHFrontEnd(
            configuration: configuration,
            authenticator: authenticator,
            gateway: self.gateway,
            logger: Logger(label: "test") { _ in CollectingLogHandler(lines: lines) }
        )
        try self.frontEnd.start()
        self.port = try #require(self.frontEnd.boundAddresses.first).port
    }

    deinit {
        self.frontEnd.stop(message: "the test is over", within: .seconds(1))
    }

    /// Host keys made once for all doors: an RSA key takes seconds.
    private static let hostKeys = Result {
        let directory = try ScratchDirectory()
        let store = try HostKeyStore(directory: directory.path + "/ssh")
        for kind in HostKeyStore.Kind.allCases { _ = try store.make(kind) }
        return directory
    }

    private static func layOutHostKeys(_ path: String) throws {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: path) else { return }
        try manager.copyItem(atPath: try self.hostKeys.get().path + "/ssh", toPath: path)
    }

    static func makeKey(_ path: String, type: String = "ed25519", _ more: [String] = []) throws {
        let child = try Child("/usr/bin/ssh-keygen", ["-q", "-t", type, "-N", "", "-f", path] + more)
        try #require(child.exitStatus() == 0)
    }

    /// What every client is told: this door, its key, no other configuration.
    func arguments(user: String, key: String? = "key", _ options: [String]) -> [String] {
        var arguments = [
            "-F", "none", "-p", "\(self.port)", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=\(self.directory.path)/known_hosts", "-o", "LogLevel=ERROR", "-o",
            "IdentitiesOnly=yes",
        ]
        if let key {
            arguments += ["-i", "\(self.directory.path)/\(key)", "-o", "PreferredAuthentications=publickey"]
        }
        // The first value of an option counts, so the test's own come first.
        return options + arguments + ["-l", user, "127.0.0.1"]
    }

    /// Starts `ssh` with options and a command.
    func ssh(
        _ command: [String] = [],
        user: String = "alice",
        key: String? = "key",
        options: [String] = [],
        terminal: PseudoTerminal? = nil
    ) throws -> Child {
        try Child(
            "/usr/bin/ssh",
            self.arguments(user: user, key: key, options) + command,
            environment: ["HOME": self.directory.path, "TERM": "vt220"],
            terminal: terminal?.terminal
        )
    }

    /// Starts `ssh` under `sshpass`, with password or keyboard-interactive.
    func ssh(_ command: [String], user: String, password: String, method: String) throws -> Child {
        let options = ["-o", "PreferredAuthentications=\(method)", "-o", "NumberOfPasswordPrompts=1"]
        return try Child(
            "/usr/bin/sshpass",
            ["-p", password, "/usr/bin/ssh"] + self.arguments(user: user, key: nil, options) + command,
            environment: ["HOME": self.directory.path]
        )
    }

    /// A bare TCP connection to the door.
    func connect() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = self.port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        return descriptor
    }
}

/// This process's open ends of connections to a port it listens at; other tests' sockets do not count.
func openSockets(onPort port: UInt16) -> Int {
    let manager = FileManager.default
    let descriptors = (try? manager.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    let ours = Set(
        descriptors.compactMap { try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0) }
    )
    let digits = String(port, radix: 16)
    let suffix = ":" + String(repeating: "0", count: 4 - digits.count) + digits
    let table = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].map {
        (try? String(contentsOfFile: $0, encoding: .utf8)) ?? ""
    }
    return table.joined().split(separator: "\n").count { line in
        let fields = line.split(separator: " ")
        // Local address, state (0A: listening) and inode, see proc(5).
        return fields.count > 9 && fields[1].lowercased().hasSuffix(suffix) && fields[3] != "0A"
            && ours.contains("socket:[\(fields[9])]")
    }
}
