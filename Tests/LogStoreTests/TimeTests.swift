// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

@Suite("Time")
struct TimeTests {
    @Test(
        "is written as RFC 3339 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_334_400_123_999, "2026-11-22T08:00:00.123Z"),
            (951_826_154_000_000, "2000-02-29T12:09:14.000Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func text(_ microseconds: Int64, expected: String) {
        #expect(WallTime(microseconds: microseconds).description == expected)
    }

    @Test("agrees with the C library over the calendar")
    func calendar() {
        var formatter = StampFormatter()
        for second in stride(from: Int64(-2_000_000_000), to: 8_000_000_000, by: 40_000_003) {
            var time = time_t(second)
            var fields = tm()
            gmtime_r(&time, &fields)
            let date = CivilDate(second: second)
            #expect(
                [date.year - 1_900, date.month - 1, date.day, date.hour, date.minute, date.second]
                    == [
                        fields.tm_year, fields.tm_mon, fields.tm_mday, fields.tm_hour, fields.tm_min,
                        fields.tm_sec,
                    ].map(Int.init)
            )
            #expect(date.secondsSince1970 == second)
            #expect(
                LogLine.stamp(formatter.bytes(milliseconds: second * 1_000 + 7)[...]) == WallTime(
                    seconds: second
                ) + .milliseconds(7)
            )
        }
    }

    // Sunday 22 November 2026, 09:00 in a zone one hour ahead.
    @Test(
        "is understood as people say it",
        arguments: [
            ("10m", "2026-11-22T07:50:00.000Z"), ("1h30m", "2026-11-22T06:30:00.000Z"),
            ("2d ago", "2026-11-20T08:00:00.000Z"),
            ("-90s", "2026-11-22T07:58:30.000Z"), ("now", "2026-11-22T08:00:00.000Z"),
            ("today", "2026-11-21T23:00:00.000Z"),
            ("yesterday", "2026-11-20T23:00:00.000Z"), ("yesterday 14:00", "2026-11-21T13:00:00.000Z"),
            ("Today 08:15:30", "2026-11-22T07:15:30.000Z"), ("08:15", "2026-11-22T07:15:00.000Z"),
            ("14:00", "2026-11-21T13:00:00.000Z"), ("2026-11-01", "2026-10-31T23:00:00.000Z"),
            ("2026-11-01 14:00", "2026-11-01T13:00:00.000Z"),
            ("2026-11-01T14:00:00Z", "2026-11-01T14:00:00.000Z"),
            ("2026-11-01T14:00:00.5Z", "2026-11-01T14:00:00.500Z"),
            ("2026-11-01t14:00:00+05:30", "2026-11-01T08:30:00.000Z"),
            ("2026-11-01T14:00:00-08:00", "2026-11-01T22:00:00.000Z"),
            ("2026-11-01T14:00", "2026-11-01T13:00:00.000Z"),
            ("@1795334400", "2026-11-22T08:00:00.000Z"), ("2026-07-01 14:00", "2026-07-01T12:00:00.000Z"),
        ]
    )
    func expressions(_ text: String, expected: String) throws {
        // Summer time until the end of October, as in central Europe.
        let time = try TimeExpression.parse(text, now: epoch) {
            $0 < WallTime(seconds: 1_792_890_000) ? 7_200 : 3_600
        }
        #expect(time.description == expected)
    }

    @Test(
        "that is none is refused",
        arguments: [
            "", "10", "m", "10x", "10m 5", "tomorrow", "yesterday noon", "25:00", "14:60", "2026-02-29",
            "2026-1-1", "12-12-2026",
            "2026-11-01T", "2026-11-01T14:00:00+25:00", "@", "@x", "99999999999999999999s", "٣m",
            "2026-11-01 14:00 x",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: LogStoreError(.badTime, text)) {
            try TimeExpression.parse(text, now: epoch) { _ in 0 }
        }
    }

    @Test("errors each have a remedy")
    func remedies() {
        for code in LogStoreError.Code.allCases {
            #expect(LogStoreError(code, "x").remedy.hasSuffix("."))
            #expect(LogStoreError(code, "x", cause: "EIO").description == "\(code.rawValue): x: EIO")
        }
    }
}
