// SPDX-License-Identifier: Apache-2.0

/// Which parts of a host's output something happened to, as half-open ranges of byte positions counted from
/// the first byte the host ever transmitted. A verifier subtracts them from what it expects.
///
/// At most `limit` ranges are kept; further ones only add to `byteCount` and set `isTruncated`.
package struct ByteRanges: Equatable, Sendable {
    package static let limit = 65_536

    package private(set) var ranges: [Range<UInt64>] = []
    package private(set) var byteCount: UInt64 = 0
    package private(set) var isTruncated = false

    package init() {}

    package mutating func insert(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        self.byteCount += range.upperBound - range.lowerBound
        if let last = self.ranges.last, last.upperBound == range.lowerBound {
            self.ranges[self.ranges.count - 1] = last.lowerBound..<range.upperBound
        } else if self.ranges.count < Self.limit {
            self.ranges.append(range)
        } else {
            self.isTruncated = true
        }
    }

    /// True if any byte of `range` is in one of these.
    package func overlaps(_ range: Range<UInt64>) -> Bool {
        self.ranges.contains { $0.overlaps(range) }
    }
}
