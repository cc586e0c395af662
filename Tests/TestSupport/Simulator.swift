// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `heliograph-bmcsim` in a process of its own, on ports that are free.
package final class Simulator: Sendable {
    /// One BMC's line of the statistics file, as far as tests look at it.
    package struct Report: Decodable, Sendable {
        package struct Ranges: Decodable, Sendable {
            package var bytes: UInt64
            package var truncated: Bool
            package var ranges: [[UInt64]]
        }

        package var name: String
        package var active: Bool
        package var producedBytes: UInt64
        package var acknowledgedBytes: UInt64
        package var lastLine: Int
        package var lineWidth: Int
        package var overrunBytes: UInt64
        package var lostDatagrams: UInt64
        package var badDatagrams: UInt64
        package var inputBytes: UInt64
        package var inputCrc32: UInt32
        package var breaks: Int
        package var sessionsOpened: Int
        package var activations: Int
        package var reboots: Int
        package var solRetransmissions: UInt64
        package var neverSent: Ranges
        package var unacknowledged: Ranges
    }

    package let count: Int
    /// The UDP port of the first BMC; the others follow.
    package let port: Int
    private let child: ChildProcess
    private let scratch: ScratchDirectory

    private init(count: Int, port: Int, child: ChildProcess, scratch: ScratchDirectory) {
        self.count = count
        self.port = port
        self.child = child
        self.scratch = scratch
    }

    deinit { self.child.end() }

    /// Starts BMCs whose user is `admin`, with `Daemon.bmcPassword`.
    package static func start(_ arguments: String..., count: Int = 1) async throws -> Simulator {
        try await self.start(arguments, count: count)
    }

    /// Starts one BMC with nothing special but its host.
    package static func start(host: String) async throws -> Simulator {
        try await self.start(["--host", host], count: 1)
    }

    package static func start(_ arguments: [String], count: Int) async throws -> Simulator {
        let scratch = try ScratchDirectory()
        let password = try scratch.write("password", Daemon.bmcPassword)
        let port = try Ports.free(count, kind: .udp)
        let child = try ChildProcess(
            try Programs.path("heliograph-bmcsim"),
            [
                "--count", String(count), "--listen", "127.0.0.1:\(port)", "--password-file", password,
                "--control", "stdin", "--stats-file", scratch["stats"], "--stats-interval", "1h",
            ] + arguments,
            directory: scratch.path,
            input: .pipe
        )
        try await child.output.wait(for: "ready \(count) ")
        return Simulator(count: count, port: port, child: child, scratch: scratch)
    }

    /// The names of the machines.
    package var names: [String] {
        guard self.count > 1 else { return ["sim"] }
        let width = String(self.count).count
        return (1...self.count).map { number in
            "sim" + String(repeating: "0", count: width - String(number).count) + String(number)
        }
    }

    /// Sets off a fault, such as `reboot 1`, and waits until it has.
    package func command(_ line: String) async throws {
        let mark = self.child.output.count
        self.child.write(line + "\n")
        try await eventually("ok \(line)", evidence: { self.child.errors.text }) {
            self.child.output.contains("ok \(line)\n", from: mark)
        }
    }

    /// What happened so far, by BMC.
    package func reports() async throws -> [Report] {
        // The first request starts the counting, the second prints it.
        try await self.command("stats")
        let before = try self.statistics().count
        try await eventually("fresh statistics") {
            try await self.command("stats")
            return try self.statistics().count >= before + self.count
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try self.statistics().suffix(self.count).map {
            try decoder.decode(Report.self, from: Data($0.utf8))
        }
    }

    private func statistics() throws -> [Substring] {
        try String(contentsOfFile: self.scratch["stats"], encoding: .utf8).split(separator: "\n")
    }

    /// The same where there is one BMC only.
    package func report() async throws -> Report {
        guard let report = try await self.reports().first else {
            throw ChildProcess.Failure(description: "the simulator wrote no statistics")
        }
        return report
    }

    /// Waits until something is so at every BMC, and returns what they report then.
    @discardableResult
    package func wait(
        for what: String,
        within limit: Duration = patience,
        _ holds: (Report) -> Bool
    ) async throws -> [Report] {
        var last: [Report] = []
        return try await eventually(
            what,
            within: limit,
            every: .milliseconds(50),
            evidence: { "\(last.prefix(3))" }
        ) {
            () -> [Report]? in
            last = try await self.reports()
            return last.allSatisfy(holds) ? last : nil
        }
    }

    package func signal(_ number: Int32) { self.child.signal(number) }
}
