// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Leaves a session in good order, in bounded time: nobody waits long for a BMC that may have gone.
///
///     release --answer, or two tries--> close --answer, or 0.5 s--> .done
///     identify --answer, or 1 s----------^
///
/// The payload is released only if it is ours: after a theft Deactivate Payload would hit the new owner.
/// Close Session goes out once; some BMCs never answer it.
struct FarewellMachine: Sendable {
    enum Outcome: Sendable {
        case goesOn
        case done(SessionError?)
    }

    private enum Step: Equatable, Sendable {
        case release
        /// Who took the payload: goes into the error's detail.
        case identify(UInt32)
        case close
    }

    private var step: Step
    private var command: PendingCommand
    private var error: SessionError?

    /// Gives the payload back, then closes.
    init(
        releasing channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.step = .release
        self.command = PendingCommand(
            DeactivatePayload.self,
            .init(),
            retries: context.timing.releaseRetries,
            over: &channel,
            &context,
            now: now
        )
    }

    /// Asks who took the payload, then closes.
    init(
        after error: SessionError,
        thief: UInt32,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.error = error
        self.step = .identify(thief)
        self.command = PendingCommand(
            GetSessionInfo.self,
            .sessionID(thief),
            retries: Array(context.timing.releaseRetries.prefix(1)),
            over: &channel,
            &context,
            now: now
        )
    }

    /// Closes at once: the payload is not, or not yet, ours.
    init(
        closing channel: inout SessionChannel,
        after error: SessionError?,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.error = error
        self.step = .close
        self.command = Self.close(&channel, &context, now)
    }

    var deadline: MonotonicInstant { self.command.deadline }

    var stage: SessionStage {
        switch self.step {
        case .release: .releasing
        case .identify, .close: .closing
        }
    }

    mutating func receive(
        _ datagram: [UInt8],
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        guard case .rmcpPlus(_, sessionID: context.consoleSessionID) = DatagramKind(of: datagram),
            let packet = channel.open(datagram, &context), packet.payloadType == .ipmiMessage,
            case .response(let response)? = channel.message(in: packet, &context),
            self.command.isAnswered(by: response)
        else { return .goesOn }
        if case .identify(let thief) = self.step, response.completion == .success {
            let info = try? response.decode(GetSessionInfo.self)
            self.error?.detail = SessionHolder(thief, info?.session).description
        }
        return self.advance(over: &channel, &context, now)
    }

    mutating func timedOut(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        guard self.command.deadline <= now,
            self.command.timedOut(over: &channel, &context, now: now) == .exhausted
        else { return .goesOn }
        if case .identify(let thief) = self.step {
            self.error?.detail = SessionHolder(thief, nil).description
        }
        return self.advance(over: &channel, &context, now)
    }

    private mutating func advance(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        if self.step == .close { return .done(self.error) }
        self.step = .close
        self.command = Self.close(&channel, &context, now)
        return .goesOn
    }

    private static func close(
        _ channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> PendingCommand {
        PendingCommand(
            CloseSession.self,
            .init(sessionID: channel.bmcSessionID),
            retries: [context.timing.closeWait],
            over: &channel,
            &context,
            now: now
        )
    }
}
