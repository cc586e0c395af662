// SPDX-License-Identifier: Apache-2.0

/// Guesses what somebody meant to write.
enum Spelling {
    /// The candidate nearest to `word`, if one is near enough to be worth asking about.
    static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        let word = Array(word.lowercased().unicodeScalars.prefix(65))
        guard word.count <= 64 else { return nil }
        let limit = max(1, (word.count + 1) / 3)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars.prefix(65))
            guard other.count <= 64, abs(other.count - word.count) <= limit else { continue }
            let distance = Self.distance(word, other)
            guard distance <= limit else { continue }
            if let known = best, (known.distance, known.candidate) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.candidate
    }

    /// ` (did you mean "..."?)`, or nothing.
    static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        Self.suggestion(for: word, among: candidates).map { " (did you mean \($0.quoted)?)" } ?? ""
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    last[column + 1] + 1,
                    current[column] + 1,
                    last[column] + (scalar == other ? 0 : 1)
                )
                if row > 0, column > 0, scalar == right[column - 1], other == left[row - 1] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
