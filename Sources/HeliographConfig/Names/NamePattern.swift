// SPDX-License-Identifier: Apache-2.0

/// The names of consoles as operators and rules write them: `web01`, `web[01-40,50]`, `db*`, `@group`, comma lists.
package struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let terms: [Term]

    /// Reads a pattern. Never traps, whatever the text; a range is not expanded until asked for.
    package init(parsing text: String) throws(ValueError) {
        self.description = text
        guard text.utf8.count <= 65_536 else { throw ValueError("the names are longer than 64 KiB") }
        var terms: [Term] = []
        for part in Self.splitAtCommas(text) {
            guard !part.isEmpty else { throw ValueError("\(text.quoted) has an empty name") }
            terms.append(try Term(parsing: part))
        }
        self.terms = terms
    }

    /// A pattern of several, any of which may match.
    package init(anyOf patterns: [NamePattern]) {
        self.description = patterns.map(\.description).joined(separator: ",")
        self.terms = patterns.flatMap(\.terms)
    }

    /// Whether a console of this name and in these groups is meant.
    package func matches(_ name: String, groups: some Sequence<String>) -> Bool {
        let bytes = Array(name.utf8)
        return self.terms.contains { term in
            switch term {
            case .group(let group): groups.contains(group)
            case .name(let template): template.matches(bytes)
            }
        }
    }

    /// The names it stands for, in order, when that can be said without knowing the consoles: nil for `*`, `?` and
    /// `@group`, and for more than `NameTemplate.expansionLimit` names.
    package func expanded() -> [String]? {
        var result: [String] = []
        for term in self.terms {
            guard case .name(let template) = term, !template.hasWildcards,
                result.count + template.count <= NameTemplate.expansionLimit
            else { return nil }
            result += template.expanded()
        }
        return result
    }

    /// The names that are spelled out (ranges included) but not known; at most `limit` of them, and no more than `budget`
    /// names are looked at.
    func missingNames(limit: Int, budget: inout Int, isKnown: (String) -> Bool) -> [String] {
        var missing: [String] = []
        for case .name(let template) in self.terms where !template.hasWildcards {
            budget -= template.count
            guard budget > 0 else { break }
            for name in template.expanded() where !isKnown(name) {
                missing.append(name)
                if missing.count == limit { return missing }
            }
        }
        return missing
    }

    /// The groups it names.
    package var groups: [String] {
        self.terms.compactMap { if case .group(let name) = $0 { name } else { nil } }
    }

    /// True for `*` alone or in the list.
    package var matchesEverything: Bool {
        self.terms.contains { if case .name(let template) = $0 { template.isStar } else { false } }
    }

    private enum Term: Hashable, Sendable {
        case group(String)
        case name(NameTemplate)

        init(parsing text: String) throws(ValueError) {
            guard text.hasPrefix("@") else {
                self = .name(try NameTemplate(parsing: text, wildcards: true))
                return
            }
            let name = String(text.dropFirst())
            guard GroupName.isValid(name) else {
                throw ValueError("\(text.quoted) is not the name of a group")
            }
            self = .group(name)
        }
    }

    /// Commas inside brackets belong to the range.
    private static func splitAtCommas(_ text: String) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "[": depth += 1
            case "]": depth = max(0, depth - 1)
            case "," where depth == 0:
                parts.append("")
                continue
            default: break
            }
            parts[parts.count - 1].unicodeScalars.append(scalar)
        }
        return parts.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }
}
