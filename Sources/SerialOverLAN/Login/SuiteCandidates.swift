// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The cipher suites a log-in proposes, one after the other.
struct SuiteCandidates: Equatable, Sendable {
    private(set) var current: CipherSuite
    private var others: [CipherSuite]

    /// - Throws: Why the configured suite is not spoken: RC4 by its name, or no such number.
    init(_ choice: CipherSuiteChoice, remembered: UInt8?) throws(CipherSuite.Refusal) {
        switch choice {
        case .number(let id):
            self.current = try CipherSuite(id: Int(id))
            self.others = []
        case .automatic:
            let known = remembered.flatMap { id in Self.good.first { $0.id == id } }
            self.current = known ?? .suite17
            self.others = Self.good.filter { [current] in $0 != current }
        }
    }

    /// What may be used without the operator's word: never less than 3. 8 and 12 rest on MD5 and need it,
    /// too.
    private static let good: [CipherSuite] = [.suite17, .suite3]

    /// Goes on to the next suite; false when there is none.
    mutating func advance() -> Bool {
        guard !self.others.isEmpty else { return false }
        self.current = self.others.removeFirst()
        return true
    }
}
