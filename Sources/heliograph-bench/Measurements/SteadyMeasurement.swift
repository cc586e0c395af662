// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a SOL packet costs while 256 consoles print 1 MB/s in all: receiving, checking, decrypting, the ACK, the log,
/// and the kernel's part in all of it.
struct SteadyMeasurement {
    private static let count = 256
    private static let bytesPerSecondEach = 4096
    private let bench: Workbench

    init(_ bench: Workbench) { self.bench = bench }

    func run() throws -> [Figure] {
        self.bench.title("steady: \(Self.count) consoles, 1 MB/s in all, one packet in flight per console")
        let pairs = try LoadedPair.runs(
            self.bench,
            count: Self.count,
            rate: "\(Self.bytesPerSecondEach)",
            settle: self.bench.isQuick ? .seconds(1) : .seconds(2),
            window: self.bench.isQuick ? .seconds(4) : .seconds(6)
        )
        return [
            Figure(
                name: "CPU per SOL packet, steady",
                target: .none,
                measured: pairs.map(\.ours.microsecondsPerPacket).median,
                unit: "us"
            ),
            Figure(
                name: "  the same, ConMan",
                target: .none,
                measured: pairs.compactMap(\.theirs?.microsecondsPerPacket).median,
                unit: "us"
            ),
            Figure(
                name: "  ours divided by ConMan's",
                target: .below(0.1),
                measured: pairs.compactMap { pair in
                    pair.theirs.map { pair.ours.microsecondsPerPacket / $0.microsecondsPerPacket }
                }.median,
                unit: ""
            ),
            Figure(
                name: "  wrong lines in our logs",
                target: .zero,
                measured: Double(pairs.reduce(0) { $0 + $1.ours.verdict.wrong }),
                unit: "lines"
            ),
        ]
    }
}
