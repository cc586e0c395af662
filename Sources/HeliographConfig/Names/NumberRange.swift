// SPDX-License-Identifier: Apache-2.0

/// `01-40`, one part of what stands between brackets. Numbers shorter than `width` get zeros in front.
struct NumberRange: Hashable, Sendable {
    let first: UInt64
    let last: UInt64
    let width: Int

    var count: Int {
        let difference = self.last - self.first
        return difference >= UInt64(Int.max) ? Int.max : Int(difference) + 1
    }

    /// Reads `01-40,50`; `text` is the whole, for messages.
    static func parseList(_ inner: String, in text: String) throws(ValueError) -> [NumberRange] {
        var result: [NumberRange] = []
        for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard (1...2).contains(ends.count), let low = Self.number(ends[0]),
                let high = Self.number(ends[ends.count - 1])
            else {
                throw ValueError(
                    "\(text.quoted) has a bad range [\(inner.forDisplay)]; write [1-8], [01-40,50] or [3,5]"
                )
            }
            guard low <= high else {
                throw ValueError("\(text.quoted) has a range that runs backwards: \(part.forDisplay)")
            }
            let padded = ends[0].hasPrefix("0") && ends[0].utf8.count > 1
            // [1-010] would mean different things to different programs.
            guard ends.count == 1 || padded || !(ends[1].hasPrefix("0") && ends[1].utf8.count > 1) else {
                throw ValueError(
                    "\(text.quoted) has a range with zeros before its end but not its beginning: \(part.forDisplay)"
                )
            }
            result.append(NumberRange(first: low, last: high, width: padded ? ends[0].utf8.count : 1))
        }
        return result
    }

    private static func number(_ digits: Substring) -> UInt64? {
        guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit) else { return nil }
        return UInt64(digits)
    }

    /// The numbers as text. Only for ranges known to be small enough.
    func texts() -> [[UInt8]] {
        (self.first...self.last).map(self.text(of:))
    }

    /// A number with the zeros that belong before it.
    func text(of number: UInt64) -> [UInt8] {
        let digits = Array(String(number).utf8)
        return Array(repeating: UInt8(ascii: "0"), count: max(0, self.width - digits.count)) + digits
    }

    /// Every position where a number of one of these ranges can end that begins at `start`.
    static func ends(in name: [UInt8], from start: Int, _ ranges: [NumberRange]) -> [Int] {
        var result: [Int] = []
        var number: UInt64 = 0
        // 18 digits is the longest that a range can have, so the number cannot overflow.
        for (length, byte) in name[start...].prefix(18).enumerated() {
            guard isDigit(byte) else { break }
            number = number * 10 + UInt64(byte - UInt8(ascii: "0"))
            let canonical = number < 10 ? 1 : String(number).utf8.count
            let written = length + 1
            if ranges.contains(where: {
                ($0.first...$0.last).contains(number) && written == max($0.width, canonical)
            }) {
                result.append(start + written)
            }
        }
        return result
    }
}
