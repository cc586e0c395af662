// SPDX-License-Identifier: Apache-2.0

/// How much output was lost and why: the payload of an `outputLost` entry and of the recorder's `G` frame
/// (u64 little-endian byte count, then the reason as text).
struct LossRecord: Equatable {
    var byteCount: UInt64
    var reason: String

    init(byteCount: UInt64, reason: String) {
        self.byteCount = byteCount
        self.reason = reason
    }

    init(decoding bytes: ArraySlice<UInt8>) {
        var count: UInt64 = 0
        for (index, byte) in bytes.prefix(8).enumerated() {
            count |= UInt64(byte) << (8 * UInt64(index))
        }
        self.byteCount = count
        self.reason = String(decoding: bytes.dropFirst(8), as: UTF8.self)
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(self.byteCount)
        bytes.append(contentsOf: self.reason.utf8)
        return bytes
    }

    /// The line for the text log.
    var line: EventLine {
        EventLine("output-lost", ["bytes": String(self.byteCount), "reason": self.reason])
    }
}

extension [UInt8] {
    mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            self.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
