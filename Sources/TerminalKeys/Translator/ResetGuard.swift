// SPDX-License-Identifier: Apache-2.0

/// Keeps `ESC R ESC r ESC R`, which resets most machines, from arising where the operator did not type it: by a key that was
/// dropped, a paste that lost its brackets, or a translated key in between. Typed in one row it passes.
struct ResetGuard: Sendable {
    static let sequence: [UInt8] = [0x1B, 0x52, 0x1B, 0x72, 0x1B, 0x52]

    /// How many bytes of the sequence the bytes sent last are.
    private var matched = 0
    /// True while all of them are the operator's, with nothing of his left out between them.
    private var isTyped = true

    init() {}

    /// True if what was sent last ends like the beginning of the sequence.
    var isWaiting: Bool { self.matched > 0 }

    /// True while the operator may be on his way to a reset.
    var isUnderWay: Bool { self.matched >= 2 }

    /// The operator sent the sequence by name: that is no accident.
    mutating func reset() { self.matched = 0 }

    /// Tells that something the operator typed was left out here.
    mutating func gap() {
        self.isTyped = false
    }

    /// Takes what is about to be sent; `isTyped` if it is what the operator typed. Returns what to send instead, or nil
    /// for all of it.
    mutating func check(_ bytes: [UInt8], isTyped: Bool) -> [UInt8]? {
        // Nearly everything: no ESC in it, and none waiting.
        if self.matched == 0, !bytes.contains(0x1B) { return nil }
        if !isTyped { self.isTyped = false }
        var kept: [UInt8]?
        for (index, byte) in bytes.enumerated() {
            let completes = self.matched == Self.sequence.count - 1 && byte == Self.sequence[self.matched]
            if completes, !self.isTyped {
                if kept == nil { kept = Array(bytes[..<index]) }
                if kept?.last == 0x1B { kept?.removeLast() }
                self.matched = 0
                continue
            }
            kept?.append(byte)
            self.advance(byte, isTyped: isTyped)
        }
        return kept
    }

    private mutating func advance(_ byte: UInt8, isTyped: Bool) {
        if byte == Self.sequence[self.matched] {
            if self.matched == 0 { self.isTyped = isTyped }
            self.matched += 1
            // Its last two bytes are its first two as well.
            if self.matched == Self.sequence.count { self.matched = 2 }
        } else if self.matched == 3, byte == Self.sequence[1] {
            self.matched = 2  // `ESC R ESC R`: the second pair begins anew.
        } else {
            self.matched = byte == Self.sequence[0] ? 1 : 0
            self.isTyped = isTyped
        }
    }
}
