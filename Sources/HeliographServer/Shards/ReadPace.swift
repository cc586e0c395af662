// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// How long a busy socket is left alone between reads.
///
/// Waking up for one datagram costs twice what the datagram does (33 us against 12, measured). Where many arrive one by
/// one, a short wait gets several at a time. SOL does not suffer: the answer to a packet comes at most `rest` later, and
/// a console at 115,200 baud takes 21 ms to fill the next one. No rest for a quiet socket, for one with so much traffic
/// that packets make their batches themselves, and while somebody types.
struct ReadPace {
    private static let rest: TimeAmount = .milliseconds(8)
    private static let window: TimeAmount = .milliseconds(50)
    /// Datagrams in a window for which it rests: 400 to 8,000 a second.
    private static let moderate = 20...400
    /// So many at once are consoles that only wait for us: a rest holds them up.
    private static let crowd = 48

    private var windowEnd = NIODeadline.uptimeNanoseconds(0)
    private var inThisWindow = 0
    private var sawCrowd = false
    private var isModerate = false

    /// How long to wait before the next read; nil: not at all.
    mutating func rest(after count: Int, now: NIODeadline) -> TimeAmount? {
        self.inThisWindow += count
        if count >= Self.crowd {
            self.sawCrowd = true
            self.isModerate = false
        }
        if now >= self.windowEnd {
            // A window that ended long ago was one of silence.
            self.isModerate =
                !self.sawCrowd && Self.moderate.contains(self.inThisWindow)
                && now < self.windowEnd + Self.window
            self.inThisWindow = 0
            self.sawCrowd = false
            self.windowEnd = now + Self.window
        }
        return self.isModerate ? Self.rest : nil
    }
}
