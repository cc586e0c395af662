// SPDX-License-Identifier: Apache-2.0

/// Writes the 24 characters of a line's stamp. Remembers the last second, because most lines share it.
struct StampFormatter: Sendable {
    static let byteCount = 24
    /// The years that four digits can show; stamps outside are held at the ends.
    static let earliest: Int64 = -62_167_219_200_000
    static let latest: Int64 = 253_402_300_799_999

    private var second: Int64 = .min
    private var text: [24 of UInt8] = [24 of UInt8](repeating: 0)

    init() {}

    mutating func format(milliseconds: Int64) {
        let held = min(max(milliseconds, StampFormatter.earliest), StampFormatter.latest)
        let second = WallTime.floorDivide(held, by: 1_000)
        if second != self.second {
            self.second = second
            self.formatSecond(second)
        }
        self.put(Int(held - second * 1_000), at: 20, digits: 3)
    }

    /// The stamp as an array, for places that are not busy.
    mutating func bytes(milliseconds: Int64) -> [UInt8] {
        self.format(milliseconds: milliseconds)
        var bytes: [UInt8] = []
        for index in self.text.indices { bytes.append(self.text[index]) }
        return bytes
    }

    /// Lends the stamp last formatted.
    func withText<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(self.text.span)
    }

    private mutating func formatSecond(_ second: Int64) {
        let date = CivilDate(second: second)
        self.put(date.year, at: 0, digits: 4)
        self.text[4] = UInt8(ascii: "-")
        self.put(date.month, at: 5, digits: 2)
        self.text[7] = UInt8(ascii: "-")
        self.put(date.day, at: 8, digits: 2)
        self.text[10] = UInt8(ascii: "T")
        self.put(date.hour, at: 11, digits: 2)
        self.text[13] = UInt8(ascii: ":")
        self.put(date.minute, at: 14, digits: 2)
        self.text[16] = UInt8(ascii: ":")
        self.put(date.second, at: 17, digits: 2)
        self.text[19] = UInt8(ascii: ".")
        self.text[23] = UInt8(ascii: "Z")
    }

    private mutating func put(_ number: Int, at position: Int, digits: Int) {
        var rest = number
        for index in stride(from: position + digits - 1, through: position, by: -1) {
            self.text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
