// SPDX-License-Identifier: Apache-2.0

/// What operators typed and the session has not taken yet, in the order it came.
///
/// Bounded by the operators' own limits: each has at most 64 KiB on its way, then its door stops reading.
struct PendingInput: Sendable {
    enum Item: Sendable {
        case characters(ArraySlice<UInt8>, from: ReaderID)
        case serialBreak
    }

    private var items: [Item] = []

    var first: Item? { self.items.first }

    mutating func append(_ item: Item) { self.items.append(item) }

    /// Forgets the first item.
    mutating func removeFirst() { self.items.removeFirst() }

    /// Forgets the first `count` bytes of the first item, and the item when that was all.
    mutating func removeFirst(_ count: Int) {
        guard case .characters(let characters, let id) = self.items.first else { return }
        if count >= characters.count {
            self.items.removeFirst()
        } else {
            self.items[0] = .characters(characters.dropFirst(count), from: id)
        }
    }
}
