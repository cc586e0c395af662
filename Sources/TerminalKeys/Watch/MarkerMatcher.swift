// SPDX-License-Identifier: Apache-2.0

/// Finds many texts at once in a stream: an Aho-Corasick automaton as one flat table, built once and shared. One lookup per
/// byte.
struct MarkerMatcher: Sendable {
    typealias State = Int

    static let start: State = 0

    /// Byte to column: only bytes that occur in a text have a column of their own; the rest share 0.
    private var columns = [UInt8](repeating: 0, count: 256)
    private var width = 1
    /// Row after row: the state after a byte.
    private var table: [UInt16] = []
    /// The text that ends in a state, by its place in the list; -1 for none.
    private var found: [Int16] = []

    init(_ texts: [[UInt8]]) {
        for byte in texts.joined() where self.columns[Int(byte)] == 0 {
            self.columns[Int(byte)] = UInt8(self.width)
            self.width += 1
        }
        var children: [[Int: Int]] = [[:]]
        self.found = [-1]
        for (place, text) in texts.enumerated() {
            var state = 0
            for byte in text {
                let column = Int(self.columns[Int(byte)])
                if let next = children[state][column] {
                    state = next
                } else {
                    children.append([:])
                    self.found.append(-1)
                    children[state][column] = children.count - 1
                    state = children.count - 1
                }
            }
            self.found[state] = Int16(place)
        }
        self.fill(children)
    }

    /// Completes the tree to an automaton, nearest states first.
    private mutating func fill(_ children: [[Int: Int]]) {
        self.table = [UInt16](repeating: 0, count: children.count * self.width)
        var fallback = [Int](repeating: 0, count: children.count)
        var queue = [0]
        var next = 0
        while next < queue.count {
            let state = queue[next]
            next += 1
            for column in 0..<self.width {
                let other = state == 0 ? 0 : Int(self.table[fallback[state] * self.width + column])
                guard let child = children[state][column] else {
                    self.table[state * self.width + column] = UInt16(other)
                    continue
                }
                self.table[state * self.width + column] = UInt16(child)
                fallback[child] = other
                if self.found[child] < 0 { self.found[child] = self.found[other] }
                queue.append(child)
            }
        }
    }

    @inline(__always)
    func next(_ state: State, _ byte: UInt8) -> State {
        Int(self.table[state * self.width + Int(self.columns[Int(byte)])])
    }

    /// The text that ends here.
    @inline(__always)
    func found(at state: State) -> Int? {
        let place = self.found[state]
        return place < 0 ? nil : Int(place)
    }
}
