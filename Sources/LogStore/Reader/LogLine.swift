// SPDX-License-Identifier: Apache-2.0

/// One line of a text log, taken apart.
package struct LogLine: Sendable, Equatable {
    package var time: WallTime
    /// The third column: `|`, `+`, `*`, `!` or `<`.
    package var kind: Character
    package var text: ArraySlice<UInt8>

    /// From a line without its LF; nil when it is not one of ours.
    package init?(parsing line: ArraySlice<UInt8>) {
        guard let time = LogLine.stamp(line) else { return nil }
        let body = line.dropFirst(StampFormatter.byteCount)
        guard body.count >= 3, body[body.startIndex] == 0x20, body[body.startIndex + 2] == 0x20,
            "|+*!<".utf8.contains(body[body.startIndex + 1])
        else { return nil }
        self.time = time
        self.kind = Character(Unicode.Scalar(body[body.startIndex + 1]))
        self.text = body.dropFirst(3)
    }

    /// The stamp at the beginning of a line, nil when there is none. Allocates nothing: searches call it for each line.
    static func stamp(_ line: ArraySlice<UInt8>) -> WallTime? {
        guard line.count >= StampFormatter.byteCount else { return nil }
        let start = line.startIndex
        func number(_ position: Int, _ digits: Int) -> Int? {
            var number = 0
            for index in (start + position)..<(start + position + digits) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[index]) else { return nil }
                number = number * 10 + Int(line[index] - UInt8(ascii: "0"))
            }
            return number
        }
        guard line[start + 4] == UInt8(ascii: "-"), line[start + 7] == UInt8(ascii: "-"),
            line[start + 10] == UInt8(ascii: "T"), line[start + 13] == UInt8(ascii: ":"),
            line[start + 16] == UInt8(ascii: ":"), line[start + 19] == UInt8(ascii: "."),
            line[start + 23] == UInt8(ascii: "Z"),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), let millisecond = number(20, 3),
            let date = CivilDate(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            )
        else { return nil }
        return WallTime(microseconds: date.secondsSince1970 * 1_000_000 + Int64(millisecond) * 1_000)
    }
}
