// SPDX-License-Identifier: Apache-2.0

import CLogStore
import Glibc

/// Wakes one thread: an eventfd, so that ringing from any thread is one system call and rings add up to one.
final class Doorbell: Sendable {
    private let descriptor: Int32

    init?() {
        self.descriptor = hlg_eventfd()
        guard self.descriptor >= 0 else { return nil }
    }

    deinit {
        close(self.descriptor)
    }

    func ring() {
        var one: UInt64 = 1
        _ = unsafe write(self.descriptor, &one, 8)
    }

    /// Returns when it was rung since the last wait, or after the time.
    func wait(_ time: Duration?) {
        var request = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = time.map { max(0, min($0.wholeMicroseconds, 600_000_000) + 999) / 1_000 } ?? -1
        guard unsafe poll(&request, 1, Int32(milliseconds)) > 0 else { return }
        var count: UInt64 = 0
        _ = unsafe read(self.descriptor, &count, 8)
    }
}
