// SPDX-License-Identifier: Apache-2.0

/// The name of a closed log, `web01-20261122T000000Z.log.zst`. The time is when it was closed, so every line in it is
/// older or from that second.
struct ArchiveName: Equatable, Sendable {
    var base: String
    var closed: WallTime
    /// `.log` or `.jsonl`.
    var suffix: String
    var compression: LogStoreConfiguration.Compression

    init(
        base: String,
        closed: WallTime,
        suffix: String = ".log",
        compression: LogStoreConfiguration.Compression = .none
    ) {
        self.base = base
        self.closed = closed
        self.suffix = suffix
        self.compression = compression
    }

    init?(parsing name: String) {
        var rest = name[...]
        self.compression = .none
        for (ending, compression) in [(".zst", LogStoreConfiguration.Compression.zstd), (".gz", .gzip)]
        where rest.hasSuffix(ending) {
            self.compression = compression
            rest = rest.dropLast(ending.count)
        }
        guard let suffix = [".log", ".jsonl"].first(where: { rest.hasSuffix($0) }) else { return nil }
        self.suffix = suffix
        rest = rest.dropLast(suffix.count)
        let stamp = Array(rest.utf8.suffix(17))
        guard stamp.count == 17, stamp[0] == UInt8(ascii: "-"), stamp[9] == UInt8(ascii: "T"),
            stamp[16] == UInt8(ascii: "Z")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? { Int(String(decoding: stamp[range], as: UTF8.self)) }
        guard let year = number(1..<5), let month = number(5..<7), let day = number(7..<9),
            let hour = number(10..<12), let minute = number(12..<14), let second = number(14..<16),
            let date = CivilDate(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            )
        else { return nil }
        self.closed = WallTime(seconds: date.secondsSince1970)
        self.base = String(rest.dropLast(17))
    }

    var fileName: String {
        let stamp = self.closed.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        let ending =
            switch self.compression {
            case .none: ""
            case .gzip: ".gz"
            case .zstd: ".zst"
            }
        return "\(self.base)-\(stamp)Z\(self.suffix)\(ending)"
    }
}
