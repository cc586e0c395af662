// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One console server under load for a while.
struct LoadedRun {
    var cpu: Duration
    var systemShare: Double
    var seconds: Double
    var packetCount: Int
    var retransmissionCount: Int
    /// Console bytes that reached the logs per second.
    var bytesPerSecond: Double
    var verdict: LogVerdict
    var commandLines: [String]

    var microsecondsPerPacket: Double {
        self.packetCount > 0 ? self.cpu.seconds * 1e6 / Double(self.packetCount) : .infinity
    }

    var text: String {
        "\(self.microsecondsPerPacket.brief) us CPU per packet, \(Int((self.systemShare * 100).rounded())) % of it in the kernel "
            + "(\(self.packetCount) packets in \(self.seconds.brief) s, \(self.retransmissionCount) sent again), "
            + "\((self.bytesPerSecond / 1e6).brief) MB/s into the logs"
    }

    init(
        _ kind: ServerKind,
        _ bench: Workbench,
        count: Int,
        rate: String,
        settle: Duration,
        window: Duration
    ) throws {
        self = try bench.withDirectory { directory in
            let simulator = try Simulator(
                bench,
                in: directory,
                count: count,
                options: ["--load", "lines=\(rate)"]
            )
            let server = try kind.start(simulator.hosts, directory)
            try simulator.wait("connected", within: .seconds(60)) { $0.active }
            pause(settle)
            let before = try Sample(server, simulator)
            pause(window)
            let after = try Sample(server, simulator)
            try server.program.check()
            server.program.stop()
            return LoadedRun(before, after, server, simulator, try simulator.stop())
        }
    }

    private init(
        _ before: Sample,
        _ after: Sample,
        _ server: any ConsoleServer,
        _ simulator: Simulator,
        _ reports: [HostReport]
    ) {
        self.cpu = after.usage.cpu - before.usage.cpu
        self.systemShare = after.usage.systemShare(since: before.usage)
        self.seconds = before.time.duration(to: after.time).seconds
        self.packetCount = after.reports.packetCount - before.reports.packetCount
        self.retransmissionCount = after.reports.retransmissionCount - before.reports.retransmissionCount
        self.verdict = server.logs.verify(reports)
        self.commandLines = [simulator.commandLine, server.program.commandLine]
        // Logs hold more than what consoles printed; how much more, the whole run tells.
        let share = Double(self.verdict.intactByteCount) / Double(max(1, server.logs.byteCount))
        self.bytesPerSecond = Double(after.logByteCount - before.logByteCount) * share / self.seconds
    }

    /// Everything at one moment.
    private struct Sample {
        var time: ContinuousClock.Instant
        var usage: ProcessUsage
        var logByteCount: Int
        var reports: [HostReport]

        init(_ server: any ConsoleServer, _ simulator: Simulator) throws {
            self.logByteCount = server.logs.byteCount
            self.usage = server.usage
            self.time = .now
            self.reports = try simulator.reports()
        }
    }
}
