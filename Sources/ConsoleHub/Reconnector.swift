// SPDX-License-Identifier: Apache-2.0

package import IPMI
package import SerialOverLAN

/// Decides when a console is tried again: for ever, patiently, and not all at once.
///
///     idle --open--> due --login began--> trying --established--> up
///      ^              ^                      |                    |
///      |              +---- waiting <--------+----- failed -------+
///      +--------------------- close ----------------------------
///
/// Delays grow by the class of the failure (`RetryClass`), each spread by ± 25 %. The count of failures is
/// forgotten only after a session that stood for `stableAfter`: a session that comes up and falls over is
/// still a failure.
package struct Reconnector: Sendable {
    /// Where the console is between two sessions.
    package enum Phase: Equatable, Sendable {
        /// Nobody wants a session.
        case idle
        /// A log-in may begin as soon as the fleet's pace allows.
        case due
        /// Not before this time.
        case waiting(until: MonotonicInstant)
        case trying
        case up(since: MonotonicInstant)
    }

    /// How long a session must have stood before its end starts the delays afresh.
    package static let stableAfter: Duration = .seconds(60)
    /// An operator who attaches skips the wait, at most this often.
    package static let hurryInterval: Duration = .seconds(5)

    package private(set) var phase: Phase = .idle
    /// Failures in a row, of whatever class.
    package private(set) var failures = 0
    private var hurried: MonotonicInstant?
    private var generator: SplitMix64

    /// - Parameter seed: Decides the jitter; give every console another.
    package init(seed: UInt64) {
        self.generator = SplitMix64(seed: seed)
    }

    /// A session is wanted.
    package mutating func open() {
        if self.phase == .idle { self.phase = .due }
    }

    /// No session is wanted any more.
    package mutating func close() {
        self.phase = .idle
        self.failures = 0
    }

    package mutating func loginBegan() { self.phase = .trying }

    package mutating func established(now: MonotonicInstant) { self.phase = .up(since: now) }

    /// A log-in or a session ended although one is wanted.
    package mutating func failed(_ retry: RetryClass, now: MonotonicInstant) {
        guard self.phase != .idle else { return }
        if case .up(let since) = self.phase, now - since >= Self.stableAfter { self.failures = 0 }
        self.failures += 1
        let delay = self.jittered(retry.delay(afterFailures: self.failures))
        self.phase = delay > .zero ? .waiting(until: now + delay) : .due
    }

    /// There is a reason to believe that it works now: an operator attached, or the BMC answered a ping.
    package mutating func hurry(now: MonotonicInstant) {
        guard case .waiting = self.phase else { return }
        if let hurried = self.hurried, now - hurried < Self.hurryInterval { return }
        self.hurried = now
        self.phase = .due
    }

    /// Moves from `waiting` to `due` when the time has come.
    package mutating func timedOut(now: MonotonicInstant) {
        if case .waiting(let until) = self.phase, until <= now { self.phase = .due }
    }

    package var deadline: MonotonicInstant? {
        if case .waiting(let until) = self.phase { until } else { nil }
    }

    private mutating func jittered(_ delay: Duration) -> Duration {
        delay * (0.75 + 0.5 * Double.random(in: 0..<1, using: &self.generator))
    }
}

/// A small generator for jitter; nothing secret comes from it.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        self.state = seed
    }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
