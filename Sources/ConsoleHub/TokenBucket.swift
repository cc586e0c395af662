// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// Paces the log-ins of a fleet: a switch that comes back makes thousands of consoles want a session in one
/// second.
///
/// Bounded: at most `burst` permits are saved up.
package struct TokenBucket: Sendable {
    private let interval: Duration?
    private let burst: Int
    private var available: Int
    private var refilled: MonotonicInstant

    /// - Parameters:
    ///   - rate: Permits per second; 0 means no limit.
    ///   - burst: Permits that may be taken at once after a quiet time; at least 1.
    ///   - now: The present time.
    package init(rate: Double, burst: Int, now: MonotonicInstant) {
        self.interval = rate > 0 ? .nanoseconds(Int64(1_000_000_000 / rate)) : nil
        self.burst = max(burst, 1)
        self.available = max(burst, 1)
        self.refilled = now
    }

    /// Takes a permit if there is one.
    package mutating func take(now: MonotonicInstant) -> Bool {
        guard let interval = self.interval else { return true }
        let gained = (now - self.refilled) / interval
        if gained >= 1 {
            let whole = Int(min(gained, Double(self.burst)))
            self.available = min(self.available + whole, self.burst)
            // Below the burst the fraction of an interval that has passed is kept.
            self.refilled = gained >= Double(self.burst) ? now : self.refilled + interval * whole
        }
        guard self.available > 0 else { return false }
        self.available -= 1
        return true
    }
}
