// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Bytes that arrive over time on a thread of their own.
package final class ByteCollector: Sendable {
    private struct Contents {
        var bytes: [UInt8] = []
        var isClosed = false
    }

    private let contents = Locked(Contents())

    package init() {}

    /// Reads a descriptor to its end.
    init(reading descriptor: Descriptor) {
        Thread {
            var block = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = read(descriptor.number, &block, block.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                self.contents.withLock { $0.bytes += block.prefix(count) }
            }
            self.contents.withLock { $0.isClosed = true }
        }.start()
    }

    package var bytes: [UInt8] { self.contents.withLock { $0.bytes } }
    package var count: Int { self.contents.withLock { $0.bytes.count } }
    package var text: String { String(decoding: self.bytes, as: UTF8.self) }
    /// Nothing more will come.
    package var isClosed: Bool { self.contents.withLock { $0.isClosed } }

    /// What came after `mark` (an earlier `count`).
    package func text(from mark: Int) -> String {
        String(decoding: self.bytes.dropFirst(mark), as: UTF8.self)
    }

    package func contains(_ text: String, from mark: Int = 0) -> Bool {
        let needle = Array(text.utf8)
        return self.contents.withLock { contents in
            contents.bytes.withUnsafeBytes { bytes in
                mark <= bytes.count
                    && Self.contains(needle, in: UnsafeRawBufferPointer(rebasing: bytes[mark...]))
            }
        }
    }

    /// By the C library: a loop in a debug build is too slow for megabytes.
    static func contains(_ needle: [UInt8], in haystack: UnsafeRawBufferPointer) -> Bool {
        guard let first = needle.first, var start = haystack.baseAddress else { return needle.isEmpty }
        var left = haystack.count
        while left >= needle.count {
            guard let found = memchr(start, Int32(first), left - needle.count + 1) else { return false }
            left -= UnsafeRawPointer(found) - start
            start = UnsafeRawPointer(found)
            if memcmp(start, needle, needle.count) == 0 { return true }
            start += 1
            left -= 1
        }
        return false
    }

    /// Waits for a text and returns the count of bytes at that time, a mark for what comes next.
    @discardableResult
    package func wait(for text: String, from mark: Int = 0, within limit: Duration = patience) async throws
        -> Int
    {
        try await eventually("\"\(text)\"", within: limit, evidence: { String(self.text.suffix(3000)) }) {
            if self.contains(text, from: mark) { return true }
            guard self.isClosed else { return false }
            // What came between the two questions counts.
            guard !self.contains(text, from: mark) else { return true }
            throw TimedOut(
                what: "\"\(text)\"; it ended",
                limit: limit,
                evidence: String(self.text.suffix(3000))
            )
        }
        return self.count
    }
}

/// A value behind a lock.
final class Locked<Value>: @unchecked Sendable {
    // Unchecked: `value` is touched only under the lock.
    private let lock = NSLock()
    private var value: Value

    init(_ value: sending Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try self.lock.withLock { try body(&self.value) }
    }
}
