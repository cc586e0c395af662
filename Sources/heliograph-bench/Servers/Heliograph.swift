// SPDX-License-Identifier: Apache-2.0

import Foundation

/// heliographd with its defaults: text logs and the recorder.
final class Heliograph: ConsoleServer {
    static let name = "heliographd"

    let program: Program
    let logs: LogDirectory
    /// Where the operator's key is.
    let directory: URL
    let sshPort: Int

    init(_ bench: Workbench, hosts: [SimulatedHost], in directory: URL) throws {
        self.directory = directory
        self.sshPort = 20_000 + Int(ProcessInfo.processInfo.processIdentifier) % 10_000
        let configuration = directory.appendingPathComponent("heliograph.yaml")
        try Self.configuration(bench, hosts, directory, sshPort: self.sshPort)
            .write(to: configuration, atomically: true, encoding: .utf8)
        self.logs = LogDirectory(directory.appendingPathComponent("log/console"), format: .heliograph)
        self.program = try Program(
            bench.program("heliographd"),
            ["--config", configuration.path, "--logins-per-second", "0"] + bench.daemonOptions,
            errors: directory.appendingPathComponent("heliographd.txt")
        )
    }

    /// Lets a daemon make the host keys, so that no other has to while it is measured.
    static func makeHostKeys(_ bench: Workbench) throws {
        try bench.withDirectory { directory in
            let server = try Heliograph(bench, hosts: [], in: directory)
            let last = bench.hostKeys.appendingPathComponent("ssh_host_rsa_key.pub").path
            let deadline = ContinuousClock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: last) {
                try server.program.check()
                guard ContinuousClock.now < deadline else { throw BenchError("no host keys after a minute") }
                pause(.milliseconds(100))
            }
            server.program.stop()
        }
    }

    private static func configuration(
        _ bench: Workbench,
        _ hosts: [SimulatedHost],
        _ directory: URL,
        sshPort: Int
    ) throws -> String {
        let password = directory.appendingPathComponent("bmc-password")
        try Simulator.password.write(to: password, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: password.path)
        let key = directory.appendingPathComponent("key")
        let keygen = try Program(
            "/usr/bin/ssh-keygen",
            ["-q", "-t", "ed25519", "-N", "", "-f", key.path],
            errors: directory.appendingPathComponent("keygen.txt")
        )
        while keygen.bytes(within: .seconds(10)) != nil {}
        keygen.stop()
        let consoles = hosts.map { "  - { name: \($0.name), sol: \"\($0.address):\($0.port)\" }\n" }
        return """
            ssh: { listen: ["127.0.0.1:\(sshPort)"], host_keys: \(bench.hostKeys.path) }
            control: { socket: \(directory.path)/control.sock }
            logs:
              directory: \(directory.path)/log
              reserve: 1MiB
              recorder: { directory: \(directory.path)/recorder }
            users:
              - { name: bench, keys_file: \(key.path).pub }
            access:
              - { who: [bench], consoles: "*", allow: [all] }
            bmc_profiles:
              default: { user: admin, password_file: \(password.path), privilege: administrator, \
            cipher_suite: \(bench.cipherSuite) }
            consoles:\(hosts.isEmpty ? " []" : "")

            """ + consoles.joined()
    }
}
