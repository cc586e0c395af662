// SPDX-License-Identifier: Apache-2.0

import IPMI

/// From a proven log-in to a console: privilege, who holds the payload, take it or leave it, activate.
///
///     privilege --00h--> owner --nobody, ours, unknown--------> activate --00h--> .active
///       | ^               |  |                                   ^  |  |  |
/// +-+ 80h, 81h:     |  | by policy                         |  |  |  +-- 83h, 84h: flip encryption, once
///       lower level       |  +--> release --00h, 80h--> pause ---+  |  |
/// v        ^                                |  +-- C0h, C3h, D1h, D2h: again after 2, 4, 8 s
///                       holder ----+ gone (if-idle)                 |
///                         |                  80h: owner, again <----+
///                         v
///                       .failed(sol-in-use), with who it is
///
/// 80h from Activate Payload also comes when it is *our* activation whose answer was lost: the owner tells.
struct ActivationMachine: Sendable {
    /// What comes of an input.
    enum Outcome: Sendable {
        case goesOn
        case active(SOLEstablished)
        case failed(SessionError)
    }

    enum Step: Equatable, Sendable {
        case privilege(PrivilegeLevel)
        /// `isRefused`: Activate Payload answered 80h.
        case owner(isRefused: Bool)
        /// Get Session Info about somebody else who holds the payload.
        case holder(UInt32)
        case release(UInt32?)
        /// After Deactivate Payload; the command of the step before is done.
        case pause(until: MonotonicInstant)
        case activate
    }

    /// A SOL packet that overtook the answer to Activate Payload: BMCs send output at once.
    struct EarlyPacket: Sendable {
        var packet: OpenedPacket
        var at: MonotonicInstant
    }

    var step: Step
    var command: PendingCommand
    var privilege: PrivilegeLevel
    var encrypts: Bool
    var hasFlippedEncryption = false
    /// Rounds of Deactivate Payload.
    var rounds = 0
    var takenOverFrom: UInt32?
    private(set) var early: [EarlyPacket] = []

    /// OpenBMC and others have output waiting; more than this cannot come before it is acknowledged.
    private static let earlyLimit = 4

    /// After a log-in.
    init(
        privilege: PrivilegeLevel,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.privilege = privilege
        self.encrypts = channel.suite.isEncrypted && !context.works(around: .forceUnencryptedSOL)
        self.step = .privilege(privilege)
        self.command = PendingCommand(
            SetSessionPrivilegeLevel.self,
            .init(privilege: privilege),
            retries: context.timing.commandRetries,
            over: &channel,
            &context,
            now: now
        )
    }

    /// Once more in a session whose payload is stuck: release it, activate it.
    init(
        renewing established: SOLEstablished,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.privilege = established.privilege
        self.encrypts = established.encrypted
        self.takenOverFrom = established.takenOverFrom
        self.step = .release(channel.bmcSessionID)
        self.command = PendingCommand(
            DeactivatePayload.self,
            .init(),
            retries: context.timing.commandRetries,
            over: &channel,
            &context,
            now: now
        )
    }

    var deadline: MonotonicInstant {
        if case .pause(let until) = self.step { until } else { self.command.deadline }
    }

    var stage: SessionStage {
        switch self.step {
        case .privilege: .privilege
        case .owner, .holder: .owner
        case .release, .pause: .release
        case .activate: .activate
        }
    }

    func failure(_ code: SessionError.Code, _ detail: String = "") -> Outcome {
        .failed(SessionError(code, stage: self.stage, detail: detail))
    }

    /// Takes a valid packet of the session.
    mutating func receive(
        _ packet: OpenedPacket,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        switch packet.payloadType {
        case .sol:
            if case .activate = self.step, self.early.count < Self.earlyLimit {
                self.early.append(EarlyPacket(packet: packet, at: now))
            }
            return .goesOn
        case .ipmiMessage:
            guard case .response(let response)? = channel.message(in: packet, &context),
                self.command.isAnswered(by: response)
            else { return .goesOn }
            return self.answered(response, over: &channel, &context, now)
        default: return .goesOn
        }
    }

    mutating func timedOut(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        guard self.deadline <= now else { return .goesOn }
        if case .pause = self.step { return self.activate(over: &channel, &context, now) }
        guard self.command.timedOut(over: &channel, &context, now: now) == .exhausted else { return .goesOn }
        switch self.step {
        case .owner(isRefused: false):
            // Unknown, not fatal: some BMCs do not answer the question.
            return self.ownerUnknown(false, over: &channel, &context, now)
        case .holder(let id): return self.inUse(id, nil)
        case .privilege, .owner, .release, .activate:
            return self.failure(.loginNoReply, "\(self.command.command)")
        case .pause: return .goesOn
        }
    }

    private mutating func answered(
        _ response: IPMIResponse,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        if case .pause = self.step { return .goesOn }  // A repeated answer to Deactivate Payload.
        if response.completion.isTemporary {
            if self.command.postpone(context.timing.busyRetries, now: now) { return .goesOn }
            return self.failure(.bmcBusy, response.completion.text(for: response.command))
        }
        switch self.step {
        case .privilege(let wanted):
            return self.privilegeAnswered(response, wanted, over: &channel, &context, now)
        case .owner(let isRefused):
            return self.ownerAnswered(response, isRefused, over: &channel, &context, now)
        case .holder(let id): return self.holderAnswered(response, id, over: &channel, &context, now)
        case .release: return self.releaseAnswered(response, &context, now)
        case .activate: return self.activateAnswered(response, over: &channel, &context, now)
        case .pause: return .goesOn
        }
    }
}
