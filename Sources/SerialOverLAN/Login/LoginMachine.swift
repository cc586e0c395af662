// SPDX-License-Identifier: Apache-2.0

import IPMI

/// From the first packet to a proven password and K_g: everything that is neither signed nor encrypted.
///
///     probe --capabilities--> open --session ID--> rakp1 --digest good--> rakp3 --check good--> .proven
///       |                     ^ |  ^  ^              |                      |
///       | no reply            | |  |  |  02h, 08h, lower privilege          | twice unanswered, 02h, 08h,
///       v                     +-+  |  +--------------+                      | without K_g
///     .failed                 next +----------------------------------------+
///                             suite
///                              | no suite left
///                              v
///                         suiteList --(to say what the BMC offers)--> .failed
///
/// Everything here can be forged by anybody on the way; the worst it does is to make one attempt fail.
struct LoginMachine: Sendable {
    /// What comes of an input.
    enum Outcome: Sendable {
        case goesOn
        case proven(Proof)
        case failed(SessionError)
    }

    /// What the log-in ends with.
    struct Proof: Sendable {
        var channel: SessionChannel
        /// The level that was asked for; Set Session Privilege Level has the last word.
        var privilege: PrivilegeLevel
    }

    enum Step: Sendable {
        case probe(wantsIPMI20Data: Bool)
        case open
        case rakp1(OpenSessionResponse.Session, consoleRandom: [UInt8])
        case rakp3(RAKPExchange, SessionKeys)
        /// All suites were refused; this list goes into the error's detail.
        case suiteList(CipherSuiteList, index: UInt8, refusal: SessionError)
    }

    var step: Step
    var request: SetupRequest
    var candidates: SuiteCandidates
    var privilege: PrivilegeLevel
    /// Open Session asks for level 0, because the real one was refused there.
    var opensAtZero: Bool
    /// False after `kgOptional` dropped K_g.
    var usesBMCKey = true
    /// A refusal with tag 0 and session ID 0 (OpenBMC), believed when nothing better comes.
    var anonymousRefusal: StatusCode?
    /// The capabilities claimed to have no IPMI 2.0.
    var deniesIPMI20 = false
    /// Something came from the BMC's address that is not IPMI 2.0.
    var heardNonsense = false
    /// Digests or check values that did not fit, in a row. One can be an altered packet; nothing protects
    /// them.
    var misfits = 0
    var restarts = 0

    static let restartLimit = 8
    static let misfitLimit = 2

    /// Sends the first packet.
    /// - Throws: What is wrong with the parameters.
    init(_ context: inout SessionContext, now: MonotonicInstant) throws(SessionError) {
        let parameters = context.parameters
        guard parameters.user.count <= 16 else {
            throw SessionError(
                .invalidUserName,
                stage: .idle,
                detail: "the user name has \(parameters.user.count) bytes"
            )
        }
        do throws(CipherSuite.Refusal) {
            self.candidates = try SuiteCandidates(
                parameters.cipherSuite,
                remembered: parameters.rememberedSuite
            )
        } catch {
            throw SessionError(.cipherSuiteUnsupported, stage: .idle, detail: error.description)
        }
        self.privilege = parameters.privilege
        self.opensAtZero = context.works(around: .zeroOpenPrivilege)
        self.step = .open
        if context.works(around: .noProbe) {
            self.request = Self.openRequest(
                self.candidates.current,
                self.privilege,
                self.opensAtZero,
                &context,
                now
            )
        } else {
            self.step = .probe(wantsIPMI20Data: true)
            self.request = Self.probeRequest(wantsIPMI20Data: true, self.privilege, &context, now)
        }
    }

    var deadline: MonotonicInstant { self.request.deadline }

    var stage: SessionStage {
        switch self.step {
        case .probe: .probe
        case .open, .suiteList: .open
        case .rakp1: .rakp1
        case .rakp3: .rakp3
        }
    }

    func failure(_ code: SessionError.Code, _ detail: String = "") -> Outcome {
        .failed(SessionError(code, stage: self.stage, detail: detail))
    }

    // MARK: Inputs

    mutating func receive(
        _ datagram: [UInt8],
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) -> Outcome {
        switch DatagramKind(of: datagram) {
        case .ipmi15: return self.receiveIPMI15(datagram, &context, now)
        case .rmcpPlus(let type, sessionID: 0): return self.receiveSetup(datagram, type, &context, now)
        case .rmcpPlus:
            // Another session's packet, or ipmi_sim's repeat of RAKP 4 inside the session: of no use before
            // the keys.
            return .goesOn
        case .asf: return .goesOn
        case .other:
            self.heardNonsense = true
            context.counters.bad += 1
            return .goesOn
        }
    }

    mutating func timedOut(_ context: inout SessionContext, now: MonotonicInstant) -> Outcome {
        guard self.request.deadline <= now, !self.request.timedOut(&context, now: now) else { return .goesOn }
        if let refusal = self.anonymousRefusal {
            self.anonymousRefusal = nil
            return self.refused(refusal, &context, now)
        }
        switch self.step {
        case .probe: return self.failure(self.heardNonsense ? .malformedReply : .noReply)
        case .rakp1 where self.misfits > 0: return self.passwordRefused(&context)
        case .rakp1 where self.restarts == 0: return self.restart(&context, now)
        case .open, .rakp1:
            if self.deniesIPMI20 { return self.failure(.notIPMI20, "Open Session is not answered") }
            return self.failure(.loginNoReply)
        case .rakp3 where self.misfits > 0: return self.keyRefused(&context, now)
        case .rakp3: return self.restart(&context, now)
        case .suiteList(_, _, let refusal): return .failed(refusal)
        }
    }

    /// Once more from Open Session.
    mutating func restart(_ context: inout SessionContext, _ now: MonotonicInstant) -> Outcome {
        self.restarts += 1
        guard self.restarts < Self.restartLimit else {
            return self.failure(.loginNoReply, "\(self.restarts) attempts")
        }
        return self.open(&context, now)
    }

    private mutating func receiveSetup(
        _ datagram: [UInt8],
        _ type: PayloadType,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard let packet = try? RMCPPlusPacket(decoding: datagram) else {
            context.counters.bad += 1
            return .goesOn
        }
        context.counters.packetsFromBMC += 1
        switch (self.step, type) {
        case (.open, .openSessionResponse):
            return self.receiveOpenSession(packet.payload, &context, now)
        case (.rakp1(let session, let random), .rakpMessage2):
            return self.receiveRAKP2(packet.payload, session, random, &context, now)
        case (.rakp3(let exchange, let keys), .rakpMessage4):
            return self.receiveRAKP4(packet.payload, exchange, keys, &context, now)
        case (.suiteList(let list, let index, let refusal), .ipmiMessage):
            return self.receiveSuites(packet.payload, list, index, refusal, &context, now)
        default:
            return .goesOn  // A late or repeated answer to an earlier step.
        }
    }
}
