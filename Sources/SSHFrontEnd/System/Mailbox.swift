// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization

/// What other threads tell an event loop. Posting never blocks, and writes to the eventfd only when the loop sleeps,
/// so a batch of posts costs one wake-up.
///
/// The bound is in what posts: an outlet has at most one command waiting, a connection one.
final class Mailbox<Command: Sendable>: Sendable {
    private struct State {
        var commands: [Command] = []
        var isAwake = true
    }

    /// To be put into the loop's epoll set.
    let descriptor: Int32
    private let state = Mutex(State())

    init() throws(SSHFrontEndError) {
        self.descriptor = linux_eventfd_create()
        guard self.descriptor >= 0 else { throw .system("eventfd", -self.descriptor) }
    }

    deinit {
        close(self.descriptor)
    }

    func post(_ command: Command) {
        let mustWake = self.state.withLock { state in
            state.commands.append(command)
            guard !state.isAwake else { return false }
            state.isAwake = true
            return true
        }
        if mustWake {
            linux_eventfd_signal(self.descriptor)
        }
    }

    /// Called by the loop before it sleeps; false when there is something to do instead.
    func mayFallAsleep() -> Bool {
        self.state.withLock { state in
            state.isAwake = !state.commands.isEmpty
            return !state.isAwake
        }
    }

    /// Called by the loop after it slept: takes everything that was posted.
    func take() -> [Command] {
        self.state.withLock { state in
            state.isAwake = true
            return exchange(&state.commands, with: [])
        }
    }

    /// Called by the loop when the eventfd is readable.
    func clearWakeUp() {
        linux_eventfd_clear(self.descriptor)
    }
}

private func exchange<T>(_ value: inout T, with other: T) -> T {
    let old = value
    value = other
    return old
}
