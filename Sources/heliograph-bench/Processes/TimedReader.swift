// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads from a descriptor with a time limit, straight from the kernel: what is timed must not wait for a queue.
struct TimedReader {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// What is there or comes within the time, empty if nothing does; nil at the end.
    mutating func bytes(within limit: Duration) -> [UInt8]? {
        if !self.pending.isEmpty {
            defer { self.pending = [] }
            return self.pending
        }
        var watched = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(max(0, limit.seconds * 1000).rounded(.up))
        // Unsafe: one pollfd, borrowed for the call.
        guard unsafe poll(&watched, 1, milliseconds) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // Unsafe: the kernel fills the array's storage, as much as it is told there is.
        let count = unsafe read(self.descriptor, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// The next line, without its end; nil if none comes in time.
    mutating func line(within limit: Duration) -> String? {
        let deadline = ContinuousClock.now + limit
        var text: [UInt8] = []
        while let more = self.bytes(within: ContinuousClock.now.duration(to: deadline)) {
            text += more
            if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                self.pending = Array(text[(end + 1)...])
                return String(decoding: text[..<end], as: UTF8.self)
            }
            if ContinuousClock.now >= deadline { break }
        }
        self.pending = text
        return nil
    }
}
