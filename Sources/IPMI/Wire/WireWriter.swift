// SPDX-License-Identifier: Apache-2.0

/// Builds a message field by field.
package struct WireWriter {
    /// What has been written so far.
    package internal(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) {
        self.bytes.reserveCapacity(capacity)
    }

    /// One byte.
    package mutating func u8(_ value: UInt8) {
        self.bytes.append(value)
    }

    /// Two bytes, least significant first.
    package mutating func u16LE(_ value: UInt16) {
        self.bytes.append(UInt8(truncatingIfNeeded: value))
        self.bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    /// The lower three bytes, least significant first.
    package mutating func u24LE(_ value: UInt32) {
        self.u16LE(UInt16(truncatingIfNeeded: value))
        self.bytes.append(UInt8(truncatingIfNeeded: value >> 16))
    }

    /// Four bytes, least significant first.
    package mutating func u32LE(_ value: UInt32) {
        self.u16LE(UInt16(truncatingIfNeeded: value))
        self.u16LE(UInt16(truncatingIfNeeded: value >> 16))
    }

    /// Four bytes, most significant first.
    package mutating func u32BE(_ value: UInt32) {
        self.u32LE(value.byteSwapped)
    }

    /// A run of bytes.
    package mutating func append(_ run: [UInt8]) {
        self.bytes.append(contentsOf: run)
    }

    /// A run of bytes.
    package mutating func append(_ run: ArraySlice<UInt8>) {
        self.bytes.append(contentsOf: run)
    }

    /// A run of bytes in a field of fixed size: cut, or filled up with zeros.
    package mutating func append(_ run: [UInt8], paddedTo size: Int) {
        self.bytes.append(contentsOf: run.prefix(size))
        self.zeros(size - min(size, run.count))
    }

    /// Reserved bytes.
    package mutating func zeros(_ count: Int) {
        for _ in 0..<count { self.bytes.append(0) }
    }
}
