// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How long it takes from nothing to 1,000 standing sessions, the start of the program included.
struct SessionsMeasurement {
    private static let count = 1000
    private static let lineCount = 4
    private let bench: Workbench

    init(_ bench: Workbench) { self.bench = bench }

    func run() throws -> [Figure] {
        self.bench.title("sessions: \(Self.count) BMCs from cold, pacing off")
        let runs = try (1...self.bench.rounds).map { try self.round($0) }
        let seconds = runs.map(\.seconds).median
        return [
            Figure(
                name: "\(Self.count) sessions from cold",
                target: .below(2),
                measured: seconds,
                unit: "s"
            ),
            Figure(
                name: "  sessions per second",
                target: .none,
                measured: seconds.map { Double(Self.count) / $0 },
                unit: ""
            ),
            Figure(
                name: "  wrong lines in their logs",
                target: .zero,
                measured: Double(runs.reduce(0) { $0 + $1.verdict.wrong }),
                unit: "lines"
            ),
        ]
    }

    private struct Outcome {
        var seconds: Double
        var verdict: LogVerdict
    }

    private func round(_ number: Int) throws -> Outcome {
        try self.bench.withDirectory { directory in
            let simulator = try Simulator(
                self.bench,
                in: directory,
                count: Self.count,
                options: ["--load", "lines=80", "--load-burst", "1", "--load-lines", "\(Self.lineCount)"]
            )
            let server = try Heliograph(self.bench, hosts: simulator.hosts, in: directory)
            if number == 1 {
                self.bench.line("simulator", simulator.commandLine)
                self.bench.line("server", server.program.commandLine)
            }
            try simulator.wait("logged to the last line", within: .seconds(60)) {
                $0.acknowledgedBytes == Self.lineCount * $0.lineWidth
            }
            let usage = server.usage
            server.program.stop()
            let verdict = server.logs.verify(try simulator.stop())
            let connected = simulator.hosts.map {
                LogFormat.connected(in: server.logs.contents(of: $0.name))
            }
            let last = connected.compactMap { $0?.seconds }.max() ?? .infinity
            let isComplete =
                !connected.contains { $0 == nil } && verdict.intact == Self.count * Self.lineCount
            let seconds = isComplete ? last - server.program.started.seconds : .infinity
            self.bench.line(
                "round \(number)",
                "\(seconds.brief) s to the last \"connected\" in the logs, \((Double(Self.count) / seconds).brief) "
                    + "sessions/s; CPU \(usage.cpu.seconds.brief) s with the lines; \(verdict.text)"
            )
            return Outcome(seconds: seconds, verdict: verdict)
        }
    }
}
