// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// When each of thousands of machines wants to be woken, in steps of 1 ms: arming costs a comparison as long as the
/// deadline only moves later, which is the usual case.
package struct TimerWheel {
    package static let tick: Duration = .milliseconds(1)
    private static let slotCount = 8192
    private static let never = Int64.max

    private struct Entry {
        var index: Int
        var tick: Int64
    }

    private let start: MonotonicInstant
    private var slots = [[Entry]](repeating: [], count: Self.slotCount)
    /// The tick for which each machine is to be woken first; entries in slots that say otherwise are stale.
    private var armed: [Int64]
    private var entryCount = 0
    /// The last tick that was looked at.
    private var current: Int64 = 0

    package init(count: Int, start: MonotonicInstant) {
        self.start = start
        self.armed = [Int64](repeating: Self.never, count: count)
    }

    package var isEmpty: Bool { self.entryCount == 0 }

    /// How long until the first tick for which somebody is in the wheel; nil if nobody is.
    package func timeToNextWake(now: MonotonicInstant) -> Duration? {
        guard !self.isEmpty else { return nil }
        var tick = self.current + 1
        // Stops at the latest where the wheel has come round.
        while self.slots[Int(tick % Int64(Self.slotCount))].isEmpty,
            tick < self.current + Int64(Self.slotCount)
        {
            tick += 1
        }
        return max(.zero, self.start + Self.tick * Int(tick) - now)
    }

    package mutating func arm(_ index: Int, _ deadline: MonotonicInstant?) {
        guard let deadline else { return }
        let tick = max(self.current + 1, Self.ticks(deadline - self.start, roundedUp: true))
        guard tick < self.armed[index] else { return }
        self.armed[index] = tick
        self.insert(Entry(index: index, tick: tick))
    }

    private mutating func insert(_ entry: Entry) {
        // Farther than the wheel reaches: looked at again when the wheel has come round.
        let slot = min(entry.tick, self.current + Int64(Self.slotCount) - 1)
        self.slots[Int(slot % Int64(Self.slotCount))].append(entry)
        self.entryCount += 1
    }

    /// Moves on to `now` and returns the machines whose time has come; each has to be armed again.
    package mutating func advance(to now: MonotonicInstant, into due: inout [Int]) {
        let target = Self.ticks(now - self.start, roundedUp: false)
        while self.current < target {
            self.current += 1
            let slot = Int(self.current % Int64(Self.slotCount))
            guard !self.slots[slot].isEmpty else { continue }
            var entries: [Entry] = []
            swap(&entries, &self.slots[slot])
            self.entryCount -= entries.count
            for entry in entries where self.armed[entry.index] == entry.tick {
                if entry.tick <= self.current {
                    self.armed[entry.index] = Self.never
                    due.append(entry.index)
                } else {
                    self.insert(entry)
                }
            }
        }
    }

    private static func ticks(_ duration: Duration, roundedUp: Bool) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        return seconds * 1000 + (nanoseconds + (roundedUp ? 999_999 : 0)) / 1_000_000
    }
}
