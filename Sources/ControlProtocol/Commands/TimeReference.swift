// SPDX-License-Identifier: Apache-2.0

/// A time as `--since` and `--until` take it. Days and times of day are UTC, like the stamps in the log.
package enum TimeReference: Equatable, Sendable {
    /// `10m`, `2h30m`: so long ago.
    case ago(microseconds: Int64)
    /// `2026-11-22T08:05:19Z`, `2026-11-22 08:05`, `2026-11-22`, `@1700000000`
    case at(WallMicroseconds)
    /// `today`, `yesterday 14:00`
    case day(daysAgo: Int64, timeOfDay: Int64)
    /// `14:00`: the last time that it was 14:00.
    case lastTime(ofDay: Int64)

    /// Nil for what is not a time.
    package init?(parsing text: String) {
        let words = text.split(separator: " ").map { $0.lowercased() }
        switch (words.first, words.count) {
        case ("now", 1): self = .ago(microseconds: 0)
        case ("today", 1): self = .day(daysAgo: 0, timeOfDay: 0)
        case ("yesterday", 1): self = .day(daysAgo: 1, timeOfDay: 0)
        case ("today", 2), ("yesterday", 2):
            guard let time = CivilTime.timeOfDay(words[1]) else { return nil }
            self = .day(daysAgo: words[0] == "today" ? 0 : 1, timeOfDay: time)
        default:
            if let stamp = CivilTime.stamp(text) {
                self = .at(stamp)
            } else if let time = CivilTime.timeOfDay(text) {
                self = .lastTime(ofDay: time)
            } else if let duration = Self.duration(text) {
                self = .ago(microseconds: duration)
            } else {
                return nil
            }
        }
    }

    /// The moment meant, seen from `now`.
    package func resolved(now: WallMicroseconds) -> WallMicroseconds {
        let midnight = CivilTime.day(of: now) * CivilTime.dayMicroseconds
        switch self {
        case .ago(let microseconds): return now - microseconds
        case .at(let time): return time
        case .day(let daysAgo, let timeOfDay):
            return midnight - daysAgo * CivilTime.dayMicroseconds + timeOfDay
        case .lastTime(let timeOfDay):
            let today = midnight + timeOfDay
            return today <= now ? today : today - CivilTime.dayMicroseconds
        }
    }

    /// `90s`, `10m`, `2h30m`, `1d`, `2w`; at most some thousand years.
    static func duration(_ text: String) -> Int64? {
        let units: [UInt8: Int64] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
            UInt8(ascii: "w"): 604_800,
        ]
        var total: Int64 = 0
        var number: Int64?
        for byte in text.utf8 {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                number = (number ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
                guard let value = number, value <= 100_000_000 else { return nil }
            } else {
                guard let value = number, let unit = units[byte] else { return nil }
                total += value * unit * 1_000_000
                guard total <= 100_000_000_000 * 1_000_000 else { return nil }
                number = nil
            }
        }
        return number == nil && !text.isEmpty ? total : nil
    }
}
