// SPDX-License-Identifier: Apache-2.0

import IPMI

extension LoginMachine {
    static func openRequest(
        _ suite: CipherSuite,
        _ privilege: PrivilegeLevel,
        _ opensAtZero: Bool,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> SetupRequest {
        let tag = Self.newTag(context)
        let message = OpenSessionRequest(
            tag: tag,
            // The same level as in RAKP 1: boards exist that hash this one (`opensesspriv`).
            privilege: opensAtZero ? .unspecified : privilege,
            remoteConsoleSessionID: context.consoleSessionID,
            suite: suite
        )
        return SetupRequest(
            RMCPPlusPacket(.openSessionRequest, message.encoded()).encoded(),
            tag: tag,
            retries: context.timing.setupRetries,
            &context,
            now: now
        )
    }

    mutating func open(_ context: inout SessionContext, _ now: MonotonicInstant) -> Outcome {
        self.step = .open
        self.anonymousRefusal = nil
        self.misfits = 0
        self.request = Self.openRequest(
            self.candidates.current,
            self.privilege,
            self.opensAtZero,
            &context,
            now
        )
        return .goesOn
    }

    mutating func receiveOpenSession(
        _ payload: ArraySlice<UInt8>,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard let response = try? OpenSessionResponse(decoding: payload) else {
            self.heardNonsense = true
            context.counters.bad += 1
            return .goesOn
        }
        guard response.tag == self.request.tag else {
            return self.considerAnonymous(
                response.status,
                response.tag,
                response.remoteConsoleSessionID,
                &context,
                now
            )
        }
        guard let session = response.session else { return self.refused(response.status, &context, now) }
        guard response.remoteConsoleSessionID == context.consoleSessionID else { return .goesOn }
        guard session.suite == self.candidates.current else {
            return self.suiteRefused("the BMC answered with other algorithms", &context, now)
        }
        return self.sendRAKP1(session, &context, now)
    }

    /// A refusal in any step of the set-up.
    mutating func refused(
        _ status: StatusCode,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        if case .rakp3 = self.step, self.misfits > 0 { return self.keyRefused(&context, now) }
        switch status {
        case .insufficientResources, .insufficientResourcesForRole:
            return self.failure(.noSessionSlots, status.description)
        case .invalidAuthenticationAlgorithm, .invalidIntegrityAlgorithm, .noMatchingAuthenticationPayload,
            .noMatchingIntegrityPayload, .invalidConfidentialityAlgorithm, .noCipherSuiteMatch,
            .invalidPayloadType:
            return self.suiteRefused(status.description, &context, now)
        case .invalidRole, .unauthorisedRole, .illegalParameter:
            return self.roleRefused(status, &context, now)
        case .invalidSessionID, .inactiveSessionID:
            return self.restart(&context, now)
        case .unauthorisedName: return self.failure(.unknownUser, status.description)
        case .invalidNameLength: return self.failure(.invalidUserName, status.description)
        case .invalidIntegrityCheckValue: return self.failure(.wrongPassword, status.description)
        default: return self.failure(.loginRefused, status.description)
        }
    }

    /// OpenBMC refuses with tag 0 and session ID 0. Forged more easily than others: believed at once only if
    /// it says what no retry changes, otherwise when the retries are used up.
    mutating func considerAnonymous(
        _ status: StatusCode,
        _ tag: UInt8,
        _ sessionID: UInt32,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard tag == 0, sessionID == 0, status != .noErrors else { return .goesOn }
        if status == .unauthorisedName || status == .unauthorisedRole {
            return self.refused(status, &context, now)
        }
        self.anonymousRefusal = status
        return .goesOn
    }

    /// Level 0 in Open Session first, then the next suite where the code may mean that, then a lower level.
    private mutating func roleRefused(
        _ status: StatusCode,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        if case .open = self.step, !self.opensAtZero, !context.works(around: .opensesspriv) {
            self.opensAtZero = true
            return self.open(&context, now)
        }
        if status == .illegalParameter { return self.suiteRefused(status.description, &context, now) }
        guard self.privilege > context.parameters.lowestPrivilege, self.privilege > .user else {
            return self.failure(.privilegeRefused, status.description)
        }
        self.privilege = PrivilegeLevel(rawValue: self.privilege.rawValue - 1)
        self.opensAtZero = context.works(around: .zeroOpenPrivilege)
        context.warn(.privilegeLowered(self.privilege))
        return self.open(&context, now)
    }

    mutating func suiteRefused(
        _ detail: String,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        let refused = self.candidates.current
        if self.candidates.advance() {
            context.warn(.cipherSuiteRefused(refused.id))
            self.opensAtZero = context.works(around: .zeroOpenPrivilege)
            return self.open(&context, now)
        }
        let refusal = SessionError(
            .cipherSuiteRefused,
            stage: self.stage,
            detail: "cipher suite \(refused.id): \(detail)"
        )
        self.askForSuites(CipherSuiteList(), 0, refusal, &context, now)
        return .goesOn
    }
}
