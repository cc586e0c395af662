// SPDX-License-Identifier: Apache-2.0

/// A line that proves itself: `NAME NNNNNNNN 01234567890123... CCCC` and CR LF, `width` bytes in all.
///
/// * NAME: the console's name, without spaces;
/// * NNNNNNNN: the line's number in eight decimal digits, from 00000001, without gaps;
/// * 0123...: the digits 0 to 9 over and over, as many as the width needs;
/// * CCCC: CRC-16/CCITT-FALSE of everything before the last space, in four lower-case hexadecimal digits.
///
/// Line n occupies the bytes `(n - 1) * width ..< n * width` of a load host's output, so lost byte ranges name lines.
package struct LoadLine: Equatable, Sendable {
    package static let defaultWidth = 80

    package let width: Int
    private var template: [UInt8]
    private let numberStart: Int
    private let checkStart: Int

    package init(name: String, width: Int = Self.defaultWidth) {
        let prefix = Array(name.utf8) + [UInt8(ascii: " ")]
        // Number, space, one filler digit, space, check digits, CR LF.
        let shortest = prefix.count + 8 + 1 + 1 + 1 + 4 + 2
        self.width = max(width, shortest)
        let fillerCount = self.width - shortest + 1
        let filler = (0..<fillerCount).map { UInt8(ascii: "0") + UInt8($0 % 10) }
        self.numberStart = prefix.count
        self.checkStart = prefix.count + 8 + 1 + fillerCount + 1
        self.template = prefix + Array("00000000 ".utf8) + filler + Array(" 0000\r\n".utf8)
    }

    /// Appends line `number`.
    package mutating func append(_ number: UInt32, to output: inout [UInt8]) {
        var rest = number
        for index in (self.numberStart..<self.numberStart + 8).reversed() {
            self.template[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        let crc = CRC16.checksum(self.template[..<(self.checkStart - 1)])
        for digit in 0..<4 {
            self.template[self.checkStart + digit] = Self.hexDigit(crc >> UInt16(12 - 4 * digit) & 0xF)
        }
        output.append(contentsOf: self.template)
    }

    private static func hexDigit(_ value: UInt16) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + UInt8(value) : UInt8(ascii: "a") + UInt8(value - 10)
    }

    /// The name and number of an intact line (given without its line end), nil if it is torn, mixed up or not such a line.
    package static func verify(_ line: ArraySlice<UInt8>) -> (name: String, number: UInt32)? {
        let space = UInt8(ascii: " ")
        guard let lastSpace = line.lastIndex(of: space), line.endIndex - lastSpace == 5 else { return nil }
        let fields = line[..<lastSpace].split(separator: space, omittingEmptySubsequences: false)
        guard fields.count == 3, fields[1].count == 8 else { return nil }
        guard let number = UInt32(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        guard let crc = UInt16(String(decoding: line[(lastSpace + 1)...], as: UTF8.self), radix: 16) else {
            return nil
        }
        guard crc == CRC16.checksum(line[..<lastSpace]) else { return nil }
        return (String(decoding: fields[0], as: UTF8.self), number)
    }
}
