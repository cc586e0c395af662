// SPDX-License-Identifier: Apache-2.0

import BMCSimulator

/// Follows one console's numbered lines: is each there, once, whole and in order?
struct LineCheck {
    private(set) var intact = 0
    private(set) var doubled = 0
    private(set) var torn = 0
    private(set) var highest: UInt32 = 0
    let width: Int

    private var line: LoadLine
    private var expected: [UInt8] = []
    /// The newest line was torn; if it is the last of all, the session ended in it.
    private var endsTorn = false

    init(_ line: LoadLine) {
        self.line = line
        self.width = line.width
    }

    mutating func take(_ text: ArraySlice<UInt8>) {
        self.expected.removeAll(keepingCapacity: true)
        self.line.append(self.highest + 1, to: &self.expected)
        self.endsTorn = false
        if text.elementsEqual(self.expected.dropLast(2)) {
            self.intact += 1
            self.highest += 1
        } else if let (_, number) = LoadLine.verify(text) {
            self.takeUnexpected(number)
        } else {
            self.torn += 1
            self.endsTorn = true
        }
    }

    /// A whole line, but not the next one: lines were lost, or this one came before.
    private mutating func takeUnexpected(_ number: UInt32) {
        if number > self.highest {
            self.intact += 1
            self.highest = number
        } else {
            self.doubled += 1
        }
    }

    var tornInside: Int { self.endsTorn ? self.torn - 1 : self.torn }
}

/// What all logs of a run add up to.
struct LogVerdict {
    var intact = 0
    var intactByteCount = 0
    /// Lines that BMCs know to be acknowledged and no log has.
    var lost = 0
    var doubled = 0
    var torn = 0

    mutating func add(_ check: LineCheck, acknowledgedLines: Int) {
        self.intact += check.intact
        self.intactByteCount += check.intact * check.width
        self.lost += max(0, max(acknowledgedLines, Int(check.highest)) - check.intact)
        self.doubled += check.doubled
        self.torn += check.tornInside
    }

    static func + (one: LogVerdict, other: LogVerdict) -> LogVerdict {
        var sum = one
        sum.intact += other.intact
        sum.intactByteCount += other.intactByteCount
        sum.lost += other.lost
        sum.doubled += other.doubled
        sum.torn += other.torn
        return sum
    }

    /// Lines that are not as they should be.
    var wrong: Int { self.lost + self.doubled + self.torn }

    var text: String {
        "\(self.intact) lines in the logs, of those acknowledged \(self.lost) missing, \(self.doubled) doubled, "
            + "\(self.torn) torn"
    }
}
