// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Brings what was typed to the BMC, one packet at a time, each character once and in order.
///
///     idle --send n--> waiting --all taken, a part taken--> idle (the rest goes out as n + 1)
///      ^                |  ^ |---NACK, nothing taken--> pausing --50 ms, doubling to 2 s--> idle (n + 1)
///      |                +--+ |---NACK, all taken--> held --n acknowledged without NACK, or 2 s--> idle
///      |      no answer: n again after 0.5, 1, 1.5 ... 3 s; after each fourth an empty n + 1:
///      +------------------------------ n + 1 acknowledged: n had been taken
///
/// A number is never used for other data; a retransmission keeps its number and contents. The probe with n +
/// 1 is for BMCs that never acknowledge a repeated number (OpenBMC, Windmill). It is a guess: a BMC that is
/// not like that and lost n four times would make us lose its characters. So it is left out while nothing at
/// all is heard, and for good once the BMC was seen to acknowledge repeats.
struct SOLSender: Sendable {
    private enum Content: Equatable, Sendable {
        case characters(count: Int)
        case serialBreak
        /// Nothing to deliver: only to learn which of the numbers probed the BMC has taken.
        case nothing
    }

    private struct Transmission: Equatable, Sendable {
        var number: UInt8
        var content: Content
        /// Transmissions so far.
        var count = 1
        var since: MonotonicInstant
        var deadline: MonotonicInstant
        /// How far beyond n probes went out: their acknowledgements mean something.
        var highestProbe: UInt8 = 0
        var probeCount = 0
        /// Probes since n was sent last.
        var probesInRow = 0
    }

    private enum Phase: Equatable, Sendable {
        case idle
        case waiting(Transmission)
        case pausing(until: MonotonicInstant)
        case held(number: UInt8, until: MonotonicInstant)
    }

    /// How the BMC treats a number it has seen, as far as we know.
    private enum RepeatHabit: Equatable, Sendable {
        /// Repeats that were answered since the last answered probe, and probes since the last answered
        /// repeat.
        case unknown(repeats: Int, probes: Int)
        /// Acknowledges again: probe late.
        case tolerant
        /// Probes found that it does not: probe early.
        case strict
    }

    private(set) var queue: InputQueue
    private var phase = Phase.idle
    private var nextNumber: UInt8 = 1
    private var pause: Duration
    private let charactersPerPacket: Int
    private var zeroCounts = 0
    private(set) var zeroCountIsAll: Bool
    /// The BMC has counted properly once, so its 0 means 0.
    private var hasCounted = false
    /// The BMC has taken a part of a packet once, so a probe would leave open how much it took.
    private var hasTakenPart = false
    private var habit: RepeatHabit
    private let probesAtOnce: Bool
    /// Session sequence number of the newest acknowledgement used; older ones are stale.
    private var newestAcknowledgement: UInt32?
    /// The last number that was done with, if it had been sent more than once.
    private var lastRepeated: UInt8?
    private(set) var isHostUnavailable = false

    private static let zeroCountLimit = 3
    /// After how many transmissions the probes begin, by habit.
    private static let probeInterval = 4
    private static let probeIntervalStrict = 2
    private static let probeIntervalTolerant = 8
    /// How many probes in a row, half a second apart, and how far beyond n they go: further, because one may
    /// have been taken and its acknowledgement lost, and back again, because one may have been lost itself.
    private static let probesInRow = 3
    private static let probeDistances: [UInt8] = [1, 2, 1, 2, 3, 1, 2, 3, 4, 1, 2, 3, 4, 5]
    private static let repeatLimit = 20
    private static let probeLimit = 2

    init(payloadSize: Int, _ context: borrowing SessionContext) {
        let parameters = context.parameters
        self.queue = InputQueue(limit: parameters.inputQueueByteCount)
        self.pause = parameters.timing.inputPause
        self.charactersPerPacket = max(1, min(255, payloadSize - 4))
        self.zeroCountIsAll =
            parameters.rememberedZeroCountIsAll || context.works(around: .zeroCountIsAll)
        self.probesAtOnce = context.works(around: .strictSequence)
        self.habit = .unknown(repeats: 0, probes: 0)
    }

    // MARK: Input

    mutating func append(_ characters: ArraySlice<UInt8>) -> Int { self.queue.append(characters) }
    mutating func appendBreak() -> Bool { self.queue.appendBreak() }
    mutating func discardAll() -> Int { self.queue.removeAll() }

    var deadline: MonotonicInstant? {
        switch self.phase {
        case .idle: nil
        case .waiting(let transmission): transmission.deadline
        case .pausing(let until), .held(_, let until): until
        }
    }

    /// Input is unanswered since then.
    var unansweredSince: MonotonicInstant? {
        if case .waiting(let transmission) = self.phase { transmission.since } else { nil }
    }

    /// A packet of ours was sent more than once and is still unanswered.
    var isRepeating: Bool {
        if case .waiting(let transmission) = self.phase { transmission.count > 1 } else { false }
    }

    // MARK: Sending

    /// The packet to send now, if any; call again until nil. `lastHeard` is when any valid packet of the
    /// session came.
    mutating func next(
        now: MonotonicInstant,
        lastHeard: MonotonicInstant,
        _ context: inout SessionContext
    ) -> SOLPayloadToBMC? {
        switch self.phase {
        case .pausing(let until), .held(_, let until):
            guard until <= now else { return nil }
            self.phase = .idle
            return self.offer(now, context.timing)
        case .idle:
            return self.offer(now, context.timing)
        case .waiting(let transmission):
            guard transmission.deadline <= now else { return nil }
            context.counters.retransmissions += 1
            return self.isProbeDue(transmission, lastHeard)
                ? self.probe(transmission, now, context.timing)
                : self.sendAgain(transmission, now, context.timing)
        }
    }

    private mutating func offer(_ now: MonotonicInstant, _ timing: SOLTiming) -> SOLPayloadToBMC? {
        let content: Content
        switch self.queue.head {
        case nil: return nil
        case .serialBreak: content = .serialBreak
        case .characters(let count): content = .characters(count: min(count, self.charactersPerPacket))
        }
        let transmission = Transmission(
            number: self.nextNumber,
            content: content,
            since: now,
            deadline: now + timing.inputRetries.pause(0)
        )
        self.nextNumber = Self.number(1, after: self.nextNumber)
        self.phase = .waiting(transmission)
        return self.packet(transmission)
    }

    private mutating func sendAgain(
        _ transmission: Transmission,
        _ now: MonotonicInstant,
        _ timing: SOLTiming
    ) -> SOLPayloadToBMC {
        var transmission = transmission
        transmission.deadline = now + timing.inputRetries.pause(transmission.count)
        transmission.count += 1
        transmission.probesInRow = 0
        self.phase = .waiting(transmission)
        return self.packet(transmission)
    }

    private mutating func probe(
        _ transmission: Transmission,
        _ now: MonotonicInstant,
        _ timing: SOLTiming
    ) -> SOLPayloadToBMC {
        var transmission = transmission
        let distance = Self.probeDistances[transmission.probeCount % Self.probeDistances.count]
        transmission.probeCount += 1
        transmission.highestProbe = max(transmission.highestProbe, distance)
        transmission.probesInRow += 1
        transmission.deadline = now + timing.inputRetries.pause(0)
        self.phase = .waiting(transmission)
        return SOLPayloadToBMC(sequence: Self.number(distance, after: transmission.number))
    }

    private func isProbeDue(_ transmission: Transmission, _ lastHeard: MonotonicInstant) -> Bool {
        if transmission.content == .nothing { return true }
        // In a black-out n itself may never have arrived.
        guard lastHeard > transmission.since else { return false }
        if self.probesAtOnce { return transmission.probesInRow == 0 }
        guard !self.hasTakenPart else { return false }
        if transmission.probesInRow > 0 { return transmission.probesInRow < Self.probesInRow }
        switch self.habit {
        case .tolerant: return transmission.count.isMultiple(of: Self.probeIntervalTolerant)
        case .strict: return transmission.count.isMultiple(of: Self.probeIntervalStrict)
        case .unknown: return transmission.count.isMultiple(of: Self.probeInterval)
        }
    }

    /// The session is heard again after a silence: what was sent into it is sent once more, now.
    mutating func hurry(now: MonotonicInstant) {
        guard case .waiting(var transmission) = self.phase else { return }
        transmission.count = 1
        transmission.since = now
        transmission.deadline = now
        transmission.probesInRow = 0
        self.phase = .waiting(transmission)
    }

    private func packet(_ transmission: Transmission) -> SOLPayloadToBMC {
        switch transmission.content {
        case .serialBreak:
            SOLPayloadToBMC(sequence: transmission.number, operation: .generateBreak)
        case .characters(let count):
            SOLPayloadToBMC(sequence: transmission.number, characters: self.queue.prefix(count))
        case .nothing:
            SOLPayloadToBMC(sequence: transmission.number)
        }
    }

    /// The number so far after another one; 0 is left out.
    private static func number(_ distance: UInt8, after number: UInt8) -> UInt8 {
        (number + distance - 1) % 15 + 1
    }

    private static func distance(from number: UInt8, to other: UInt8) -> UInt8 { (other + 15 - number) % 15 }

    // MARK: Answers

    /// Looks at what a packet of the BMC says about our input.
    mutating func receive(
        _ packet: SOLPayloadFromBMC,
        sessionSequence: UInt32,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.note(packet, &context)
        guard packet.acknowledged != 0, !self.isStale(sessionSequence) else { return }
        switch self.phase {
        case .held(packet.acknowledged, _):
            self.newestAcknowledgement = sessionSequence
            if !packet.status.contains(.nack) { self.phase = .idle }
        case .waiting(let transmission) where transmission.number == packet.acknowledged:
            guard transmission.content != .nothing else { return }
            self.newestAcknowledgement = sessionSequence
            self.learn(from: transmission)
            self.judge(transmission, packet, &context, now)
            if transmission.highestProbe > 0 { self.settle(transmission, 0, now) }
        case .waiting(let transmission)
        where Self.distance(from: transmission.number, to: packet.acknowledged) <= transmission.highestProbe:
            self.newestAcknowledgement = sessionSequence
            self.learnFromProbe()
            self.finish(transmission.content, &context)
            self.settle(transmission, Self.distance(from: transmission.number, to: packet.acknowledged), now)
        case .idle, .waiting, .pausing, .held:
            // A second acknowledgement of a number we sent twice, by another packet of the BMC: it answers
            // repeats.
            if packet.acknowledged == self.lastRepeated { self.habit = .tolerant }
        }
    }

    /// The number `distance` after that of a transmission was acknowledged. Data goes on only with a number
    /// that was not used for a probe, and only when the BMC is known to have got that far.
    private mutating func settle(
        _ transmission: Transmission,
        _ distance: UInt8,
        _ now: MonotonicInstant
    ) {
        self.nextNumber = Self.number(transmission.highestProbe + 1, after: transmission.number)
        guard distance < transmission.highestProbe else {
            self.phase = .idle
            return
        }
        self.phase = .waiting(
            Transmission(
                number: Self.number(distance, after: transmission.number),
                content: .nothing,
                since: now,
                deadline: now,
                highestProbe: transmission.highestProbe - distance
            )
        )
    }

    private func isStale(_ sessionSequence: UInt32) -> Bool {
        self.newestAcknowledgement.map { Int32(bitPattern: sessionSequence &- $0) < 0 } ?? false
    }

    private mutating func note(_ packet: SOLPayloadFromBMC, _ context: inout SessionContext) {
        if packet.status.contains(.transferUnavailable) {
            if !self.isHostUnavailable { context.report(.hostUnavailable) }
            self.isHostUnavailable = true
        } else if self.isHostUnavailable, packet.acknowledged != 0 || !packet.characters.isEmpty {
            self.isHostUnavailable = false
            context.report(.hostAvailable)
        }
    }

    private mutating func learn(from transmission: Transmission) {
        self.lastRepeated = transmission.count > 1 ? transmission.number : nil
        guard transmission.count > 1, case .unknown(let repeats, _) = self.habit else { return }
        self.habit = repeats + 1 < Self.repeatLimit ? .unknown(repeats: repeats + 1, probes: 0) : .tolerant
    }

    private mutating func learnFromProbe() {
        guard case .unknown(_, let probes) = self.habit else { return }
        self.habit = probes + 1 < Self.probeLimit ? .unknown(repeats: 0, probes: probes + 1) : .strict
    }

    private mutating func judge(
        _ transmission: Transmission,
        _ packet: SOLPayloadFromBMC,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        let isNACK = packet.status.contains(.nack)
        if isNACK { context.counters.nacks += 1 }
        guard case .characters(let offered) = transmission.content else {  // A break.
            if isNACK { return self.hesitate(packet, context.timing, now) }
            self.finish(transmission.content, &context)
            self.phase = .idle
            return
        }
        let taken = min(Int(packet.acceptedCount), offered)
        guard taken > 0 else { return self.judgeNothingTaken(offered, isNACK, packet, &context, now) }
        self.hasCounted = true
        if taken < offered { self.hasTakenPart = true }
        self.finish(.characters(count: taken), &context)
        let timing = context.timing
        switch (isNACK, taken == offered) {
        case (false, _): self.phase = .idle
        case (true, true):
            self.phase = .held(number: transmission.number, until: now + timing.inputPauseLimit)
        case (true, false): self.hesitate(packet, timing, now)
        }
    }

    private mutating func judgeNothingTaken(
        _ offered: Int,
        _ isNACK: Bool,
        _ packet: SOLPayloadFromBMC,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        guard !isNACK else {
            self.zeroCounts = 0
            return self.hesitate(packet, context.timing, now)
        }
        self.zeroCounts += 1
        if !self.zeroCountIsAll, !self.hasCounted, self.zeroCounts >= Self.zeroCountLimit {
            self.zeroCountIsAll = true
            context.report(.zeroCountLearned)
        }
        guard self.zeroCountIsAll else { return self.hesitate(packet, context.timing, now) }
        self.finish(.characters(count: offered), &context)
        self.phase = .idle
    }

    /// Offers the same again later, under the next number.
    private mutating func hesitate(
        _ packet: SOLPayloadFromBMC,
        _ timing: SOLTiming,
        _ now: MonotonicInstant
    ) {
        let isUnavailable = packet.status.contains(.transferUnavailable)
        self.phase = .pausing(until: now + (isUnavailable ? timing.inputPauseLimit : self.pause))
        self.pause = min(self.pause * 2, timing.inputPauseLimit)
    }

    /// The BMC has it.
    private mutating func finish(_ content: Content, _ context: inout SessionContext) {
        self.pause = context.timing.inputPause
        self.zeroCounts = 0
        switch content {
        case .nothing: break
        case .serialBreak:
            self.queue.removeBreak()
            context.report(.breakSent)
        case .characters(let count):
            self.queue.removeFirst(count)
            context.counters.inputBytes += UInt64(count)
        }
    }
}
