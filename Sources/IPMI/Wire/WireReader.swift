// SPDX-License-Identifier: Apache-2.0

/// Reads fields of a message one after the other. Every read names its field, so that a short packet says what was
/// missing, and no read can pass the end.
package struct WireReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// Reads a whole array.
    package init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Reads a slice; indices of the slices handed out are those of the array it belongs to.
    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    /// How many bytes have not been read.
    package var remaining: Int { self.bytes.endIndex - self.position }

    /// True when every byte has been read.
    package var isAtEnd: Bool { self.remaining == 0 }

    /// One byte.
    package mutating func u8(_ field: String) throws(WireError) -> UInt8 {
        let start = try self.advance(1, field)
        return self.bytes[start]
    }

    /// Two bytes, least significant first.
    package mutating func u16LE(_ field: String) throws(WireError) -> UInt16 {
        let start = try self.advance(2, field)
        return UInt16(self.bytes[start]) | UInt16(self.bytes[start + 1]) << 8
    }

    /// Three bytes, least significant first: IANA enterprise numbers.
    package mutating func u24LE(_ field: String) throws(WireError) -> UInt32 {
        let start = try self.advance(3, field)
        return UInt32(self.bytes[start]) | UInt32(self.bytes[start + 1]) << 8
            | UInt32(self.bytes[start + 2]) << 16
    }

    /// Four bytes, least significant first: everything in IPMI.
    package mutating func u32LE(_ field: String) throws(WireError) -> UInt32 {
        let start = try self.advance(4, field)
        return UInt32(self.bytes[start]) | UInt32(self.bytes[start + 1]) << 8
            | UInt32(self.bytes[start + 2]) << 16 | UInt32(self.bytes[start + 3]) << 24
    }

    /// Four bytes, most significant first: ASF.
    package mutating func u32BE(_ field: String) throws(WireError) -> UInt32 {
        try self.u32LE(field).byteSwapped
    }

    /// A run of bytes, not copied.
    package mutating func slice(_ count: Int, _ field: String) throws(WireError) -> ArraySlice<UInt8> {
        let start = try self.advance(count, field)
        return self.bytes[start..<start + count]
    }

    /// A run of bytes, copied.
    package mutating func array(_ count: Int, _ field: String) throws(WireError) -> [UInt8] {
        Array(try self.slice(count, field))
    }

    /// Everything not read yet, not copied.
    package mutating func rest() -> ArraySlice<UInt8> {
        defer { self.position = self.bytes.endIndex }
        return self.bytes[self.position...]
    }

    /// Passes over reserved bytes: their value is ignored, their absence is not.
    package mutating func skip(_ count: Int, _ field: String) throws(WireError) {
        _ = try self.advance(count, field)
    }

    private mutating func advance(_ count: Int, _ field: String) throws(WireError) -> Int {
        guard count >= 0, count <= self.remaining else {
            throw .truncated(field: field, needed: count, available: self.remaining)
        }
        defer { self.position += count }
        return self.position
    }
}
