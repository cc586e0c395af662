// SPDX-License-Identifier: Apache-2.0

/// The first word of a command. A console may not bear one of these names.
package enum Verb: String, CaseIterable, Sendable {
    case list
    case status
    case attach
    case who
    case disconnect
    case broadcast
    case log
    case grep
    case replay
    case screen
    case crashes
    case scan
    case events
    case send
    case `break`
    case sysrq
    case expect
    case power
    case bmc
    case down
    case up
    case reload
    case check
    case `import`
    case hashPassword = "hash-password"
    case version
    case help

    /// The verb that a misspelt word was probably meant to be.
    package static func suggestion(for word: String) -> Verb? {
        EditDistance.closest(to: word, among: self.allCases.map(\.rawValue)).flatMap(Verb.init(rawValue:))
    }
}

/// How far apart two words are, for "did you mean".
enum EditDistance {
    /// The candidate nearest to the word, if it is near enough to have been meant: one slip in a short word,
    /// two in a long one.
    static func closest(to word: String, among candidates: [String]) -> String? {
        let limit = word.utf8.count <= 4 ? 1 : 2
        return candidates.map { (word: $0, distance: self.between(word, $0)) }
            .filter { $0.distance <= limit }
            .min { $0.distance < $1.distance }?.word
    }

    /// Insertions, deletions, substitutions and swaps of neighbours. Bounded: longer words than 64 bytes are
    /// infinitely far.
    static func between(_ first: String, _ second: String) -> Int {
        let a = Array(first.utf8)
        let b = Array(second.utf8)
        guard a.count <= 64, b.count <= 64 else { return .max }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var row = [i + 1]
            for (j, y) in b.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (x == y ? 0 : 1))
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
