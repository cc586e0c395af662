// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Writing to standard output and standard error.
enum Output {
    static func print(_ text: String) { _ = self.write(Array(text.utf8), to: STDOUT_FILENO) }

    /// `helio: text` on standard error.
    static func complain(_ text: String, withNewline: Bool = true) {
        _ = self.write(Array("helio: \(text)\(withNewline ? "\n" : "")".utf8), to: STDERR_FILENO)
    }

    /// Bytes that a pipe takes without blocking once it says that it takes any.
    private static let atomicWrite = 4096

    /// Writes all of it, however long the reader takes. False when the reader is gone, or when a signal came that ends the
    /// program: then what is left is lost.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let isWatching = Signals.pipe >= 0
            if isWatching { self.wait(for: descriptor) }
            if Signals.isTerminating { return false }
            let piece = isWatching ? rest.prefix(self.atomicWrite) : rest
            let count = unsafe piece.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Somebody else made the terminal non-blocking.
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&wanted, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Waits for room, or for a signal.
    private static func wait(for descriptor: Int32) {
        var wanted = [
            pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: Signals.pipe, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&wanted, nfds_t(wanted.count), -1)
    }
}
