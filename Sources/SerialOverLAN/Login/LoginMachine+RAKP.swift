// SPDX-License-Identifier: Apache-2.0

import IPMI

extension LoginMachine {
    mutating func sendRAKP1(
        _ session: OpenSessionResponse.Session,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        let tag = Self.newTag(context)
        let random = context.random.bytes(16)
        var name = context.parameters.user
        if context.works(around: .intel20) { name += [UInt8](repeating: 0, count: 16 - name.count) }
        let message = RAKPMessage1(
            tag: tag,
            managedSystemSessionID: session.managedSystemSessionID,
            remoteConsoleRandom: random,
            role: .init(self.privilege),
            userName: name
        )
        self.step = .rakp1(session, consoleRandom: random)
        self.request = SetupRequest(
            RMCPPlusPacket(.rakpMessage1, message.encoded()).encoded(),
            tag: tag,
            retries: context.timing.setupRetries,
            &context,
            now: now
        )
        return .goesOn
    }

    mutating func receiveRAKP2(
        _ payload: ArraySlice<UInt8>,
        _ session: OpenSessionResponse.Session,
        _ consoleRandom: [UInt8],
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard let message = try? RAKPMessage2(decoding: payload) else {
            context.counters.bad += 1
            return .goesOn
        }
        guard message.tag == self.request.tag else {
            return self.considerAnonymous(
                message.status,
                message.tag,
                message.remoteConsoleSessionID,
                &context,
                now
            )
        }
        guard let challenge = message.challenge else { return self.refused(message.status, &context, now) }
        guard message.remoteConsoleSessionID == context.consoleSessionID else { return .goesOn }
        let exchange = RAKPExchange(
            authentication: session.authentication,
            integrity: session.integrity,
            remoteConsoleSessionID: context.consoleSessionID,
            managedSystemSessionID: session.managedSystemSessionID,
            remoteConsoleRandom: consoleRandom,
            managedSystemRandom: challenge.managedSystemRandom,
            managedSystemGUID: challenge.managedSystemGUID,
            role: .init(self.privilege),
            userName: context.parameters.user,
            deviations: context.works(around: .intel20) ? .intel20 : []
        )
        let password = context.parameters.password
        guard exchange.verifiesRAKP2(challenge.keyExchangeAuthenticationCode, password: password) else {
            self.misfits += 1
            return self.misfits < Self.misfitLimit ? .goesOn : self.passwordRefused(&context)
        }
        return self.sendRAKP3(exchange, &context, now)
    }

    /// Tells the BMC by a RAKP 3 with a status and no digest, so that it may free its slot. Nobody answers
    /// that.
    func passwordRefused(_ context: inout SessionContext) -> Outcome {
        if case .rakp1(let session, _) = self.step { Self.giveUpPolitely(session, &context) }
        return self.failure(.wrongPassword, "the BMC's RAKP 2 does not fit our password")
    }

    private static func giveUpPolitely(
        _ session: OpenSessionResponse.Session,
        _ context: inout SessionContext
    ) {
        let message = RAKPMessage3(
            tag: Self.newTag(context),
            status: .invalidIntegrityCheckValue,
            managedSystemSessionID: session.managedSystemSessionID,
            keyExchangeAuthenticationCode: []
        )
        context.send(RMCPPlusPacket(.rakpMessage3, message.encoded()).encoded())
    }

    private mutating func sendRAKP3(
        _ exchange: RAKPExchange,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        let parameters = context.parameters
        let keys = exchange.keys(
            password: parameters.password,
            bmcKey: self.usesBMCKey ? parameters.bmcKey : nil
        )
        let tag = Self.newTag(context)
        let message = RAKPMessage3(
            tag: tag,
            managedSystemSessionID: exchange.managedSystemSessionID,
            keyExchangeAuthenticationCode: exchange.rakp3Digest(password: parameters.password)
        )
        self.step = .rakp3(exchange, keys)
        self.misfits = 0
        self.request = SetupRequest(
            RMCPPlusPacket(.rakpMessage3, message.encoded()).encoded(),
            tag: tag,
            retries: context.timing.rakp3Retries,
            &context,
            now: now
        )
        return .goesOn
    }

    mutating func receiveRAKP4(
        _ payload: ArraySlice<UInt8>,
        _ exchange: RAKPExchange,
        _ keys: SessionKeys,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard let message = try? RAKPMessage4(decoding: payload) else {
            context.counters.bad += 1
            return .goesOn
        }
        guard message.tag == self.request.tag else {
            return self.considerAnonymous(
                message.status,
                message.tag,
                message.remoteConsoleSessionID,
                &context,
                now
            )
        }
        guard message.status == .noErrors else { return self.refused(message.status, &context, now) }
        guard message.remoteConsoleSessionID == context.consoleSessionID else { return .goesOn }
        guard exchange.verifiesRAKP4(message.integrityCheckValue, keys: keys) else {
            self.misfits += 1
            return self.misfits < Self.misfitLimit ? .goesOn : self.keyRefused(&context, now)
        }
        return self.prove(exchange, keys, &context)
    }

    /// The password was good, so it is K_g.
    mutating func keyRefused(_ context: inout SessionContext, _ now: MonotonicInstant) -> Outcome {
        let isConfigured = context.parameters.bmcKey.map { !$0.isUnset } ?? false
        guard isConfigured, self.usesBMCKey, context.works(around: .kgOptional) else {
            return self.failure(
                .wrongBMCKey,
                isConfigured ? "K_g is configured, the BMC has another or none" : "the BMC wants a K_g"
            )
        }
        self.usesBMCKey = false
        context.warn(.bmcKeyDropped)
        return self.restart(&context, now)
    }

    private func prove(_ exchange: RAKPExchange, _ keys: SessionKeys, _ context: inout SessionContext)
        -> Outcome
    {
        let suite = self.candidates.current
        do throws(PacketCipherFailure) {
            let cipher = try SessionCipher(
                suite: suite,
                keys: keys,
                password: context.parameters.password,
                localSessionID: context.consoleSessionID,
                peerSessionID: exchange.managedSystemSessionID,
                random: context.random
            )
            let channel = SessionChannel(
                suite: suite,
                bmcSessionID: exchange.managedSystemSessionID,
                cipher: cipher,
                context: context
            )
            return .proven(Proof(channel: channel, privilege: self.privilege))
        } catch {
            return self.failure(.cipherSuiteUnsupported, error.description)
        }
    }
}
