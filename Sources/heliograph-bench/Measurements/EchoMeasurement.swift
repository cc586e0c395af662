// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How long a keystroke takes through OpenSSH, the daemon, SOL and back.
struct EchoMeasurement {
    /// Typed one after the other at each attach.
    private static let keysPerAttach = 100
    /// Typed after them with as long a silence before each as there is before the first: what the first compares with.
    private static let restedKeys = 2
    private let bench: Workbench
    private let server: Heliograph
    private let hosts: [SimulatedHost]

    init(_ bench: Workbench, _ server: Heliograph, _ hosts: [SimulatedHost]) {
        self.bench = bench
        self.server = server
        self.hosts = hosts
    }

    func run() throws -> [Figure] {
        var first: [Double] = []
        var later: [Double] = []
        var rested: [Double] = []
        let attaches = self.bench.isQuick ? 5 : 20
        for number in 0..<attaches {
            let host = self.hosts[number * self.hosts.count / attaches]
            let keyboard = try Keyboard(self.server, console: host.name)
            if number == 0 { self.bench.line("keyboard", keyboard.commandLine) }
            let times = try keyboard.type(1 + Self.keysPerAttach)
            first.append(times[0] * 1000)
            later += times.dropFirst().map { $0 * 1000 }
            for _ in 0..<Self.restedKeys {
                pause(Keyboard.quiet)
                rested += try keyboard.type(1).map { $0 * 1000 }
            }
        }
        self.bench.line(
            "echo",
            "\(later.count) keystrokes 10 ms apart: p50 \(Self.text(later, 0.5)), p90 \(Self.text(later, 0.9)), "
                + "p99 \(Self.text(later, 0.99)), longest \(Self.text(later, 1))"
        )
        self.bench.line(
            "first",
            "\(first.count) attaches, the first keystroke of each: p50 \(Self.text(first, 0.5)), "
                + "longest \(Self.text(first, 1)); \(rested.count) others after the same silence: "
                + "p50 \(Self.text(rested, 0.5)), p90 \(Self.text(rested, 0.9))"
        )
        return self.figures(first, later, rested)
    }

    private func figures(_ first: [Double], _ later: [Double], _ rested: [Double]) -> [Figure] {
        [
            Figure(name: "echo, p50", target: .below(0.5), measured: later.median, unit: "ms"),
            Figure(name: "echo, p99", target: .below(5), measured: later.quantile(0.99), unit: "ms"),
            Figure(
                name: "first keystroke after attach, p50",
                // No slower than the others: it might as well be one of them.
                target: rested.quantile(0.9).map { .below($0) } ?? .none,
                measured: first.median,
                unit: "ms"
            ),
        ]
    }

    private static func text(_ times: [Double], _ share: Double) -> String {
        "\((times.quantile(share) ?? 0).brief) ms"
    }
}
