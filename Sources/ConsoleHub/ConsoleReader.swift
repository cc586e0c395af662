// SPDX-License-Identifier: Apache-2.0

/// One attached operator, as the console sees it.
package struct ConsoleReader: Equatable, Sendable {
    package let id: ReaderID
    package let user: String
    /// The next byte of the ring this reader has not seen.
    package internal(set) var cursor: UInt64

    package init(id: ReaderID, user: String, cursor: UInt64) {
        self.id = id
        self.user = user
        self.cursor = cursor
    }
}
