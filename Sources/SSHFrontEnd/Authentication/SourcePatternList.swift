// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The value of `from=`: addresses with wildcards or as networks, refused ones with `!` before them. Names are not
/// looked up, so a host name in the list never matches.
package struct SourcePatternList: Equatable, Sendable {
    private enum Pattern: Equatable, Sendable {
        case network([UInt8], bits: Int)
        case wildcard(String)
    }

    private var patterns: [(isNegated: Bool, pattern: Pattern)] = []

    init(parsing text: String) throws(SSHFrontEndError) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.drop { $0 == " " }
            let isNegated = word.first == "!"
            let name = isNegated ? word.dropFirst() : word
            guard !name.isEmpty else { throw .badKey("an empty pattern in from=") }
            self.patterns.append((isNegated, try Self.pattern(String(name))))
        }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.patterns.elementsEqual(right.patterns) { $0 == $1 }
    }

    /// Whether a numeric address (IPv4-mapped ones already as IPv4) is permitted: listed, and by no pattern negated.
    func permits(_ address: String) -> Bool {
        let bytes = numericAddress(address)
        var isListed = false
        for (isNegated, pattern) in self.patterns where Self.matches(pattern, address, bytes) {
            if isNegated { return false }
            isListed = true
        }
        return isListed
    }

    private static func pattern(_ text: String) throws(SSHFrontEndError) -> Pattern {
        guard let slash = text.lastIndex(of: "/") else { return .wildcard(text.lowercased()) }
        guard
            let address = numericAddress(String(text[..<slash])),
            let bits = Int(text[text.index(after: slash)...]),
            (0...(address.count * 8)).contains(bits)
        else {
            throw .badKey("from=: \(printable(text)) is not a network")
        }
        return .network(address, bits: bits)
    }

    private static func matches(_ pattern: Pattern, _ address: String, _ bytes: [UInt8]?) -> Bool {
        switch pattern {
        case .wildcard(let wildcard):
            return matchesWildcard(Array(address.lowercased().utf8)[...], Array(wildcard.utf8)[...])
        case .network(let network, let bits):
            guard let bytes, bytes.count == network.count else { return false }
            return (0..<bits).allSatisfy { bit in
                (bytes[bit / 8] ^ network[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
            }
        }
    }
}

/// The 4 or 16 bytes of a numeric address.
func numericAddress(_ text: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
        var bytes = [UInt8](repeating: 0, count: count)
        if unsafe inet_pton(family, text, &bytes) == 1 { return bytes }
    }
    return nil
}

/// `*` and `?` as in a shell, without recursion: a pattern from a file cannot cost more than length times length.
private func matchesWildcard(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var text = text
    var pattern = pattern
    var retry: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while true {
        if pattern.first == UInt8(ascii: "*") {
            pattern = pattern.dropFirst()
            retry = (text, pattern)
        } else if let character = text.first, let wanted = pattern.first,
            wanted == character || wanted == UInt8(ascii: "?")
        {
            text = text.dropFirst()
            pattern = pattern.dropFirst()
        } else if text.isEmpty && pattern.isEmpty {
            return true
        } else if let (earlier, star) = retry, !earlier.isEmpty {
            text = earlier.dropFirst()
            pattern = star
            retry = (text, pattern)
        } else {
            return false
        }
    }
}
