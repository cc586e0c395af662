// SPDX-License-Identifier: Apache-2.0

/// The recent output of one console, for everybody who watches: each reader keeps a cursor of its own.
///
/// Positions count every byte ever written, so a cursor that fell behind tells how much it missed. Nothing is
/// allocated before the first byte, and the storage doubles from 2 KiB up to `capacity`: a console that says
/// little costs little. When full, the oldest bytes are overwritten; the record on disk outranks every
/// reader.
package struct OutputRing: Sendable {
    /// What a reader gets from one `read`.
    package struct Chunk: Equatable, Sendable {
        /// Bytes that were overwritten before this reader came for them; say so before showing `bytes`.
        package var skipped: Int
        package var bytes: [UInt8]
    }

    /// The most bytes that are kept.
    package let capacity: Int
    /// The position after the newest byte: how many bytes were ever written.
    package private(set) var end: UInt64 = 0

    private static let firstSize = 2048
    private var storage: [UInt8] = []
    private var count = 0

    package init(capacity: Int = 32 * 1024) {
        self.capacity = max(capacity, Self.firstSize)
    }

    /// The position of the oldest byte still kept.
    package var start: UInt64 { self.end - UInt64(self.count) }

    /// Appends the newest output.
    package mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let kept = bytes.suffix(self.capacity)
        self.grow(toHold: self.count + kept.count)
        let size = self.storage.count
        // `end` modulo `size` is where the next byte goes; bytes that do not fit any more are only counted.
        let position = Int((self.end + UInt64(bytes.count - kept.count)) % UInt64(size))
        Self.place(kept, at: position, in: &self.storage)
        self.count = min(self.count + bytes.count, size)
        self.end += UInt64(bytes.count)
    }

    /// Takes at most `limit` bytes for a reader and moves its cursor.
    package func read(from cursor: inout UInt64, limit: Int) -> Chunk {
        let begin = max(cursor, self.start)
        let skipped = Int(begin - min(cursor, begin))
        let length = min(max(limit, 0), Int(self.end - min(begin, self.end)))
        cursor = begin + UInt64(length)
        return Chunk(skipped: skipped, bytes: self.bytes(at: begin, count: length))
    }

    /// How many bytes are kept at the moment.
    package var tailCount: Int { self.count }

    /// The newest bytes, at most `limit`.
    package func tail(_ limit: Int) -> [UInt8] {
        let length = min(limit, self.count)
        return self.bytes(at: self.end - UInt64(length), count: length)
    }

    private func bytes(at position: UInt64, count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        let size = self.storage.count
        let offset = Int(position % UInt64(size))
        let first = min(count, size - offset)
        var result: [UInt8] = []
        result.reserveCapacity(count)
        result.append(contentsOf: self.storage[offset..<offset + first])
        result.append(contentsOf: self.storage[..<(count - first)])
        return result
    }

    private mutating func grow(toHold needed: Int) {
        guard needed > self.storage.count, self.storage.count < self.capacity else { return }
        var size = max(self.storage.count, Self.firstSize)
        while size < needed, size < self.capacity { size *= 2 }
        size = min(size, self.capacity)
        let kept = self.tail(self.count)
        var grown = [UInt8](repeating: 0, count: size)
        // Every byte's place is its position modulo the size, so a new size means new places.
        Self.place(kept[...], at: Int(self.start % UInt64(size)), in: &grown)
        self.storage = grown
    }

    /// Writes bytes, no more than there is room for, at a place in the storage and, past its end, from its beginning.
    private static func place(_ bytes: ArraySlice<UInt8>, at position: Int, in storage: inout [UInt8]) {
        let first = min(bytes.count, storage.count - position)
        // Unsafe: two copies within the bounds of both arrays; `replaceSubrange` costs ten times as much.
        unsafe storage.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[position..<(position + first)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<first]))
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[..<(source.count - first)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[first...]))
            }
        }
    }
}
