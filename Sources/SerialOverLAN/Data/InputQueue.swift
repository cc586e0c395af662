// SPDX-License-Identifier: Apache-2.0

/// What was typed and is not yet acknowledged by the BMC, in order, with the breaks at their places.
///
/// Bounded by `limit` bytes and `breakLimit` breaks. Holds no memory while empty.
struct InputQueue: Sendable {
    /// What has to be sent next.
    enum Head: Equatable {
        case characters(count: Int)
        case serialBreak
    }

    private let limit: Int
    private var bytes: [UInt8] = []
    private var start = 0
    /// For each break the count of bytes of the whole stream before it, ascending.
    private var breaks: [UInt64] = []
    /// How many bytes of the stream have left the queue.
    private var removed: UInt64 = 0

    private static let breakLimit = 16

    init(limit: Int) {
        self.limit = limit
    }

    var byteCount: Int { self.bytes.count - self.start }
    var isEmpty: Bool { self.byteCount == 0 && self.breaks.isEmpty }
    var hasRoomAgain: Bool { self.byteCount <= self.limit / 2 }

    /// The next thing to send: characters up to the next break, or the break itself.
    var head: Head? {
        guard let next = self.breaks.first else {
            return self.byteCount > 0 ? .characters(count: self.byteCount) : nil
        }
        return next > self.removed ? .characters(count: Int(next - self.removed)) : .serialBreak
    }

    /// Takes what fits and says how many bytes that was.
    mutating func append(_ characters: ArraySlice<UInt8>) -> Int {
        let count = min(characters.count, max(self.limit - self.byteCount, 0))
        self.bytes.append(contentsOf: characters.prefix(count))
        return count
    }

    /// Puts a break after everything typed so far; false when there are too many already.
    mutating func appendBreak() -> Bool {
        guard self.breaks.count < Self.breakLimit else { return false }
        self.breaks.append(self.removed + UInt64(self.byteCount))
        return true
    }

    /// The first `count` bytes.
    func prefix(_ count: Int) -> ArraySlice<UInt8> {
        self.bytes[self.start..<self.start + min(count, self.byteCount)]
    }

    /// Forgets the first `count` bytes: the BMC has them.
    mutating func removeFirst(_ count: Int) {
        let count = min(count, self.byteCount)
        self.start += count
        self.removed += UInt64(count)
        if self.start == self.bytes.count {
            self.bytes = []
            self.start = 0
        } else if self.start >= 4096, self.start * 2 >= self.bytes.count {
            self.bytes.removeSubrange(..<self.start)
            self.start = 0
        }
    }

    /// Forgets the break at the head.
    mutating func removeBreak() {
        if self.head == .serialBreak { self.breaks.removeFirst() }
    }

    /// Forgets everything and says how many bytes that was.
    mutating func removeAll() -> Int {
        let count = self.byteCount
        self.removeFirst(count)
        self.breaks = []
        return count
    }
}
