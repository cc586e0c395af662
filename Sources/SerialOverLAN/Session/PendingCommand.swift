// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The one IPMI request that is under way in a session, with its retries. Every transmission has a new rqSeq;
/// the old ones still count, so that a late answer to an earlier transmission is an answer.
struct PendingCommand: Sendable {
    /// What an expired deadline means.
    enum Expiry: Equatable {
        case resent
        case exhausted
    }

    let command: CommandID
    private let data: [UInt8]
    private let retries: [Duration]
    /// Bit n: rqSeq n was used.
    private var sequences: UInt64 = 0
    private var transmissions = 0
    private var busyAnswers = 0
    private(set) var deadline: MonotonicInstant

    /// Sends the request.
    init<Command: IPMICommand>(
        _ command: Command.Type,
        _ request: Command.Request,
        retries: [Duration],
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.command = Command.id
        self.data = request.encoded()
        self.retries = retries
        self.deadline = now
        self.transmit(over: &channel, &context, now: now)
    }

    /// Says whether this is an answer to the request. A "duplicated request" is not: the real one is on its
    /// way.
    func isAnswered(by response: IPMIResponse) -> Bool {
        response.command == self.command && self.sequences & (1 << UInt64(response.sequence)) != 0
            && response.completion != .duplicatedRequest
    }

    /// The deadline has passed: sends again if there is a retry left.
    mutating func timedOut(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Expiry {
        guard self.transmissions < self.retries.count else { return .exhausted }
        context.counters.retransmissions += 1
        self.transmit(over: &channel, &context, now: now)
        return .resent
    }

    /// The BMC answered that it is busy: sends again after a pause. False when it was busy too often.
    mutating func postpone(_ pauses: [Duration], now: MonotonicInstant) -> Bool {
        guard self.busyAnswers < pauses.count else { return false }
        self.deadline = now + pauses[self.busyAnswers]
        self.busyAnswers += 1
        self.transmissions = 0
        self.sequences = 0
        return true
    }

    private mutating func transmit(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        let sequence = channel.nextRequestSequence()
        self.sequences |= 1 << UInt64(sequence)
        let request = IPMIRequest(self.command, data: self.data[...], sequence: sequence)
        channel.send(.ipmiMessage, request.encoded(), &context)
        self.deadline = now + self.retries.pause(self.transmissions)
        self.transmissions += 1
    }
}
