// SPDX-License-Identifier: Apache-2.0

@testable import ControlProtocol
import Foundation
import Testing

@Suite("A time on the command line")
struct TimeReferenceTests {
    /// 2026-11-22T08:05:19.123Z, a Sunday.
    static let now: WallMicroseconds = 1_795_334_719_123_000

    @Test(
        "is understood",
        arguments: [
            ("now", "2026-11-22T08:05:19.123Z"),
            ("90s", "2026-11-22T08:03:49.123Z"),
            ("10m", "2026-11-22T07:55:19.123Z"),
            ("2h30m", "2026-11-22T05:35:19.123Z"),
            ("1d", "2026-11-21T08:05:19.123Z"),
            ("2w", "2026-11-08T08:05:19.123Z"),
            ("today", "2026-11-22T00:00:00.000Z"),
            ("today 14:00", "2026-11-22T14:00:00.000Z"),
            ("yesterday", "2026-11-21T00:00:00.000Z"),
            ("Yesterday 14:00", "2026-11-21T14:00:00.000Z"),
            ("yesterday 14:00:05", "2026-11-21T14:00:05.000Z"),
            ("08:05", "2026-11-22T08:05:00.000Z"),
            ("08:06", "2026-11-21T08:06:00.000Z"),
            ("2026-11-20", "2026-11-20T00:00:00.000Z"),
            ("2026-11-20 08:05", "2026-11-20T08:05:00.000Z"),
            ("2026-11-20T08:05:19", "2026-11-20T08:05:19.000Z"),
            ("2026-11-20T08:05:19Z", "2026-11-20T08:05:19.000Z"),
            ("2026-11-20t08:05:19.5z", "2026-11-20T08:05:19.500Z"),
            ("2026-11-20T08:05:19.123456789Z", "2026-11-20T08:05:19.123Z"),
            ("2026-11-20T08:05:19+02:00", "2026-11-20T06:05:19.000Z"),
            ("2026-11-20T08:05:19.25-05:30", "2026-11-20T13:35:19.250Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("@0", "1970-01-01T00:00:00.000Z"),
            ("@1700000000", "2023-11-14T22:13:20.000Z"),
        ]
    )
    func understood(_ text: String, stamp: String) throws {
        let time = try #require(TimeReference(parsing: text))
        #expect(CivilTime.format(time.resolved(now: Self.now)) == stamp)
    }

    @Test(
        "is refused when it is none",
        arguments: [
            "", " ", "10", "m", "10x", "10m5", "tomorrow", "yesterday 25:00", "yesterday 14:00 x", "24:00",
            "12:60",
            "12:00:60", "2026-13-01", "2026-02-29", "2026-11-31", "2026-00-10", "2026-11-00", "2026-1-1",
            "2026-11-20T", "2026-11-20T08:05:19+2:00", "2026-11-20T08:05:19.Z", "2026-11-20x08:05", "@", "@x",
            "99999999999999999999d", "@99999999999999999", "2026-11-20T08:05:19+99:00",
        ]
    )
    func refused(_ text: String) {
        #expect(TimeReference(parsing: text) == nil)
    }

    @Test("agrees with another calendar about dates", arguments: Array(1...20) as [UInt64])
    func calendar(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for _ in 0..<50 {
            // From 1600 on: before, Foundation has the Julian calendar.
            let milliseconds = Int64.random(in: -11_600_000_000_000...100_000_000_000_000, using: &random)
            let stamp = CivilTime.format(milliseconds * 1000)
            let date = try #require(formatter.date(from: stamp))
            #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == milliseconds, "\(stamp)")
            #expect(TimeReference(parsing: stamp) == .at(milliseconds * 1000))
        }
    }
}
