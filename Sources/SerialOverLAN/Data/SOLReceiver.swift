// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Decides which characters of the BMC's SOL packets are new: each is delivered once, whatever network and
/// BMC repeat.
///
/// In the order they are asked:
///
/// 1. *Late.* A packet whose session sequence number is older than that of the newest SOL data is obsolete,
/// because SOL
/// has one packet outstanding: dropped without acknowledgement. Session numbers of late packets are new to
/// the
///    session's window, and their 4-bit SOL number may look new, too; only this rule finds them.
/// 2. *Withheld.* While nobody can keep the characters the packet is neither delivered nor acknowledged nor
/// remembered.
/// 3. *Repeat*: the number of the last packet, and one content is the beginning of the other. Only what the
///    repeat has beyond the first is new (retries may have grown).
/// 4. *Resend under a new number*, which OpenBMC does when its retries (100 ms apart, 7 by default) are used
/// up. Told from a
///    host that prints the same again only if all of this holds:
///    - the last packet had at least `resendMinimum` characters and the new one begins with all of them,
///    - its number is k ahead (1...14) and for each step at least `resendEvidence` transmissions of the BMC
/// went unacknowledged as far as we can know: repeats of the last packet that we saw, plus session sequence
/// numbers since the packet before it that never arrived. A BMC that got our acknowledgement does not repeat,
/// and
/// a network that loses nothing leaves no hole in the numbers, so "....." stays "....." on a healthy line,
///    - the first copy came between `resendEarliest` and `resendLatest` ago.
///    The copy is left out, counted and reported; what the packet has beyond it is delivered.
/// 5. *Half a retry*: a retry grew, and the BMC took our acknowledgement of the shorter copy for that of the
/// longer (ours
/// crossed on the way), so the next packet begins with what the retry had beyond the first copy. Left out if
/// that is
///    `tailMinimum` characters or more.
/// 6. Everything else is new, also the same number with other content (a BMC whose number does not advance).
struct SOLReceiver: Sendable {
    /// What to do with a packet that carries a number.
    enum Verdict: Equatable {
        /// Late: no answer.
        case late
        /// Cannot be kept at the moment: no answer, the BMC sends it again.
        case withheld
        /// Deliver the characters from `newFrom` on, then acknowledge all.
        /// `missing` packets before it never came (0 to 13).
        case take(newFrom: Int, suppressed: Int, isRepeat: Bool, missing: Int = 0)
    }

    private struct Last {
        var number: UInt8
        var characters: ArraySlice<UInt8>
        /// How long the first copy was.
        var firstCount: Int
        var firstSeen: MonotonicInstant
        /// The highest session sequence number before the first copy.
        var sequenceBefore: UInt32
        /// Valid packets of the session since then, the first copy included.
        var packetsSince: UInt32 = 1
        var repeats: UInt32 = 0
        /// Status bits already reported for this packet.
        var status: SOLTransferStatus
    }

    private var last: Last?
    /// The session sequence number of the newest SOL data.
    private var newest: UInt32?
    /// The highest session sequence numbers of all valid packets, and that before it was reached.
    private var highest: UInt32?
    private var highestBefore: UInt32?

    private static let resendMinimum = 8
    private static let resendEvidence: UInt32 = 5
    private static let resendEarliest: Duration = .milliseconds(100)
    private static let resendLatest: Duration = .seconds(60)
    private static let tailMinimum = 4

    /// A valid packet of the session came, of whatever payload: not lost, so no evidence for rule 4.
    mutating func packetArrived(sequence: UInt32) {
        if let last = self.last, Int32(bitPattern: sequence &- last.sequenceBefore) > 0 {
            self.last?.packetsSince &+= 1
        }
        self.highestBefore = self.highest
        guard let highest = self.highest else {
            self.highest = sequence
            return
        }
        if Int32(bitPattern: sequence &- highest) > 0 { self.highest = sequence }
    }

    /// Judges a packet with a number other than 0. Call `packetArrived` first for every packet of the
    /// session.
    mutating func receive(
        _ packet: SOLPayloadFromBMC,
        sessionSequence: UInt32,
        canStore: Bool,
        now: MonotonicInstant
    ) -> Verdict {
        if let newest = self.newest, Int32(bitPattern: sessionSequence &- newest) < 0 { return .late }
        self.newest = sessionSequence
        guard canStore || packet.characters.isEmpty else { return .withheld }
        return self.judge(packet, sessionSequence: sessionSequence, now: now)
    }

    private mutating func judge(
        _ packet: SOLPayloadFromBMC,
        sessionSequence: UInt32,
        now: MonotonicInstant
    ) -> Verdict {
        let characters = packet.characters
        guard let last = self.last else {
            self.remember(packet, sessionSequence, now)
            return .take(newFrom: 0, suppressed: 0, isRepeat: false)
        }
        if packet.sequence == last.number, Self.isBeginning(last.characters, of: characters) {
            self.last?.repeats &+= 1
            guard characters.count > last.characters.count else {
                return .take(newFrom: characters.count, suppressed: 0, isRepeat: true)
            }
            self.last?.characters = characters
            return .take(newFrom: last.characters.count, suppressed: 0, isRepeat: true)
        }
        if self.isResend(packet, of: last, sessionSequence: sessionSequence, now: now) {
            self.remember(packet, sessionSequence, now)
            let known = last.characters.count
            return .take(newFrom: known, suppressed: known, isRepeat: false)
        }
        let tail = last.characters.dropFirst(last.firstCount)
        if tail.count >= Self.tailMinimum, packet.characters.starts(with: tail),
            Self.steps(from: last.number, to: packet.sequence) == 1
        {
            self.remember(packet, sessionSequence, now)
            return .take(newFrom: tail.count, suppressed: tail.count, isRepeat: false)
        }
        self.remember(packet, sessionSequence, now)
        return .take(
            newFrom: 0,
            suppressed: 0,
            isRepeat: false,
            missing: max(Self.steps(from: last.number, to: packet.sequence) - 1, 0)
        )
    }

    private static func steps(from number: UInt8, to other: UInt8) -> Int {
        (Int(other) + 15 - Int(number)) % 15
    }

    /// The status bits of this packet that were not reported with an earlier copy of it.
    mutating func freshStatus(of packet: SOLPayloadFromBMC, isRepeat: Bool) -> SOLTransferStatus {
        guard isRepeat, let known = self.last?.status else { return packet.status }
        self.last?.status.formUnion(packet.status)
        return packet.status.subtracting(known)
    }

    private mutating func remember(
        _ packet: SOLPayloadFromBMC,
        _ sessionSequence: UInt32,
        _ now: MonotonicInstant
    ) {
        self.last = Last(
            number: packet.sequence,
            characters: packet.characters,
            firstCount: packet.characters.count,
            firstSeen: now,
            sequenceBefore: self.highestBefore ?? sessionSequence &- 1,
            status: packet.status
        )
    }

    private func isResend(
        _ packet: SOLPayloadFromBMC,
        of last: Last,
        sessionSequence: UInt32,
        now: MonotonicInstant
    ) -> Bool {
        let steps = UInt32(Self.steps(from: last.number, to: packet.sequence))
        guard steps > 0, last.characters.count >= Self.resendMinimum,
            packet.characters.starts(with: last.characters)
        else { return false }
        let age = now - last.firstSeen
        guard age >= Self.resendEarliest, age <= Self.resendLatest else { return false }
        // Numbers up to this packet's, less those that came; this packet itself is one of them.
        let sent = sessionSequence &- last.sequenceBefore
        let lost = sent > last.packetsSince ? sent - last.packetsSince : 0
        return lost &+ last.repeats >= steps * Self.resendEvidence
    }

    /// One of the two is the beginning of the other.
    private static func isBeginning(_ one: ArraySlice<UInt8>, of other: ArraySlice<UInt8>) -> Bool {
        one.count <= other.count ? other.starts(with: one) : one.starts(with: other)
    }
}
