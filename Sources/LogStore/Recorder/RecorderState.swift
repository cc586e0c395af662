// SPDX-License-Identifier: Apache-2.0

/// Where a recorder goes on: after which segment, and with which link of the chain.
struct RecorderState: Equatable, Sendable {
    var lastSegment: UInt64 = 0
    var lastHash = [UInt8](repeating: 0, count: 32)

    static func fileName(_ segment: UInt64) -> String {
        let digits = String(segment)
        return "segment-" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".rec"
    }

    static func number(ofFile name: String) -> UInt64? {
        guard name.hasPrefix("segment-"), name.hasSuffix(".rec") else { return nil }
        return UInt64(name.dropFirst(8).dropLast(4))
    }
}
