// SPDX-License-Identifier: Apache-2.0

/// What the host transmitted and the console has not acknowledged. Bounded by `capacity`; the caller decides whether
/// the host is held when it is full or characters are lost. Knows of each byte where in the host's output it stood.
struct OutputBuffer: Sendable {
    private struct Segment: Sendable {
        var position: UInt64
        var count: Int
    }

    let capacity: Int
    private var bytes: [UInt8] = []
    private var head = 0
    private var segments: [Segment] = []
    /// Bytes the host transmitted, lost ones included.
    private(set) var produced: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { self.bytes.count - self.head }
    var isEmpty: Bool { self.count == 0 }
    var room: Int { max(0, self.capacity - self.count) }

    /// Takes what fits of what the host transmitted and returns the positions of what did not.
    mutating func append(_ new: ArraySlice<UInt8>) -> Range<UInt64>? {
        let taken = min(new.count, self.room)
        if taken > 0 {
            self.compact()
            self.bytes.append(contentsOf: new.prefix(taken))
            self.extendSegments(by: taken)
        }
        self.produced += UInt64(taken)
        guard taken < new.count else { return nil }
        let lost = self.produced..<(self.produced + UInt64(new.count - taken))
        self.produced = lost.upperBound
        return lost
    }

    /// Counts output that nobody holds, because nobody is connected.
    mutating func skip(_ count: Int) -> Range<UInt64> {
        let lost = self.produced..<(self.produced + UInt64(count))
        self.produced = lost.upperBound
        return lost
    }

    func prefix(_ count: Int) -> ArraySlice<UInt8> {
        self.bytes[self.head..<(self.head + min(count, self.count))]
    }

    /// Forgets the first `count` bytes and gives `visit` the positions they had.
    mutating func removeFirst(_ count: Int, visit: (Range<UInt64>) -> Void = { _ in }) {
        var rest = min(count, self.count)
        self.head += rest
        if self.head == self.bytes.count {
            self.bytes.removeAll(keepingCapacity: true)
            self.head = 0
        }
        while rest > 0, !self.segments.isEmpty {
            let step = min(rest, self.segments[0].count)
            let position = self.segments[0].position
            visit(position..<(position + UInt64(step)))
            rest -= step
            if step == self.segments[0].count {
                self.segments.removeFirst()
            } else {
                self.segments[0].position += UInt64(step)
                self.segments[0].count -= step
            }
        }
    }

    private mutating func compact() {
        guard self.head > 4096 || self.head > self.count else { return }
        self.bytes.removeFirst(self.head)
        self.head = 0
    }

    private mutating func extendSegments(by count: Int) {
        if let last = self.segments.last, last.position + UInt64(last.count) == self.produced {
            self.segments[self.segments.count - 1].count += count
        } else {
            self.segments.append(Segment(position: self.produced, count: count))
        }
    }
}
