// SPDX-License-Identifier: Apache-2.0

import Foundation

/// heliograph-bmcsim with one address per BMC, all on one port.
final class Simulator {
    static let password = "benchmark-only"

    let hosts: [SimulatedHost]
    var commandLine: String { self.program.commandLine }
    private let program: Program
    private let statistics: URL

    init(_ bench: Workbench, in directory: URL, count: Int, options: [String]) throws {
        let password = directory.appendingPathComponent("password")
        try Self.password.write(to: password, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: password.path)
        self.statistics = directory.appendingPathComponent("statistics.\(UUID().uuidString.prefix(6))")
        // libipmiconsole takes ports up to 32767 only.
        let port = 10_000 + Int(ProcessInfo.processInfo.processIdentifier) % 10_000
        self.program = try Program(
            bench.program("heliograph-bmcsim"),
            ["--count", "\(count)", "--listen", "127.1.0.1:\(port)", "--spread", "addresses"] + options + [
                "--password-file", password.path, "--control", "stdin",
                "--stats-file", self.statistics.path, "--stats-interval", "24h",
            ],
            errors: directory.appendingPathComponent("simulator.txt")
        )
        self.hosts = try Self.hosts(count, from: self.program)
    }

    deinit { self.program.stop(SIGKILL) }

    /// `ready 256 127.1.0.1:9000 127.1.1.0:9000`
    private static func hosts(_ count: Int, from program: Program) throws -> [SimulatedHost] {
        var line = ""
        while !line.hasPrefix("ready ") { line = try program.line(within: .seconds(20)) }
        let first = line.split(separator: " ")[2].split(separator: ":")
        let octets = first[0].split(separator: ".").compactMap { UInt32($0) }
        let ip = octets.reduce(0) { $0 << 8 | $1 }
        let digits = String(count).count
        return (0..<count).map { index in
            let number = String(index + 1)
            let own = ip + UInt32(index)
            let address = [24, 16, 8, 0].map { "\(own >> UInt32($0) & 0xFF)" }.joined(separator: ".")
            return SimulatedHost(
                name: "sim" + String(repeating: "0", count: digits - number.count) + number,
                address: address,
                port: String(first[1])
            )
        }
    }

    /// What the BMCs counted up to about now.
    func reports() throws -> [HostReport] {
        // The simulator writes what the last command made it gather: the first asks, the second gets it.
        try self.ask()
        pause(.milliseconds(50))
        let start = (try? FileHandle(forReadingFrom: self.statistics).seekToEnd()) ?? 0
        try self.ask()
        return try self.read(from: start)
    }

    /// Ends it; what the BMCs counted in all.
    func stop() throws -> [HostReport] {
        let start = (try? FileHandle(forReadingFrom: self.statistics).seekToEnd()) ?? 0
        self.program.stop()
        return try self.read(from: start)
    }

    /// Waits until every BMC is as wanted.
    func wait(_ what: String, within limit: Duration, until holds: (HostReport) -> Bool) throws {
        let deadline = ContinuousClock.now + limit
        while true {
            try self.program.check()
            let missing = try self.reports().count { !holds($0) }
            if missing == 0 { return }
            guard ContinuousClock.now < deadline else {
                throw BenchError("\(missing) of \(self.hosts.count) BMCs not \(what) in \(limit)")
            }
            pause(.milliseconds(200))
        }
    }

    private func ask() throws {
        self.program.write("stats\n")
        while try self.program.line(within: .seconds(20)) != "ok stats" {}
    }

    private func read(from start: UInt64) throws -> [HostReport] {
        let file = try FileHandle(forReadingFrom: self.statistics)
        try file.seek(toOffset: start)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let lines = (try file.readToEnd() ?? Data()).split(separator: UInt8(ascii: "\n"))
        // The reports before the first request are not there yet: nothing is known of any BMC.
        return lines.isEmpty
            ? self.hosts.map { HostReport(name: $0.name) }
            : try lines.map { try decoder.decode(HostReport.self, from: $0) }
    }
}

/// A BMC of the simulator and the host behind it.
struct SimulatedHost {
    var name: String
    var address: String
    var port: String
}

/// A line of the simulator's statistics, as far as it is needed here.
struct HostReport: Decodable {
    var name: String
    var active = false
    var producedBytes = 0
    var acknowledgedBytes = 0
    var lastLine = 0
    var lineWidth = 80
    var solPacketsSent = 0
    var solRetransmissions = 0
}

extension [HostReport] {
    /// SOL packets with characters that BMCs sent, each counted once.
    var packetCount: Int { self.reduce(0) { $0 + $1.solPacketsSent - $1.solRetransmissions } }
    var retransmissionCount: Int { self.reduce(0) { $0 + $1.solRetransmissions } }
    var acknowledgedByteCount: Int { self.reduce(0) { $0 + $1.acknowledgedBytes } }
}
