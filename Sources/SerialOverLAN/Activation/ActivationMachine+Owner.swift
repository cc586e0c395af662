// SPDX-License-Identifier: Apache-2.0

import IPMI

extension ActivationMachine {
    mutating func askOwner(
        isRefused: Bool,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        self.step = .owner(isRefused: isRefused)
        self.command = PendingCommand(
            GetPayloadInstanceInfo.self,
            .sol,
            retries: isRefused
                ? context.timing.commandRetries : Array(context.timing.commandRetries.prefix(3)),
            over: &channel,
            &context,
            now: now
        )
        return .goesOn
    }

    mutating func ownerAnswered(
        _ response: IPMIResponse,
        _ isRefused: Bool,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard response.completion == .success,
            let owner = try? response.decode(GetPayloadInstanceInfo.self).sessionID, owner != 0
        else { return self.ownerUnknown(isRefused, over: &channel, &context, now) }

        let parameters = context.parameters
        if owner == channel.bmcSessionID {
            // The activation stands and only its answer, with the sizes, was lost.
            return isRefused
                ? self.active(nil, over: channel, &context) : self.activate(over: &channel, &context, now)
        }
        let isOurs = parameters.ourPreviousBMCSessionIDs.contains(owner)
        switch parameters.takeover {
        case .always: return self.release(owner, isOurs: isOurs, over: &channel, &context, now)
        case .ifOurs where isOurs, .ifIdle where isOurs:
            return self.release(owner, isOurs: true, over: &channel, &context, now)
        case .never, .ifOurs, .ifIdle: return self.askHolder(owner, over: &channel, &context, now)
        }
    }

    /// Nobody, or the BMC does not tell. Then Activate Payload decides, and if it already has, the policy.
    mutating func ownerUnknown(
        _ isRefused: Bool,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard isRefused else { return self.activate(over: &channel, &context, now) }
        guard context.parameters.takeover == .always else {
            return self.failure(.solInUse, "the BMC does not say by whom")
        }
        return self.release(nil, isOurs: false, over: &channel, &context, now)
    }

    /// Who is it, and does the session still exist?
    private mutating func askHolder(
        _ owner: UInt32,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        self.step = .holder(owner)
        self.command = PendingCommand(
            GetSessionInfo.self,
            .sessionID(owner),
            retries: Array(context.timing.commandRetries.prefix(2)),
            over: &channel,
            &context,
            now: now
        )
        return .goesOn
    }

    mutating func holderAnswered(
        _ response: IPMIResponse,
        _ owner: UInt32,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        let info = response.completion == .success ? try? response.decode(GetSessionInfo.self) : nil
        let isGone = info.map { $0.handle == 0 } ?? (response.completion == .notPresent)
        guard context.parameters.takeover == .ifIdle, isGone else {
            return self.inUse(owner, info?.session)
        }
        return self.release(owner, isOurs: false, over: &channel, &context, now)
    }

    func inUse(_ owner: UInt32, _ session: GetSessionInfo.Session?) -> Outcome {
        self.failure(.solInUse, SessionHolder(owner, session).description)
    }

    // MARK: Release

    private mutating func release(
        _ owner: UInt32?,
        isOurs: Bool,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard self.rounds < context.timing.releaseRounds.count else {
            return self.failure(.solInUse, "Deactivate Payload has no effect, tried \(self.rounds) times")
        }
        if self.rounds == 0 { context.report(.takingOver(from: owner, ours: isOurs)) }
        self.takenOverFrom = owner
        self.step = .release(owner)
        self.command = PendingCommand(
            DeactivatePayload.self,
            .init(),
            retries: context.timing.commandRetries,
            over: &channel,
            &context,
            now: now
        )
        return .goesOn
    }

    mutating func releaseAnswered(
        _ response: IPMIResponse,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard
            response.completion == .success
                || response.completion == DeactivatePayload.Code.alreadyDeactivated
        else {
            return self.failure(
                .solInUse,
                "Deactivate Payload: \(response.completion.text(for: response.command))"
            )
        }
        self.step = .pause(until: now + context.timing.releaseRounds.pause(self.rounds))
        self.rounds += 1
        return .goesOn
    }
}

/// Somebody else who holds the payload, in words.
struct SessionHolder: CustomStringConvertible {
    let description: String

    init(_ id: UInt32, _ session: GetSessionInfo.Session?) {
        var text = "held by session \(String(id, radix: 16))h"
        if let session {
            text += ", user \(session.userID)"
            if let peer = session.peer {
                text += " from \(peer.address.map { String($0) }.joined(separator: ".")) port \(peer.port)"
            }
        }
        self.description = text
    }
}
