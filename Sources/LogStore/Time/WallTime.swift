// SPDX-License-Identifier: Apache-2.0

/// A moment of the wall clock: microseconds since 1970 in UTC. It stamps what consoles printed and is never used to
/// measure how long something took.
package struct WallTime: Sendable, Comparable, Hashable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(seconds: Int64) {
        self.microseconds = seconds &* 1_000_000
    }

    /// Milliseconds since 1970, rounded down, also before 1970.
    package var milliseconds: Int64 {
        WallTime.floorDivide(self.microseconds, by: 1_000)
    }

    package static func < (left: WallTime, right: WallTime) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(microseconds: time.microseconds &+ duration.wholeMicroseconds)
    }

    package static func - (time: WallTime, duration: Duration) -> WallTime {
        WallTime(microseconds: time.microseconds &- duration.wholeMicroseconds)
    }

    package static func - (left: WallTime, right: WallTime) -> Duration {
        .microseconds(left.microseconds &- right.microseconds)
    }

    static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Duration {
    /// The duration in microseconds, held at the ends of `Int64`.
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product &+ attoseconds / 1_000_000_000_000
    }
}
