// SPDX-License-Identifier: Apache-2.0

/// CRC-16/CCITT-FALSE (polynomial 1021h, start FFFFh): the check digits of a load line.
package enum CRC16 {
    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }

    package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        let table = self.table
        var crc: UInt16 = 0xFFFF
        for byte in bytes {
            crc = crc << 8 ^ table[Int(crc >> 8 ^ UInt16(byte))]
        }
        return crc
    }
}

/// CRC-32 as zlib computes it (`python3 -c 'import zlib...'`), over everything a host received: a verifier who
/// knows what was typed can tell whether all of it arrived, in order.
package struct CRC32: Equatable, Sendable {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    package var value: UInt32 { ~self.state }

    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        let table = Self.table
        for byte in bytes {
            self.state = self.state >> 8 ^ table[Int((self.state ^ UInt32(byte)) & 0xFF)]
        }
    }
}
