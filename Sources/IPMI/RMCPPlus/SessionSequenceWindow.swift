// SPDX-License-Identifier: Apache-2.0

/// Which session sequence numbers of the peer have been seen (IPMI v2.0 §6.12.13): lets late packets in once and
/// repeats not at all. One per direction; all payload types share the numbers.
package struct SessionSequenceWindow: Equatable, Sendable {
    /// What a number is, compared with those seen before.
    package enum Verdict: Equatable, Sendable {
        /// Not seen before: use the packet.
        case accepted
        case duplicate
        /// More than 64 below the highest.
        case tooOld
        /// More than 4096 ahead on an unsigned session, where anybody could have sent it.
        case tooFarAhead
        /// 0 is for packets outside a session.
        case zero
    }

    private let isAuthenticated: Bool
    /// The highest number accepted; nil before the first.
    package private(set) var highest: UInt32?
    /// Bit n: `highest - 1 - n` has been seen.
    private var seenBelow: UInt64 = 0

    private static let depth: UInt32 = 64
    private static let limitAheadUnsigned: UInt32 = 4096

    /// - Parameter isAuthenticated: Whether packets are signed. Then any number ahead is accepted, since nobody else can
    ///   make one, and boards exist that skip (ASRock MT-C224) or jump far ahead (Tyan S4811).
    package init(isAuthenticated: Bool) {
        self.isAuthenticated = isAuthenticated
    }

    /// Judges a number and remembers it if accepted. Call it only after the signature was found good.
    package mutating func accept(_ number: UInt32) -> Verdict {
        guard number != 0 else { return .zero }
        guard let highest = self.highest else {
            self.highest = number
            return .accepted
        }
        let ahead = number &- highest
        if ahead == 0 { return .duplicate }
        if ahead < 0x8000_0000 { return self.advance(to: number, by: ahead) }
        return self.lookBehind(highest &- number)
    }

    private mutating func advance(to number: UInt32, by distance: UInt32) -> Verdict {
        guard self.isAuthenticated || distance <= Self.limitAheadUnsigned else { return .tooFarAhead }
        // The number that was highest so far becomes bit `distance - 1`.
        let shifted = distance < Self.depth ? self.seenBelow << UInt64(distance) : 0
        let previous: UInt64 = distance <= Self.depth ? 1 << UInt64(distance - 1) : 0
        self.seenBelow = shifted | previous
        self.highest = number
        return .accepted
    }

    private mutating func lookBehind(_ distance: UInt32) -> Verdict {
        guard distance <= Self.depth else { return .tooOld }
        let bit: UInt64 = 1 << UInt64(distance - 1)
        guard self.seenBelow & bit == 0 else { return .duplicate }
        self.seenBelow |= bit
        return .accepted
    }
}

/// Our own numbers in one direction: 1 after log-in, one more for every packet, retransmissions too; 0 is skipped.
package struct SessionSequenceCounter: Equatable, Sendable {
    /// The number the last packet had; 0 before the first.
    package private(set) var last: UInt32

    package init(last: UInt32 = 0) {
        self.last = last
    }

    /// The number of the next packet.
    package mutating func next() -> UInt32 {
        self.last &+= 1
        if self.last == 0 { self.last = 1 }
        return self.last
    }
}
