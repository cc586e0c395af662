// SPDX-License-Identifier: Apache-2.0

/// Finds where text ends and something else begins: the part of line assembly that every byte passes through.
enum TextScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The end of the text that begins at `start`: printable ASCII, TAB and complete valid UTF-8 characters.
    static func endOfText(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while true {
            index = self.endOfPrintableASCII(bytes, from: index)
            guard index < bytes.count else { return index }
            if bytes[index] == 0x09 {
                index += 1
                continue
            }
            guard bytes[index] >= 0xC2, let length = self.validCharacter(bytes, at: index) else {
                return index
            }
            index += length
        }
    }

    /// Eight bytes at a time: a byte stops the scan when it is below 0x20, above 0x7F or DEL.
    private static func endOfPrintableASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = unsafe bytes.bytes
        while index + 8 <= bytes.count {
            // Unsafe: any bit pattern is a UInt64. Sound, because eight bytes are there.
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let delete = word ^ (0x7F * self.ones)
            let stops =
                (word | ((word &- 0x20 * self.ones) & ~word) | ((delete &- self.ones) & ~delete)) & self.highs
            guard stops == 0 else { return index + stops.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] < 0x7F { index += 1 }
        return index
    }

    static func isASCII(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        let raw = unsafe bytes.bytes
        while index + 8 <= bytes.count {
            // Unsafe: as above.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word & self.highs == 0 else { return false }
            index += 8
        }
        while index < bytes.count {
            guard bytes[index] < 0x80 else { return false }
            index += 1
        }
        return true
    }

    /// The length of the character at `index`, nil when it is incomplete or not valid.
    private static func validCharacter(_ bytes: Span<UInt8>, at index: Int) -> Int? {
        let lead = bytes[index]
        let length = self.characterLength(lead: lead)
        guard length > 1, index + length <= bytes.count else { return nil }
        for position in 1..<length
        where !self.isContinuation(bytes[index + position], at: position, lead: lead) {
            return nil
        }
        return length
    }

    static func characterLength(lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Whether a byte may stand at `position` (1 to 3) of a character that begins with `lead`: no overlong forms, no
    /// surrogates, nothing beyond U+10FFFF, and no C1 control, which a terminal could obey.
    static func isContinuation(_ byte: UInt8, at position: Int, lead: UInt8) -> Bool {
        guard position == 1 else { return byte & 0xC0 == 0x80 }
        return switch lead {
        case 0xC2: (0xA0...0xBF).contains(byte)
        case 0xE0: (0xA0...0xBF).contains(byte)
        case 0xED: (0x80...0x9F).contains(byte)
        case 0xF0: (0x90...0xBF).contains(byte)
        case 0xF4: (0x80...0x8F).contains(byte)
        default: byte & 0xC0 == 0x80
        }
    }

    /// Appends text that must stay on one line and be safe to show: what is not text becomes `\xHH`.
    static func appendSanitized(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            let end = self.endOfText(bytes, from: index)
            if end > index {
                unsafe bytes.extracting(index..<end).withUnsafeBufferPointer {
                    unsafe text.append(contentsOf: $0)
                }
                index = end
            } else {
                text.append(contentsOf: hexEscape(bytes[index]))
                index += 1
            }
        }
    }
}
