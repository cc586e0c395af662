// SPDX-License-Identifier: Apache-2.0

import IPMI

extension ConsoleMachine {
    private static let noticeWait: Duration = .seconds(1)
    private static let noticeQuestions = 2

    mutating func receiveMessage(
        _ packet: OpenedPacket,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        switch self.channel.message(in: packet, &context) {
        case nil: return .goesOn
        case .request(let request):
            // OpenBMC tells the loser of a payload this way. It wants no answer; other requests get none
            // either.
            if request.command == SOLActivating.id { self.notePayloadTaken(&context, now) }
            return .goesOn
        case .response(let response):
            let answer = self.question.answer(
                in: response,
                bmcSessionID: self.channel.bmcSessionID,
                consoleSessionID: context.consoleSessionID
            )
            guard let answer else { return .goesOn }
            let timing = context.timing
            let interval = timing.keepaliveInterval + context.jitter(timing.keepaliveSpread)
            self.liveness.answered(nextIn: interval, now: now)
            return self.heardOwner(answer)
        }
    }

    /// The BMC says that the payload is being taken. Ask who has it before believing it.
    mutating func notePayloadTaken(_ context: inout SessionContext, _ now: MonotonicInstant) {
        guard self.notice == nil else { return }
        self.notice = Notice(deadline: now + Self.noticeWait)
        self.question.ask(over: &self.channel, &context)
    }

    private mutating func heardOwner(_ answer: OwnerQuestion.Answer) -> Outcome {
        switch answer {
        case .somebodyElse(let thief): return .lost(self.failure(.solStolen), thief: thief)
        case .nobody where self.notice == nil:
            return .lost(self.failure(.solReleased, "the BMC says that nobody has the payload"), thief: nil)
        case .nobody, .ours, .unknown:
            // After a notice one answer is not enough: the thief deactivates first and activates a moment
            // later.
            self.notice?.answer = answer
            return .goesOn
        }
    }

    /// The time for the answer to a notice is over.
    mutating func noticeExpired(
        _ notice: Notice,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard notice.asked >= Self.noticeQuestions else {
            self.notice?.deadline = now + Self.noticeWait
            self.notice?.asked += 1
            self.question.ask(over: &self.channel, &context)
            return .goesOn
        }
        self.notice = nil
        switch notice.answer {
        case .ours:
            context.warn(.unfoundedDeactivation)
            return .goesOn
        case .nobody:
            return .lost(
                self.failure(.solDeactivated, "the BMC announced it, nobody has the payload"),
                thief: nil
            )
        case .somebodyElse(let thief):
            return .lost(self.failure(.solStolen), thief: thief)
        case .unknown, nil:
            return .lost(
                self.failure(.solStolen, "the BMC announced it and does not say by whom"),
                thief: nil
            )
        }
    }
}
