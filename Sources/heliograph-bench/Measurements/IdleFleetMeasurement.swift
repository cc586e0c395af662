// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What 1,000 consoles cost that print nothing, and how fast a keystroke comes back from one of them.
struct IdleFleetMeasurement {
    private static let count = 1000
    private let bench: Workbench
    private let chosen: Set<Measurement>

    init(_ bench: Workbench, _ chosen: Set<Measurement>) {
        self.bench = bench
        self.chosen = chosen
    }

    func run() throws -> [Figure] {
        self.bench.title("idle: \(Self.count) connected consoles, hosts that only echo what is typed")
        return try self.bench.withDirectory { directory in
            let empty = self.chosen.contains(.memory) ? try self.emptyDaemon() : nil
            let simulator = try Simulator(
                self.bench,
                in: directory,
                count: Self.count,
                options: ["--host", "echo"]
            )
            let server = try Heliograph(self.bench, hosts: simulator.hosts, in: directory)
            self.bench.line("simulator", simulator.commandLine)
            self.bench.line("server", server.program.commandLine)
            try simulator.wait("connected", within: .seconds(60)) { $0.active }
            pause(.seconds(5))
            var figures: [Figure] = []
            if let empty { figures.append(self.memory(server.usage, empty: empty)) }
            if self.chosen.contains(.idle) { figures.append(self.idleCPU(server)) }
            if self.chosen.contains(.echo) {
                figures += try EchoMeasurement(self.bench, server, simulator.hosts).run()
            }
            try server.program.check()
            server.program.stop()
            return figures
        }
    }

    private func emptyDaemon() throws -> ProcessUsage {
        try self.bench.withDirectory { directory in
            let server = try Heliograph(self.bench, hosts: [], in: directory)
            pause(.seconds(3))
            try server.program.check()
            defer { server.program.stop() }
            return server.usage
        }
    }

    private func memory(_ usage: ProcessUsage, empty: ProcessUsage) -> Figure {
        let growth = Double(usage.residentByteCount - empty.residentByteCount) / 1024
        self.bench.line(
            "memory",
            "resident \(usage.residentByteCount / 1024) KiB, without consoles \(empty.residentByteCount / 1024) KiB; "
                + "\(usage.threadCount) threads, \(usage.descriptorCount) descriptors"
        )
        return Figure(
            name: "memory per idle console",
            target: .below(16),
            measured: growth / Double(Self.count),
            unit: "KiB"
        )
    }

    private func idleCPU(_ server: Heliograph) -> Figure {
        let before = server.usage
        let start = ContinuousClock.now
        pause(self.bench.isQuick ? .seconds(10) : .seconds(60))
        let seconds = start.duration(to: .now).seconds
        let usage = server.usage
        let perMinute = (usage.cpu - before.cpu).seconds / seconds * 60
        self.bench.line(
            "idle",
            "\((usage.cpu - before.cpu).seconds.brief) s CPU in \(seconds.brief) s, "
                + "\(Int((usage.systemShare(since: before) * 100).rounded())) % of it in the kernel"
        )
        return Figure(
            name: "idle CPU per minute, \(Self.count) consoles",
            target: .none,
            measured: perMinute,
            unit: "s"
        )
    }
}
