// SPDX-License-Identifier: Apache-2.0

/// Times as people say them, for `--since` and `--until`.
package enum TimeExpression {
    /// Understands `10m`, `1h30m`, `2d ago`, `now`, `today`, `yesterday 14:00`, `14:00` (the last one), `2026-11-22`,
    /// `2026-11-22 14:00:05`, RFC 3339, and `@` with seconds since 1970.
    ///
    /// - Parameters:
    ///   - text: What the operator typed.
    ///   - now: The present time.
    ///   - zone: How many seconds local time is ahead of UTC at a given time.
    /// - Returns: The time meant.
    /// - Throws: `badTime` when the text is none of these.
    package static func parse(_ text: String, now: WallTime, zone: (WallTime) -> Int) throws(LogStoreError)
        -> WallTime
    {
        let words = text.lowercased().split(separator: " ").map(String.init)
        if let time = self.relative(words, now: now) ?? self.spoken(words, now: now, zone: zone)
            ?? self.absolute(words, zone: zone)
        {
            return time
        }
        throw LogStoreError(.badTime, text)
    }

    private static func relative(_ words: [String], now: WallTime) -> WallTime? {
        guard let first = words.first, words.count == 1 || (words.count == 2 && words[1] == "ago") else {
            return nil
        }
        if first.hasPrefix("@"), words.count == 1 {
            guard let seconds = Int64(first.dropFirst()), abs(seconds) < 1 << 40 else { return nil }
            return WallTime(seconds: seconds)
        }
        var total: Int64 = 0
        var number: Int64?
        var rest = first.hasPrefix("-") ? first.dropFirst() : first[...]
        guard !rest.isEmpty else { return nil }
        while let character = rest.first {
            if let digit = character.wholeNumberValue, character.isASCII {
                guard number ?? 0 < 1_000_000_000 else { return nil }
                number = (number ?? 0) * 10 + Int64(digit)
                rest = rest.dropFirst()
                continue
            }
            guard let count = number else { return nil }
            let unit = rest.prefix { $0.isLetter }
            guard let seconds = self.units[String(unit)] else { return nil }
            total += count * seconds
            guard total < 1 << 36 else { return nil }
            number = nil
            rest = rest.dropFirst(unit.count)
        }
        return number == nil ? now - .seconds(total) : nil
    }

    private static let units: [String: Int64] = [
        "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600, "hr": 3_600, "d": 86_400, "day": 86_400,
        "days": 86_400,
        "w": 604_800,
    ]

    private static func spoken(_ words: [String], now: WallTime, zone: (WallTime) -> Int) -> WallTime? {
        guard let first = words.first, words.count <= 2 else { return nil }
        let today = CivilDate(
            second: WallTime.floorDivide(now.microseconds, by: 1_000_000) + Int64(zone(now))
        )
        let noon = CivilDate(year: today.year, month: today.month, day: today.day, hour: 12)?.secondsSince1970
        guard let noon else { return nil }
        func day(_ back: Int64, _ time: TimeOfDay) -> WallTime? {
            let date = CivilDate(second: noon - back * 86_400)
            return self.local(date, time, zone: zone)
        }
        let time = words.count == 2 ? TimeOfDay(words[1]) : TimeOfDay()
        switch first {
        case "now" where words.count == 1: return now
        case "today": return time.flatMap { day(0, $0) }
        case "yesterday": return time.flatMap { day(1, $0) }
        default:
            guard words.count == 1, let time = TimeOfDay(first), let today = day(0, time) else { return nil }
            return today <= now ? today : day(1, time)
        }
    }

    private static func absolute(_ words: [String], zone: (WallTime) -> Int) -> WallTime? {
        var parts = words
        if parts.count == 1, let separator = parts[0].firstIndex(of: "t") {
            parts = [String(parts[0][..<separator]), String(parts[0][parts[0].index(after: separator)...])]
        }
        guard (1...2).contains(parts.count), let date = self.date(parts[0]) else { return nil }
        guard parts.count == 2 else { return self.local(date, TimeOfDay(), zone: zone) }
        let (clock, offset) = self.splitZone(parts[1])
        guard let time = TimeOfDay(clock) else { return nil }
        guard let text = offset else { return self.local(date, time, zone: zone) }
        guard let seconds = self.zoneOffset(text) else { return nil }
        return self.local(date, time) { _ in seconds }
    }

    private static func date(_ text: String) -> CivilDate? {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].count == 4, fields[1].count == 2, fields[2].count == 2,
            fields.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int(fields[0]), let month = Int(fields[1]), let day = Int(fields[2])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    private static func splitZone(_ text: String) -> (clock: String, zone: String?) {
        guard let start = text.firstIndex(where: { $0 == "z" || $0 == "+" || $0 == "-" }) else {
            return (text, nil)
        }
        return (String(text[..<start]), String(text[start...]))
    }

    private static func zoneOffset(_ text: String) -> Int? {
        if text == "z" { return 0 }
        guard let time = TimeOfDay(String(text.dropFirst())), time.second == 0 else { return nil }
        let seconds = time.hour * 3_600 + time.minute * 60
        return text.hasPrefix("-") ? -seconds : seconds
    }

    /// Local time to UTC. In the hour that comes twice the first is meant.
    private static func local(_ date: CivilDate, _ time: TimeOfDay, zone: (WallTime) -> Int) -> WallTime? {
        let midnight = CivilDate(year: date.year, month: date.month, day: date.day)?.secondsSince1970
        guard let midnight else { return nil }
        let seconds = midnight + Int64(time.hour * 3_600 + time.minute * 60 + time.second)
        let guess = WallTime(seconds: seconds - Int64(zone(WallTime(seconds: seconds))))
        let result = WallTime(seconds: seconds - Int64(zone(guess)))
        return WallTime(microseconds: result.microseconds + time.microseconds)
    }

    /// `14:00`, `14:00:05`, `14:00:05.123`.
    private struct TimeOfDay {
        var hour = 0
        var minute = 0
        var second = 0
        var microseconds: Int64 = 0

        init() {}

        init?(_ text: String) {
            let fields = text.split(separator: ":", omittingEmptySubsequences: false)
            guard (2...3).contains(fields.count), let hour = TimeOfDay.number(fields[0], below: 24),
                let minute = TimeOfDay.number(fields[1], below: 60)
            else { return nil }
            self.hour = hour
            self.minute = minute
            guard fields.count == 3 else { return }
            let parts = fields[2].split(separator: ".", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let second = TimeOfDay.number(parts[0], below: 61) else {
                return nil
            }
            self.second = second
            guard parts.count == 2 else { return }
            let digits = parts[1].prefix(6)
            guard !digits.isEmpty, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
                let value = Int64(digits)
            else {
                return nil
            }
            self.microseconds = value * [1, 100_000, 10_000, 1_000, 100, 10, 1][digits.count]
        }

        private static func number(_ text: Substring, below limit: Int) -> Int? {
            guard (1...2).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }),
                let number = Int(text),
                number < limit
            else { return nil }
            return number
        }
    }
}
