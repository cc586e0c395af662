// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The value of `expiry-time=`: `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`, local time unless it ends in Z.
package struct KeyExpiry: Equatable, Sendable {
    /// Year, month, day, hour, minute, second.
    private var fields: [Int]
    private var isUTC: Bool

    init(parsing text: String) throws(SSHFrontEndError) {
        let fault = SSHFrontEndError.badKey("expiry-time=: \(printable(text)) is not YYYYMMDD[HHMM[SS]][Z]")
        self.isUTC = text.hasSuffix("Z")
        let digits = Array((self.isUTC ? text.dropLast() : text[...]).utf8)
        guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
            throw fault
        }
        func number(_ range: Range<Int>) -> Int {
            guard range.upperBound <= digits.count else { return 0 }
            return digits[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        self.fields = [
            number(0..<4), number(4..<6), number(6..<8), number(8..<10), number(10..<12), number(12..<14),
        ]
        let limits = [0...9999, 1...12, 1...31, 0...23, 0...59, 0...60]
        guard zip(limits, self.fields).allSatisfy({ $0.contains($1) }) else { throw fault }
    }

    /// Whether the key is worthless at a time (seconds since 1970).
    func hasPassed(at time: Int) -> Bool {
        var seconds = time_t(time)
        var parts = unsafe tm()
        if self.isUTC {
            unsafe gmtime_r(&seconds, &parts)
        } else {
            unsafe localtime_r(&seconds, &parts)
        }
        let day = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
        let now = unsafe day + [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return !now.map(Int.init).lexicographicallyPrecedes(self.fields)
    }
}
