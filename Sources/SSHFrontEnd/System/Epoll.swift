// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// An epoll set: descriptors with a token each, and the wait for one of them to become ready.
struct Epoll: ~Copyable {
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let input = Interest(rawValue: UInt32(LINUX_EVENT_IN))
        static let output = Interest(rawValue: UInt32(LINUX_EVENT_OUT))
    }

    private let descriptor: Int32
    /// At most this many descriptors are told by one wait; the rest by the next.
    private var events = [linux_event](repeating: linux_event(), count: 64)

    init() throws(SSHFrontEndError) {
        self.descriptor = linux_epoll_create()
        guard self.descriptor >= 0 else { throw .system("epoll_create1", -self.descriptor) }
    }

    deinit {
        close(self.descriptor)
    }

    /// Adds a descriptor; false when the kernel has no room for it.
    borrowing func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) -> Bool {
        linux_epoll_add(self.descriptor, descriptor, interest.rawValue, token) == 0
    }

    borrowing func modify(_ descriptor: Int32, _ interest: Interest, token: UInt64) {
        _ = linux_epoll_modify(self.descriptor, descriptor, interest.rawValue, token)
    }

    borrowing func remove(_ descriptor: Int32) {
        _ = linux_epoll_remove(self.descriptor, descriptor)
    }

    /// Waits until something is ready or the deadline has come, and returns the tokens of what is ready.
    mutating func wait(until deadline: Deadline) -> [UInt64] {
        let timeout: Int32 =
            switch deadline {
            case .now: 0
            case .never: -1
            case .at(let instant): instant.millisecondsLeft(from: .now)
            }
        let capacity = Int32(self.events.count)
        let count = unsafe linux_epoll_wait(self.descriptor, &self.events, capacity, timeout)
        guard count > 0 else { return [] }
        return self.events.prefix(Int(count)).map(\.token)
    }

    enum Deadline {
        case now
        case never
        case at(ContinuousClock.Instant)
    }
}

extension ContinuousClock.Instant {
    /// Whole milliseconds until this instant, rounded up so that a wait does not end early; at most an hour.
    fileprivate func millisecondsLeft(from now: ContinuousClock.Instant) -> Int32 {
        let left = now.duration(to: self)
        guard left > .zero else { return 0 }
        guard left < .seconds(3600) else { return 3_600_000 }
        let (seconds, attoseconds) = left.components
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
