// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// Deadlines of many consoles behind one tick: a hashed wheel, O(1) to set and to fire.
///
/// A deadline that moves later costs nothing: the entry fires at its old place, its owner sees that nothing
/// is due and sets it again. Only a deadline that moves earlier gets a second entry. Precision is one tick
/// (50 ms by default), always late, never early.
package struct TimerWheel: Sendable {
    /// The tick's length.
    package let tick: Duration
    private let start: MonotonicInstant
    private var slots: [[Entry]]
    private var reached: Int64 = 0

    private struct Entry: Sendable {
        var id: Int
        var tick: Int64
    }

    package init(tick: Duration = .milliseconds(50), slots: Int = 512, start: MonotonicInstant) {
        self.tick = tick
        self.start = start
        self.slots = Array(repeating: [], count: slots)
    }

    /// The number of the tick at which a deadline fires: compare it with what is already set before calling
    /// `set`.
    package func tickNumber(of deadline: MonotonicInstant) -> Int64 {
        let distance = (deadline - self.start) / self.tick
        return max(Int64(distance.rounded(.up)), self.reached + 1)
    }

    /// Asks that `id` fire at a tick.
    package mutating func set(_ id: Int, at tick: Int64) {
        self.slots[Int(tick % Int64(self.slots.count))].append(Entry(id: id, tick: tick))
    }

    /// Moves on to `now` and hands over everything that is due.
    package mutating func advance(to now: MonotonicInstant, _ fire: (_ id: Int, _ tick: Int64) -> Void) {
        let target = Int64(((now - self.start) / self.tick).rounded(.down))
        guard target > self.reached else { return }
        // After a long sleep of the machine one turn of the wheel visits every slot.
        let first = max(self.reached + 1, target - Int64(self.slots.count) + 1)
        self.reached = target
        for number in first...target {
            let slot = Int(number % Int64(self.slots.count))
            guard !self.slots[slot].isEmpty else { continue }
            let entries = self.slots[slot]
            self.slots[slot].removeAll(keepingCapacity: true)
            for entry in entries {
                if entry.tick <= target {
                    fire(entry.id, entry.tick)
                } else {
                    self.slots[slot].append(entry)
                }
            }
        }
    }
}
