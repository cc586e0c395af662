// SPDX-License-Identifier: Apache-2.0

/// Deadlines in order, for one event loop: a binary heap. What a key's deadline meant is checked by its owner when it
/// comes (it may have moved on), so nothing is ever taken out early.
struct DeadlineQueue<Key> {
    private var heap: [(instant: ContinuousClock.Instant, key: Key)] = []

    /// The earliest deadline.
    var next: ContinuousClock.Instant? { self.heap.first?.instant }
    var count: Int { self.heap.count }

    mutating func add(_ key: Key, at instant: ContinuousClock.Instant) {
        self.heap.append((instant, key))
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].instant < self.heap[parent].instant else { return }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out one key whose deadline has come.
    mutating func popExpired(now: ContinuousClock.Instant) -> Key? {
        guard let first = self.heap.first, first.instant <= now else { return nil }
        let last = self.heap.removeLast()
        if !self.heap.isEmpty {
            self.heap[0] = last
            self.siftDown()
        }
        return first.key
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < self.heap.count && self.heap[child].instant < self.heap[least].instant {
                least = child
            }
            guard least != parent else { return }
            self.heap.swapAt(parent, least)
            parent = least
        }
    }
}
