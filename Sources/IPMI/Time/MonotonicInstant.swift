// SPDX-License-Identifier: Apache-2.0

/// A moment on a clock that only goes forward, as the time since a moment that is the same for the whole process.
///
/// Not `ContinuousClock.Instant`: that type's layout is known at run time only, and so is that of everything it is part
/// of. Sessions and consoles were copied and looked into by way of value witnesses, at a quarter of the CPU time that a
/// packet took (measured).
package struct MonotonicInstant: Comparable, Hashable, Sendable {
    package var sinceReference: Duration

    package init(sinceReference: Duration) {
        self.sinceReference = sinceReference
    }

    package static func < (one: Self, other: Self) -> Bool { one.sinceReference < other.sinceReference }

    package static func + (instant: Self, duration: Duration) -> Self {
        Self(sinceReference: instant.sinceReference + duration)
    }

    package static func - (instant: Self, duration: Duration) -> Self {
        Self(sinceReference: instant.sinceReference - duration)
    }

    package static func - (later: Self, earlier: Self) -> Duration {
        later.sinceReference - earlier.sinceReference
    }

    package static func += (instant: inout Self, duration: Duration) { instant.sinceReference += duration }
    package static func -= (instant: inout Self, duration: Duration) { instant.sinceReference -= duration }

    package func advanced(by duration: Duration) -> Self { self + duration }
    package func duration(to other: Self) -> Duration { other - self }
}

extension MonotonicInstant {
    private static let reference = ContinuousClock.now

    /// For drivers: the cores are told what time it is.
    package static var now: Self { Self(sinceReference: self.reference.duration(to: .now)) }
}
