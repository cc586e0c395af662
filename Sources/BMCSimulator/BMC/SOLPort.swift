// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The BMC's end of the SOL payload: stop-and-wait output with retries, and the judgement of input. Knows neither
/// sessions nor hosts.
///
///     idle --output--> outstanding --ACK of all--> idle
///                       |  ^   |---ACK of a part--> idle (the rest is sent under the next number)
///                       +--+   |---retries used up--> idle (dropped) or outstanding (renumbered)
///                     retry    +---NACK--> held --packet without NACK--> idle (sent again under the next number)
struct SOLPort: Sendable {
    private struct Outstanding: Equatable, Sendable {
        var sequence: UInt8
        var count: Int
        var transmissions: Int
        var deadline: MonotonicInstant
    }

    private enum Output: Equatable, Sendable {
        case idle
        case outstanding(Outstanding)
        /// The console asked us to hold.
        case held
    }

    /// What the console's characters met.
    struct Input: Equatable, Sendable {
        var acknowledged: UInt8
        var acceptedCount: UInt8
        var status: SOLTransferStatus
    }

    var configuration: SOLConfiguration
    private(set) var buffer: OutputBuffer
    /// Positions in the host's output that no packet ever carried.
    private(set) var neverSent = ByteRanges()
    /// Positions sent at least once and given up without an acknowledgement: the console may have them or not.
    private(set) var unacknowledged = ByteRanges()
    private(set) var acknowledgedCount: UInt64 = 0
    private(set) var overrunCount: UInt64 = 0
    private(set) var packetsSent: UInt64 = 0
    private(set) var retransmissions: UInt64 = 0
    private(set) var packetsReceived: UInt64 = 0

    private(set) var isActive = false
    private var output = Output.idle
    private var nextSequence: UInt8 = 1
    private var isPausedByCTS = false
    private var pendingStatus: SOLTransferStatus = []
    private var accumulateUntil: MonotonicInstant?
    private var lastInput: Input?

    init(_ configuration: SOLConfiguration) {
        self.configuration = configuration
        self.buffer = OutputBuffer(capacity: configuration.bufferCapacity)
    }

    /// How much the host may print now.
    var room: Int {
        if !self.isActive {
            switch self.configuration.whileDetached {
            case .discard: return 65_536
            case .hold: return 0
            case .keep: break
            }
        }
        switch self.configuration.overflow {
        case .hold: return self.buffer.room
        case .overrun: return 65_536
        }
    }

    var deadline: MonotonicInstant? {
        guard self.isActive else { return nil }
        switch self.output {
        case .outstanding(let outstanding): return outstanding.deadline
        case .held: return nil
        case .idle: return self.accumulateUntil
        }
    }

    // MARK: Activation

    mutating func activate() {
        self.isActive = true
        self.output = .idle
        self.nextSequence = 1
        self.isPausedByCTS = false
        self.accumulateUntil = nil
        self.lastInput = nil
    }

    /// The payload is gone. What was under way is given up: the next owner does not get what the last may have.
    mutating func deactivate() {
        if case .outstanding(let outstanding) = self.output { self.giveUp(outstanding.count) }
        self.output = .idle
        self.isActive = false
        self.accumulateUntil = nil
        if self.configuration.whileDetached == .discard { self.dropBuffer() }
    }

    /// The BMC restarted: what it held is gone.
    mutating func reboot() {
        self.deactivate()
        self.dropBuffer()
        self.pendingStatus = []
    }

    private mutating func dropBuffer() {
        self.buffer.removeFirst(self.buffer.count) { self.neverSent.insert($0) }
    }

    private mutating func giveUp(_ count: Int) {
        self.buffer.removeFirst(count) { self.unacknowledged.insert($0) }
    }

    // MARK: Output

    /// Takes what the host printed.
    mutating func hostPrinted(_ characters: ArraySlice<UInt8>, now: MonotonicInstant) {
        guard !characters.isEmpty else { return }
        if !self.isActive, self.configuration.whileDetached == .discard {
            return self.neverSent.insert(self.buffer.skip(characters.count))
        }
        if self.buffer.isEmpty { self.accumulateUntil = now + self.configuration.accumulateInterval }
        guard let lost = self.buffer.append(characters) else { return }
        self.neverSent.insert(lost)
        self.overrunCount += UInt64(lost.count)
        self.pendingStatus.insert(.transmitOverrun)
    }

    mutating func hostSentBreak() { self.pendingStatus.insert(.breakDetected) }

    /// The next packet to send, if one is due; call again until nil. `input` is answered in it or in a packet of its own.
    mutating func nextPacket(
        answering input: inout Input?,
        now: MonotonicInstant
    ) -> SOLPayloadFromBMC? {
        guard self.isActive else { return nil }
        if case .idle = self.output, !self.isPausedByCTS, let count = self.charactersDue(now: now) {
            let sequence = self.nextSequence
            self.nextSequence = sequence % 15 + 1
            self.output = .outstanding(
                Outstanding(
                    sequence: sequence,
                    count: count,
                    transmissions: 1,
                    deadline: now + self.configuration.retryInterval
                )
            )
            self.packetsSent += 1
            defer { input = nil }
            return self.packet(sequence, count, answering: input)
        }
        guard let answer = input else { return nil }
        input = nil
        return SOLPayloadFromBMC(
            sequence: 0,
            acknowledged: answer.acknowledged,
            acceptedCount: answer.acceptedCount,
            status: answer.status
        )
    }

    private mutating func packet(_ sequence: UInt8, _ count: Int, answering input: Input?)
        -> SOLPayloadFromBMC
    {
        let status = self.pendingStatus
        self.pendingStatus = []
        return SOLPayloadFromBMC(
            sequence: sequence,
            acknowledged: input?.acknowledged ?? 0,
            acceptedCount: input?.acceptedCount ?? 0,
            status: status.union(input?.status ?? []),
            characters: self.buffer.prefix(count)
        )
    }

    private mutating func charactersDue(now: MonotonicInstant) -> Int? {
        let available = self.buffer.count
        guard available > 0 else { return nil }
        let most = self.configuration.charactersPerPacket
        let isDue = (self.accumulateUntil.map { $0 <= now } ?? true)
        guard isDue || available >= min(most, self.configuration.sendThreshold) else { return nil }
        self.accumulateUntil = nil
        return min(most, available)
    }

    /// The retransmission that is due, if any.
    mutating func retransmission(now: MonotonicInstant) -> SOLPayloadFromBMC? {
        guard self.isActive, case .outstanding(var outstanding) = self.output, outstanding.deadline <= now
        else {
            return nil
        }
        if outstanding.transmissions > self.configuration.retryCount {
            switch self.configuration.exhaustion {
            case .drop:
                self.giveUp(outstanding.count)
                self.output = .idle
                return nil
            case .renumber:
                outstanding.sequence = self.nextSequence
                outstanding.transmissions = 0
                self.nextSequence = self.nextSequence % 15 + 1
            }
        }
        if self.configuration.growsRetries {
            outstanding.count = min(self.configuration.charactersPerPacket, self.buffer.count)
        }
        outstanding.transmissions += 1
        outstanding.deadline = now + self.configuration.retryInterval
        self.output = .outstanding(outstanding)
        self.packetsSent += 1
        self.retransmissions += 1
        return self.packet(outstanding.sequence, outstanding.count, answering: nil)
    }

    /// What the console says about our packet under way.
    mutating func receiveAcknowledgement(in packet: SOLPayloadToBMC) {
        self.packetsReceived += 1
        self.isPausedByCTS = packet.operation.contains(.ctsPause)
        if packet.operation.contains(.flushOutbound) { self.flush() }
        let isNACK = packet.operation.contains(.nack)
        switch self.output {
        case .outstanding(let outstanding) where outstanding.sequence == packet.acknowledged:
            let taken = min(Int(packet.acceptedCount), outstanding.count)
            self.buffer.removeFirst(taken)
            self.acknowledgedCount += UInt64(taken)
            self.output = isNACK ? .held : .idle
        case .held where !isNACK:
            self.output = .idle
        case .outstanding, .held, .idle: break
        }
    }

    private mutating func flush() {
        if case .outstanding(let outstanding) = self.output {
            self.giveUp(outstanding.count)
            self.output = .idle
        }
        self.dropBuffer()
    }

    // MARK: Input

    /// What becomes of input: nil if it gets no answer; the slice is what the host is to be given.
    mutating func receiveInput(
        _ packet: SOLPayloadToBMC,
        hostIsThere: Bool,
        mostAccepted: Int? = nil,
        refuses: Bool = false
    ) -> (answer: Input, characters: ArraySlice<UInt8>, isBreak: Bool)? {
        guard packet.sequence != 0 else { return nil }
        if self.configuration.isStrictAboutInput {
            guard packet.sequence == (self.lastInput?.acknowledged ?? 0) % 15 + 1 else { return nil }
            guard packet.acknowledged == 0 || self.isOutstanding(packet.acknowledged) else { return nil }
        } else if let last = self.lastInput, last.acknowledged == packet.sequence {
            return (last, [], false)
        }
        var answer = Input(acknowledged: packet.sequence, acceptedCount: 0, status: [])
        if !hostIsThere {
            answer.status = [.nack, .transferUnavailable]
        } else if refuses, !packet.characters.isEmpty {
            answer.status = [.nack]
        } else {
            let most = mostAccepted ?? self.configuration.acceptAtMost ?? 255
            answer.acceptedCount = UInt8(min(most, packet.characters.count, 255))
        }
        self.lastInput = answer
        let isBreak = hostIsThere && packet.operation.contains(.generateBreak)
        return (answer, packet.characters.prefix(Int(answer.acceptedCount)), isBreak)
    }

    private func isOutstanding(_ sequence: UInt8) -> Bool {
        if case .outstanding(let outstanding) = self.output {
            outstanding.sequence == sequence
        } else {
            false
        }
    }
}
