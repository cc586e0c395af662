// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An OpenSSH client attached to a console, with pipes for a terminal.
final class Keyboard {
    var commandLine: String { self.ssh.commandLine }
    /// So much silence says that the greeting is over.
    static let quiet: Duration = .milliseconds(300)
    private let ssh: Program

    init(_ server: Heliograph, console: String) throws {
        self.ssh = try Program(
            "/usr/bin/ssh",
            [
                "-F", "none", "-tt", "-e", "none", "-i", "\(server.directory.path)/key",
                "-p", "\(server.sshPort)", "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                // Newer clients send keystrokes on a beat of 20 ms only.
                "-o", "IgnoreUnknown=ObscureKeystrokeTiming", "-o", "ObscureKeystrokeTiming=no",
                "bench:\(console)@127.0.0.1",
            ],
            errors: server.directory.appendingPathComponent("ssh.txt")
        )
        try self.awaitGreeting()
    }

    deinit { self.ssh.stop() }

    /// Waits until something was said, and then nothing for a while.
    private func awaitGreeting() throws {
        var greeting: [UInt8] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            guard let more = self.ssh.bytes(within: Self.quiet) else { break }
            if more.isEmpty, !greeting.isEmpty { return }
            greeting += more
        }
        try self.ssh.check()
        throw BenchError("\(self.commandLine): no greeting")
    }

    /// Types letters, each 10 ms after the echo of the one before, and returns the seconds each took.
    func type(_ count: Int) throws -> [Double] {
        try (0..<count).map { number in
            let letter = UInt8(ascii: "a") + UInt8(number % 26)
            let start = ContinuousClock.now
            self.ssh.write([letter])
            var echo: [UInt8] = []
            while !echo.contains(letter) {
                guard let more = self.ssh.bytes(within: .seconds(5)), !more.isEmpty else {
                    throw BenchError("\(self.commandLine): no echo of keystroke \(number + 1)")
                }
                echo += more
            }
            let seconds = start.duration(to: .now).seconds
            pause(.milliseconds(10))
            return seconds
        }
    }
}
