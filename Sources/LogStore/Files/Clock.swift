// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A reading of both clocks: the wall clock stamps, the steady clock measures.
struct Moment: Sendable, Equatable {
    var wall: WallTime
    /// Since some fixed point.
    var steady: Duration

    static func now() -> Moment {
        Moment(wall: .now(), steady: self.steadyNow())
    }

    static func steadyNow() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

extension WallTime {
    /// The wall clock.
    package static func now() -> WallTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
