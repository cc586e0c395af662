// SPDX-License-Identifier: Apache-2.0

extension WallTime: CustomStringConvertible {
    /// `2026-11-22T08:05:19.123Z`: RFC 3339 in UTC with milliseconds, always 24 characters.
    package var description: String {
        var formatter = StampFormatter()
        return String(decoding: formatter.bytes(milliseconds: self.milliseconds), as: UTF8.self)
    }
}
