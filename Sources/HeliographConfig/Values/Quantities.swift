// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Reads `500ms 30s 10m 2h 1d`, sums of them (`1h30m`) and `0`.
    init(parsing text: String) throws(ValueError) {
        let units: [String: Int64] = [
            "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
        ]
        if text == "0" {
            self = .zero
            return
        }
        let quantities = try Quantity.split(text, example: "500ms, 30s, 10m, 2h or 1d")
        var sum: Int64 = 0
        for quantity in quantities {
            guard let unit = units[quantity.unit] else {
                throw ValueError(
                    "\(text.quoted) has no unit of time"
                        + (quantity.unit.isEmpty ? "" : " that is known")
                        + "; write 500ms, 30s, 10m, 2h or 1d"
                )
            }
            let (product, tooBig) = quantity.number.multipliedReportingOverflow(by: unit)
            let (total, stillTooBig) = sum.addingReportingOverflow(product)
            // A century is long enough for anybody and leaves room for sums of durations.
            guard !tooBig, !stillTooBig, total <= 36_525 * 86_400_000 else {
                throw ValueError("\(text.quoted) is longer than a century")
            }
            sum = total
        }
        self = .milliseconds(sum)
    }

    /// As it would be written in the configuration.
    var configurationText: String {
        let milliseconds =
            self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
            as [(String, Int64)]
        where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return milliseconds == 0 ? "0" : "\(milliseconds)ms"
    }
}

/// A number of bytes: `64KiB 10MB 1GiB`.
enum ByteSize {
    private static let units: [String: Int] = [
        "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
        "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
    ]

    static func parse(_ text: String) throws(ValueError) -> Int {
        if text == "0" { return 0 }
        let quantities = try Quantity.split(text, example: "64KiB, 10MB or 1GiB")
        guard quantities.count == 1, let unit = Self.units[quantities[0].unit] else {
            throw ValueError("\(text.quoted) has no unit of size that is known; write 64KiB, 10MB or 1GiB")
        }
        let (bytes, tooBig) = Int(quantities[0].number).multipliedReportingOverflow(by: unit)
        guard !tooBig, bytes <= 1 << 60 else {
            throw ValueError("\(text.quoted) is more than a disk can hold")
        }
        return bytes
    }

    static func text(_ bytes: Int) -> String {
        for (unit, size) in [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes != 0 && bytes % size == 0 {
            return "\(bytes / size)\(unit)"
        }
        return bytes == 0 ? "0" : "\(bytes)B"
    }
}

/// A number and its unit, glued together.
private struct Quantity {
    var number: Int64
    var unit: String

    static func split(_ text: String, example: String) throws(ValueError) -> [Quantity] {
        var result: [Quantity] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
            rest = rest.dropFirst(unit.count)
            guard !digits.isEmpty, !unit.isEmpty || rest.isEmpty else { break }
            guard let number = Int64(String(digits)) else {
                throw ValueError("\(text.quoted) is too big a number")
            }
            result.append(Quantity(number: number, unit: String(unit)))
            if rest.isEmpty { return result }
        }
        throw ValueError("\(text.quoted) is not a number with a unit; write \(example)")
    }
}
