// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How much gets into the logs when 256 consoles print as fast as they are listened to, and whether all of it does.
struct FlatOutMeasurement {
    private static let count = 256
    private let bench: Workbench

    init(_ bench: Workbench) { self.bench = bench }

    func run() throws -> [Figure] {
        self.bench.title("flat out: \(Self.count) consoles as fast as they go")
        let pairs = try LoadedPair.runs(
            self.bench,
            count: Self.count,
            rate: "max",
            settle: .seconds(1),
            window: .seconds(4)
        )
        return [
            Figure(
                name: "flat out",
                target: .none,
                measured: pairs.map { $0.ours.bytesPerSecond / 1e6 }.median,
                unit: "MB/s"
            ),
            Figure(
                name: "  the same, ConMan",
                target: .none,
                measured: pairs.compactMap(\.theirs).map { $0.bytesPerSecond / 1e6 }.median,
                unit: "MB/s"
            ),
            Figure(
                name: "  ours divided by ConMan's",
                target: .atLeast(3),
                measured: pairs.compactMap { pair in
                    pair.theirs.map { pair.ours.bytesPerSecond / $0.bytesPerSecond }
                }.median,
                unit: ""
            ),
            Figure(
                name: "  wrong lines in our logs",
                target: .zero,
                measured: Double(pairs.reduce(0) { $0 + $1.ours.verdict.wrong }),
                unit: "lines"
            ),
            Figure(
                name: "  wrong lines in ConMan's",
                target: .none,
                measured: self.bench.conmand == nil
                    ? nil : Double(pairs.reduce(0) { $0 + ($1.theirs?.verdict.wrong ?? 0) }),
                unit: "lines"
            ),
        ]
    }
}
