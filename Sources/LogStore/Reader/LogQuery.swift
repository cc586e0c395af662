// SPDX-License-Identifier: Apache-2.0

/// Which lines of a console's log are wanted.
package struct LogQuery: Sendable, Equatable {
    package var since: WallTime?
    /// Lines stamped at or after it are left out.
    package var until: WallTime?
    /// Only the last so many of them.
    package var last: Int?
    /// Go on with new lines; rotation does not end it.
    package var follow: Bool

    package init(since: WallTime? = nil, until: WallTime? = nil, last: Int? = nil, follow: Bool = false) {
        self.since = since
        self.until = until
        self.last = last
        self.follow = follow
    }
}
