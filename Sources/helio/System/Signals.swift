// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Signals as bytes in a pipe, so that the poll loop sees them in order with everything else. The handler does nothing
/// else, which is all that a handler may do.
enum Signals {
    private static let readEnd = Atomic<Int32>(-1)
    private static let writeEnd = Atomic<Int32>(-1)
    private static let terminating = Atomic<Bool>(false)

    private static let watched = [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT]

    /// Where the bytes, signal numbers, arrive; -1 while nothing is watched.
    static var pipe: Int32 { self.readEnd.load(ordering: .relaxed) }

    /// True once a signal has come that ends the program.
    static var isTerminating: Bool { self.terminating.load(ordering: .relaxed) }

    static func ends(_ signal: Int32) -> Bool { [SIGTERM, SIGHUP, SIGINT, SIGQUIT].contains(signal) }

    /// Starts watching. False when no pipe could be made.
    static func watch() -> Bool {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { return false }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.readEnd.store(ends[0], ordering: .relaxed)
        self.writeEnd.store(ends[1], ordering: .relaxed)
        for signal in self.watched { self.install(signal) }
        return true
    }

    /// The signals that have come since the last call.
    static func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe read(self.pipe, buffer.baseAddress, buffer.count)
        }
        return count > 0 ? bytes.prefix(count).map(Int32.init) : []
    }

    /// Does to this process what the signal does by itself.
    static func raiseByDefault(_ number: Int32) {
        signal(number, SIG_DFL)
        // The signal is not blocked outside its handler, so it acts before raise returns.
        raise(number)
    }

    /// Stops this process as ^Z does and returns when it is continued.
    static func stop() {
        self.raiseByDefault(SIGTSTP)
        self.install(SIGTSTP)
    }

    private static func install(_ number: Int32) {
        var action = sigaction()
        // Unsafe: C's union of handlers. The closure captures nothing and calls only what signal-safety(7) allows.
        unsafe action.__sigaction_handler.sa_handler = { number in
            let before = errno
            if Signals.ends(number) { Signals.terminating.store(true, ordering: .relaxed) }
            var byte = UInt8(truncatingIfNeeded: number)
            _ = unsafe write(Signals.writeEnd.load(ordering: .relaxed), &byte, 1)
            errno = before
        }
        _ = unsafe sigaction(number, &action, nil)
    }
}
