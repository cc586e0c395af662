// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// The numbered lines a load host prints, made a second time and independently: `NAME 00000001 0123... CCCC`.
struct LoadLines {
    let name: String
    let width: Int

    init(_ name: String = "sim", width: Int = 80) {
        self.name = name
        self.width = width
    }

    /// Line `number`, without CR LF.
    func line(_ number: Int) -> String {
        let digits = String(number)
        let head = "\(self.name) \(String(repeating: "0", count: 8 - digits.count))\(digits) "
        let fillerCount = self.width - head.utf8.count - 7
        let body = head + String((0..<fillerCount).map { Character(String($0 % 10)) })
        let check = String(Self.crc(body.utf8), radix: 16)
        return "\(body) \(String(repeating: "0", count: 4 - check.count))\(check)"
    }

    /// The number a line claims.
    func number(of line: String) -> Int? {
        let prefix = self.name + " "
        guard line.hasPrefix(prefix) else { return nil }
        return Int(line.dropFirst(prefix.count).prefix(8))
    }

    /// What is wrong with a log that should hold lines 1 to `count`, each once and in order; nil if nothing is.
    func problem(in lines: [String], count: Int) -> String? {
        for (index, line) in lines.enumerated() {
            guard index < count else { return "more than \(count) lines: \(line)" }
            guard line == self.line(index + 1) else { return "line \(index + 1) is: \(line)" }
        }
        return lines.count == count ? nil : "only \(lines.count) lines of \(count)"
    }

    /// The numbers of the whole lines in a log, in its order. The first line after a gap may stand behind the beginning of
    /// the one before it.
    func numbers(in lines: [String]) -> [Int] {
        lines.compactMap { line in
            let whole = String(line.suffix(self.width - 2))
            return self.number(of: whole).flatMap { self.line($0) == whole ? $0 : nil }
        }
    }

    /// CRC-16/CCITT-FALSE.
    private static func crc(_ bytes: some Sequence<UInt8>) -> UInt16 {
        bytes.reduce(0xFFFF) { Self.table[Int(UInt8($0 >> 8) ^ $1)] ^ ($0 << 8) }
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
}

extension Simulator.Report {
    /// Where in the host's output everything before is settled: acknowledged, or given up by the BMC.
    var settledPosition: UInt64 {
        self.acknowledgedBytes + self.unacknowledged.bytes + self.neverSent.bytes
    }

    /// Lines of which the BMC itself says that it never sent all, or never saw all acknowledged.
    var excusedLines: Set<Int> {
        let width = UInt64(self.lineWidth)
        return (self.neverSent.ranges + self.unacknowledged.ranges).reduce(into: []) { lines, range in
            guard range[1] > range[0] else { return }
            lines.formUnion(Int(range[0] / width) + 1...Int((range[1] - 1) / width) + 1)
        }
    }
}

extension Daemon {
    /// Waits until a whole line is in a console's log, in one piece or in several.
    func wait(forLine line: String, of console: String = "sim", within limit: Duration = patience)
        async throws
    {
        let end = String(line.suffix(12))
        try await eventually(
            line,
            within: limit,
            every: .milliseconds(100),
            evidence: { String(self.log(console).text.suffix(2000)) + self.diagnostics.suffix(2000) }
        ) {
            // Bytes first: a log may have megabytes.
            self.logContains(end, of: console) && self.log(console).lines.contains(line)
        }
    }
}
