// SPDX-License-Identifier: Apache-2.0

/// Dates in UTC without a calendar library, proleptic Gregorian.
package enum CivilTime {
    static let dayMicroseconds: Int64 = 86_400_000_000

    /// `2026-11-22T08:05:19.123Z`
    package static func format(_ time: WallMicroseconds) -> String {
        let (year, month, day) = self.date(day: self.day(of: time))
        let rest = time - self.day(of: time) * self.dayMicroseconds
        let seconds = rest / 1_000_000
        return self.padded(year, 4) + "-" + self.padded(month, 2) + "-" + self.padded(day, 2) + "T"
            + self.padded(seconds / 3600, 2) + ":" + self.padded(seconds / 60 % 60, 2) + ":"
            + self.padded(seconds % 60, 2) + "." + self.padded(rest / 1000 % 1000, 3) + "Z"
    }

    /// Days since 1970-01-01.
    static func day(of time: WallMicroseconds) -> Int64 {
        let day = time / self.dayMicroseconds
        return time % self.dayMicroseconds < 0 ? day - 1 : day
    }

    /// Howard Hinnant's `days_from_civil`.
    static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Howard Hinnant's `civil_from_days`.
    static func date(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// A whole stamp: RFC 3339, also with a space for the T, without zone (then UTC), without seconds or
    /// without time; `@` and seconds since 1970.
    static func stamp(_ text: String) -> WallMicroseconds? {
        if text.hasPrefix("@") {
            guard let seconds = Int64(text.dropFirst()), abs(seconds) < 100_000_000_000 else { return nil }
            return seconds * 1_000_000
        }
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = self.number(bytes[0..<4]), let month = self.number(bytes[5..<7]),
            let day = self.number(bytes[8..<10]), (1...12).contains(month), day >= 1
        else { return nil }
        let days = self.day(year: year, month: month, day: day)
        // A day that the month does not have comes back as another date.
        guard self.date(day: days) == (year, month, day) else { return nil }
        let midnight = days * self.dayMicroseconds
        guard bytes.count > 10 else { return midnight }
        guard [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]) else {
            return nil
        }
        let (time, offset) = self.splitZone(bytes[11...])
        guard let offset, let timeOfDay = self.timeOfDay(String(decoding: time, as: UTF8.self)) else {
            return nil
        }
        return midnight + timeOfDay - offset
    }

    /// `14:00`, `14:00:05`, `14:00:05.25` in microseconds since midnight.
    static func timeOfDay(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let colon = UInt8(ascii: ":")
        guard bytes.count >= 5, bytes[2] == colon, let hour = self.number(bytes[0..<2]), hour < 24,
            let minute = self.number(bytes[3..<5]), minute < 60
        else { return nil }
        let start = (hour * 3600 + minute * 60) * 1_000_000
        if bytes.count == 5 { return start }
        guard bytes.count >= 8, bytes[5] == colon, let second = self.number(bytes[6..<8]), second < 60 else {
            return nil
        }
        if bytes.count == 8 { return start + second * 1_000_000 }
        let digits = bytes[9...]
        guard bytes[8] == UInt8(ascii: "."), (1...9).contains(digits.count),
            let fraction = self.number(digits)
        else {
            return nil
        }
        let scale = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1][digits.count - 1]
        return start + second * 1_000_000 + fraction * Int64(scale) / 1000
    }

    /// The time and how far its zone is ahead of UTC; nil for a zone that is none.
    private static func splitZone(_ text: ArraySlice<UInt8>) -> (time: ArraySlice<UInt8>, offset: Int64?) {
        if let last = text.last, last == UInt8(ascii: "Z") || last == UInt8(ascii: "z") {
            return (text.dropLast(), 0)
        }
        guard let sign = text.lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) else {
            return (text, 0)
        }
        guard text[(sign + 1)...].count == 5,
            let zone = self.timeOfDay(String(decoding: text[(sign + 1)...], as: UTF8.self))
        else { return (text, nil) }
        return (text[..<sign], text[sign] == UInt8(ascii: "-") ? -zone : zone)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), value < 10_000_000_000 else {
                return nil
            }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return digits.isEmpty ? nil : value
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
