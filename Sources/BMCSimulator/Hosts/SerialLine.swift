// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// How fast the host's serial port moves characters: 10 bits each (8N1). Nil means as fast as they are taken.
package struct SerialLine: Equatable, Sendable {
    /// Characters that go out at once after silence: what a UART's FIFO and a driver turn hold. Also the pace of waking up.
    private static let turn: Duration = .milliseconds(10)

    package let bitRate: Int?
    private var credit: Int = 0
    private var lastNow: MonotonicInstant?

    package init(bitRate: Int?) {
        self.bitRate = bitRate
    }

    /// How many characters may leave by `now`.
    package mutating func allowance(now: MonotonicInstant) -> Int {
        guard let bitRate, bitRate > 0 else { return .max }
        let perSecond = max(1, bitRate / 10)
        let most = max(1, perSecond / 100)
        guard let last = self.lastNow else {
            self.lastNow = now
            self.credit = most
            return self.credit
        }
        let (seconds, attoseconds) = (now - last).components
        guard seconds >= 0 else { return self.credit }
        guard seconds < 10 else {
            self.lastNow = now
            self.credit = most
            return most
        }
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        let earned = nanoseconds * perSecond / 1_000_000_000
        if earned > 0 {
            // Only whole characters are taken from the clock, so that slow rates do not lose the fractions.
            self.lastNow = last + .nanoseconds(earned * 1_000_000_000 / perSecond)
            self.credit += earned
        }
        // Time spent with nothing to send is not saved up; a host that is run late is allowed to catch up a little.
        self.credit = min(self.credit, most * 10)
        return self.credit
    }

    /// Tells that the port had nothing to send: what is left of the allowance shrinks to one turn.
    package mutating func wasIdle() {
        guard let bitRate else { return }
        self.credit = min(self.credit, max(1, bitRate / 1000))
    }

    package mutating func spend(_ count: Int) {
        guard self.bitRate != nil else { return }
        self.credit -= count
    }

    /// When the next characters can leave.
    package func nextTurn(now: MonotonicInstant) -> MonotonicInstant {
        self.bitRate == nil ? now : now + Self.turn
    }
}
