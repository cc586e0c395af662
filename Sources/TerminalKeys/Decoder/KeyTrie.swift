// SPDX-License-Identifier: Apache-2.0

/// A family's sequences as a tree by their bytes. Built once per family; read-only from then on.
struct KeyTrie: Sendable {
    /// A place in the tree. The root is 0.
    typealias Node = Int

    private struct Branch: Sendable {
        var key: KeyName?
        /// Few everywhere but after `ESC [` and `ESC O`, so a walk along them is faster than a dictionary.
        var next: [(byte: UInt8, node: Node)] = []
    }

    private var branches = [Branch()]
    /// The bytes at which text ends: all that a sequence can begin with, ESC among them.
    private(set) var starters: ByteSet = [0x1B]

    static let root: Node = 0

    private static let all: [TerminalFamily: KeyTrie] = Dictionary(
        uniqueKeysWithValues: TerminalFamily.allCases.map { ($0, KeyTrie(building: $0)) }
    )

    static func of(_ family: TerminalFamily) -> KeyTrie { Self.all[family] ?? KeyTrie(building: family) }

    private init(building family: TerminalFamily) {
        for row in TerminalFamily.commonTable + family.ownTable {
            for sequence in row.sequences { self.insert(ByteNotation.table(sequence), row.name) }
        }
    }

    private mutating func insert(_ sequence: [UInt8], _ key: KeyName) {
        guard let first = sequence.first else { return }
        self.starters.insert(first)
        var node = Self.root
        for byte in sequence {
            if let next = self.next(node, byte) {
                node = next
            } else {
                self.branches.append(Branch())
                self.branches[node].next.append((byte, self.branches.count - 1))
                node = self.branches.count - 1
            }
        }
        self.branches[node].key = key
    }

    func next(_ node: Node, _ byte: UInt8) -> Node? {
        self.branches[node].next.first { $0.byte == byte }?.node
    }

    /// The key whose sequence ends here. No sequence of a family begins with another one, which a test checks, so
    /// nothing longer needs waiting for.
    func key(at node: Node) -> KeyName? { self.branches[node].key }

    func key(for sequence: some Sequence<UInt8>) -> KeyName? {
        var node = Self.root
        for byte in sequence {
            guard let next = self.next(node, byte) else { return nil }
            node = next
        }
        return self.branches[node].key
    }

    /// True if a sequence ends where another goes on. For the test.
    var hasAmbiguity: Bool { self.branches.contains { $0.key != nil && !$0.next.isEmpty } }
}

/// A set of byte values, asked once per byte typed.
struct ByteSet: Sendable, ExpressibleByArrayLiteral {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(arrayLiteral bytes: UInt8...) {
        for byte in bytes { self.insert(byte) }
    }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: self.words.0 |= bit
        case 1: self.words.1 |= bit
        case 2: self.words.2 |= bit
        default: self.words.3 |= bit
        }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: self.words.0
            case 1: self.words.1
            case 2: self.words.2
            default: self.words.3
            }
        return word >> UInt64(byte & 63) & 1 != 0
    }
}
