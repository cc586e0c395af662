// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The console while it works: output, input, keepalive and the signs of losing the payload, side by side.
///
///     working --deactivating bit, SOL Activating--> noticed --owner: us, twice--> working
///       |                                             |  owner: somebody else, nobody (twice), no answer
///       | keepalive names another owner               v
///       +------------------------------------------> .lost (close the session, leave the payload alone)
///       | forgotten, silent for 50 s --------------> .ended (nobody listens)
///       | input unanswered for 30 s, BMC alive ----> .stuck
struct ConsoleMachine: Sendable {
    /// What comes of an input.
    enum Outcome: Sendable {
        case goesOn
        /// The session lives, the payload is gone.
        case lost(SessionError, thief: UInt32?)
        case ended(SessionError)
        /// The payload has to be activated anew.
        case stuck
    }

    /// A notice that the payload is being taken, until the owner is known.
    struct Notice: Sendable {
        var deadline: MonotonicInstant
        var asked = 1
        /// The newest answer since the notice.
        var answer: OwnerQuestion.Answer?
    }

    struct HeldAcknowledgement: Sendable {
        var number: UInt8
        var count: UInt8
        var at: MonotonicInstant
    }

    let established: SOLEstablished
    /// The payload was activated anew within the session; that is done once.
    let isRenewed: Bool
    var channel: SessionChannel
    var receiver = SOLReceiver()
    var wrapGuard = WrapGuard()
    /// An acknowledgement that the guard holds back.
    var heldAcknowledgement: HeldAcknowledgement?
    var sender: SOLSender
    var liveness: Liveness
    var question: OwnerQuestion
    var notice: Notice?
    /// rqSeq of the sessionless probes sent since the session became suspect.
    private var probes: UInt64 = 0
    private var probeSequence: UInt8 = 0

    init(
        _ established: SOLEstablished,
        over channel: SessionChannel,
        isRenewed: Bool,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.established = established
        self.isRenewed = isRenewed
        self.channel = channel
        self.sender = SOLSender(payloadSize: established.payloadSizeToBMC, context)
        self.question = OwnerQuestion(asksDeviceID: context.works(around: .deviceIDKeepalive))
        // The first question at once: whether the BMC names us now decides whether to believe it later.
        self.liveness = Liveness(clockDue: now, now: now)
        context.actions.append(.established(established))
        if context.owesInputRoom {
            context.owesInputRoom = false
            context.actions.append(.inputRoom)
        }
    }

    /// The earliest time at which `timedOut` has something to do. It changes nothing; as a mutating function
    /// it works in place, where a property of an optional would copy the machine first.
    mutating func dueAt() -> MonotonicInstant {
        var earliest = self.liveness.deadline
        if let deadline = self.sender.deadline { earliest = min(earliest, deadline) }
        if let held = self.heldAcknowledgement { earliest = min(earliest, held.at) }
        if let notice = self.notice { earliest = min(earliest, notice.deadline) }
        return earliest
    }

    func failure(_ code: SessionError.Code, _ detail: String = "") -> SessionError {
        SessionError(code, stage: .console, detail: detail)
    }

    // MARK: Inputs

    mutating func receive(
        _ datagram: consuming [UInt8],
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        let kind = DatagramKind(of: copy datagram)
        if case .rmcpPlus(_, sessionID: context.consoleSessionID) = kind {
            guard let packet = self.channel.open(consume datagram, &context) else { return .goesOn }
            return self.receive(packet, &context, now: now)
        }
        // What else comes in are late set-up answers, other sessions' packets, pongs, noise.
        if case .ipmi15 = kind { self.receiveProbeAnswer(copy datagram, &context, now) }
        return self.pump(&context, now: now)
    }

    /// Takes a valid packet of the session.
    mutating func receive(
        _ packet: OpenedPacket,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        self.receiver.packetArrived(sequence: packet.sequence)
        if let silence = self.liveness.heard(now: now) {
            self.probes = 0
            context.report(.recovered(silentFor: silence))
            self.sender.hurry(now: now)
        }
        var outcome = Outcome.goesOn
        switch packet.payloadType {
        case .sol: self.receiveSOL(packet, &context, now)
        case .ipmiMessage: outcome = self.receiveMessage(packet, &context, now)
        default: break
        }
        guard case .goesOn = outcome else { return outcome }
        return self.pump(&context, now: now)
    }

    mutating func timedOut(_ context: inout SessionContext, now: MonotonicInstant) -> Outcome {
        self.pump(&context, now: now)
    }

    mutating func send(
        _ characters: ArraySlice<UInt8>,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Int {
        let accepted = self.sender.append(characters)
        if accepted < characters.count { context.owesInputRoom = true }
        self.sendInput(&context, now)
        return accepted
    }

    mutating func sendBreak(_ context: inout SessionContext, now: MonotonicInstant) {
        guard self.sender.appendBreak() else { return }
        self.sendInput(&context, now)
    }

    /// Everything that is due now.
    private mutating func pump(_ context: inout SessionContext, now: MonotonicInstant) -> Outcome {
        if let held = self.heldAcknowledgement, held.at <= now {
            self.acknowledge(held.number, held.count, &context)
        }
        self.sendInput(&context, now)
        if context.owesInputRoom, self.sender.queue.hasRoomAgain {
            context.owesInputRoom = false
            context.actions.append(.inputRoom)
        }
        if self.isStuck(now, context) { return .stuck }
        if let notice = self.notice, notice.deadline <= now {
            return self.noticeExpired(notice, &context, now)
        }
        switch self.liveness.timedOut(now: now, context.timing) {
        case .nothing: return .goesOn
        case .ask:
            self.question.ask(over: &self.channel, &context)
            return .goesOn
        case .askAndProbe(let since):
            if let since { context.report(.suspect(silentFor: since)) }
            self.question.ask(over: &self.channel, &context)
            self.probe(&context)
            return .goesOn
        case .forgotten:
            return .ended(self.failure(.bmcRestarted, "it answers, but not in our session"))
        case .silent(let silence):
            return .ended(self.failure(.sessionLost, "nothing heard for \(silence.components.seconds) s"))
        }
    }

    private mutating func sendInput(_ context: inout SessionContext, _ now: MonotonicInstant) {
        while let packet = self.sender.next(now: now, lastHeard: self.liveness.lastHeard, &context) {
            self.channel.send(packet, &context)
        }
        // Unanswered input is a doubt that a keepalive settles.
        if self.sender.isRepeating, self.liveness.lastHeard + context.timing.keepaliveRetries.pause(0) < now {
            self.liveness.askNow(now: now)
        }
    }

    private func isStuck(_ now: MonotonicInstant, _ context: borrowing SessionContext) -> Bool {
        guard let since = self.sender.unansweredSince, !self.liveness.isSuspect else { return false }
        return now - since >= context.timing.inputStuckLimit && self.liveness.lastHeard > since
    }

    // MARK: Probe

    private mutating func probe(_ context: inout SessionContext) {
        self.probeSequence = (self.probeSequence &+ 1) & 0x3f
        self.probes |= 1 << UInt64(self.probeSequence)
        context.send(
            CapabilitiesProbe.datagram(privilege: self.established.privilege, sequence: self.probeSequence)
        )
    }

    private mutating func receiveProbeAnswer(
        _ datagram: [UInt8],
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        guard self.liveness.isSuspect, let answer = CapabilitiesProbe.answer(in: datagram),
            self.probes & (1 << UInt64(answer.sequence)) != 0
        else { return }
        self.liveness.probeAnswered(now: now, context.timing)
    }
}
