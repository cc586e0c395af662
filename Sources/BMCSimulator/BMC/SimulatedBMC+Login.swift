// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Open Session and RAKP, the BMC's half.
extension SimulatedBMC {
    mutating func receiveOutsideSession(
        _ datagram: [UInt8],
        _ type: PayloadType,
        _ peer: PeerAddress,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) {
        guard let packet = try? RMCPPlusPacket(decoding: datagram) else {
            self.statistics.badDatagrams += 1
            return
        }
        var delay = Duration.zero
        let reply: RMCPPlusPacket?
        switch type {
        case .openSessionRequest:
            reply = self.openSession(packet.payload, peer, now).map {
                RMCPPlusPacket(.openSessionResponse, $0)
            }
        case .rakpMessage1:
            reply = self.rakp1(packet.payload, peer).map { RMCPPlusPacket(.rakpMessage2, $0) }
            delay = self.faults.rakpDelay
        case .rakpMessage3:
            reply = self.rakp3(packet.payload, peer, now).map { RMCPPlusPacket(.rakpMessage4, $0) }
            delay = self.faults.rakpDelay
        case .ipmiMessage:
            reply = self.message(packet.payload).map { RMCPPlusPacket(.ipmiMessage, $0) }
        default:
            reply = nil
        }
        guard let reply else {
            self.statistics.badDatagrams += 1
            return
        }
        let datagram = OutgoingDatagram(bytes: reply.encoded(), destination: peer)
        if delay > .zero { self.send(datagram, after: delay, now: now) } else { out.append(datagram) }
    }

    private mutating func message(_ payload: ArraySlice<UInt8>) -> [UInt8]? {
        guard case .request(let request)? = try? IPMIMessage(decoding: payload) else { return nil }
        return self.answerOutsideSession(request)?.encoded()
    }

    // MARK: Open Session

    private mutating func openSession(
        _ payload: ArraySlice<UInt8>,
        _ peer: PeerAddress,
        _ now: MonotonicInstant
    ) -> [UInt8]? {
        guard let request = try? OpenSessionRequest(decoding: payload) else { return nil }
        let suite: CipherSuite
        switch self.judge(request) {
        case .success(let accepted): suite = accepted
        case .failure(let refusal): return self.refuse(request, refusal.status)
        }
        // A console that starts its log-in over does not use up a second slot.
        self.sessions.removeAll {
            $0.peer == peer && $0.remoteConsoleSessionID == request.remoteConsoleSessionID && $0.cipher == nil
        }
        guard !self.faults.slotsAreFull, self.sessions.count < self.configuration.sessionSlots else {
            return self.refuse(request, .insufficientResources)
        }
        var id = self.random.nonZeroUInt32()
        while self.sessions.contains(where: { $0.id == id }) { id = self.random.nonZeroUInt32() }
        let handle =
            (1...UInt8.max).first { handle in !self.sessions.contains { $0.handle == handle } } ?? 255
        self.sessions.append(
            BMCSession(
                id: id,
                remoteConsoleSessionID: request.remoteConsoleSessionID,
                peer: peer,
                suite: suite,
                handle: handle,
                expires: now + self.configuration.loginTimeout
            )
        )
        return OpenSessionResponse(
            tag: request.tag,
            maximumPrivilege: request.privilege == .unspecified ? .administrator : request.privilege,
            remoteConsoleSessionID: request.remoteConsoleSessionID,
            session: OpenSessionResponse.Session(managedSystemSessionID: id, suite: suite)
        ).encoded()
    }

    private struct Refusal: Error {
        var status: StatusCode
    }

    private func judge(_ request: OpenSessionRequest) -> Result<CipherSuite, Refusal> {
        let suites = self.configuration.cipherSuites
        if let suite = CipherSuite(request.authentication, request.integrity, request.confidentiality),
            suites.contains(suite)
        {
            return .success(suite)
        }
        if !suites.contains(where: { $0.authentication == request.authentication }) {
            return .failure(Refusal(status: .invalidAuthenticationAlgorithm))
        }
        if !suites.contains(where: { $0.integrity == request.integrity }) {
            return .failure(Refusal(status: .invalidIntegrityAlgorithm))
        }
        if !suites.contains(where: { $0.confidentiality == request.confidentiality }) {
            return .failure(Refusal(status: .invalidConfidentialityAlgorithm))
        }
        return .failure(Refusal(status: .noCipherSuiteMatch))
    }

    private mutating func refuse(_ request: OpenSessionRequest, _ status: StatusCode) -> [UInt8] {
        self.statistics.loginsRefused += 1
        return OpenSessionResponse(
            tag: self.configuration.refusesAnonymously ? 0 : request.tag,
            status: status,
            maximumPrivilege: .unspecified,
            remoteConsoleSessionID: self.configuration.refusesAnonymously
                ? 0 : request.remoteConsoleSessionID,
            session: nil
        ).encoded()
    }

    // MARK: RAKP

    private mutating func rakp1(_ payload: ArraySlice<UInt8>, _ peer: PeerAddress) -> [UInt8]? {
        guard let request = try? RAKPMessage1(decoding: payload) else { return nil }
        guard
            let index = self.sessions.firstIndex(where: {
                $0.id == request.managedSystemSessionID && $0.peer == peer
            })
        else { return self.refuse(request, .invalidSessionID, remoteConsoleSessionID: 0) }
        let session = self.sessions[index]
        // RAKP 1 of a session that is open already is a late copy.
        guard session.cipher == nil else { return nil }
        guard let user = self.findUser(request) else {
            self.sessions.remove(at: index)
            return self.refuse(
                request,
                .unauthorisedName,
                remoteConsoleSessionID: session.remoteConsoleSessionID
            )
        }
        guard request.role.privilege <= user.maximumPrivilege else {
            self.sessions.remove(at: index)
            return self.refuse(
                request,
                .unauthorisedRole,
                remoteConsoleSessionID: session.remoteConsoleSessionID
            )
        }
        let exchange = RAKPExchange(
            authentication: session.suite.authentication,
            integrity: session.suite.integrity,
            remoteConsoleSessionID: session.remoteConsoleSessionID,
            managedSystemSessionID: session.id,
            remoteConsoleRandom: request.remoteConsoleRandom,
            managedSystemRandom: self.managedSystemRandom(for: request, session),
            managedSystemGUID: self.guid,
            role: request.role,
            userName: request.userName
        )
        self.sessions[index].stage = .challenged(exchange, user)
        let asked = request.role.privilege == .unspecified ? user.maximumPrivilege : request.role.privilege
        self.sessions[index].maximumPrivilege = asked
        return RAKPMessage2(
            tag: request.tag,
            remoteConsoleSessionID: session.remoteConsoleSessionID,
            challenge: RAKPMessage2.Challenge(
                managedSystemRandom: exchange.managedSystemRandom,
                managedSystemGUID: self.guid,
                keyExchangeAuthenticationCode: exchange.rakp2Digest(password: self.password(of: user))
            )
        ).encoded()
    }

    /// A repeated RAKP 1 gets the same answer.
    private func managedSystemRandom(for request: RAKPMessage1, _ session: BMCSession) -> [UInt8] {
        if case .challenged(let exchange, _) = session.stage,
            exchange.remoteConsoleRandom == request.remoteConsoleRandom
        {
            exchange.managedSystemRandom
        } else {
            self.random.bytes(16)
        }
    }

    private func findUser(_ request: RAKPMessage1) -> BMCUser? {
        self.configuration.users.first {
            Array($0.name.utf8) == request.userName
                && (request.role.nameOnlyLookup || $0.maximumPrivilege == request.role.privilege)
        }
    }

    /// With the wrong-password fault the BMC believes in another one.
    private func password(of user: BMCUser) -> BMCPassword {
        guard self.faults.passwordIsWrong else { return user.password }
        return (try? BMCPassword("not-the-password")) ?? .empty
    }

    private mutating func refuse(
        _ request: RAKPMessage1,
        _ status: StatusCode,
        remoteConsoleSessionID: UInt32
    ) -> [UInt8] {
        self.statistics.loginsRefused += 1
        let isAnonymous = self.configuration.refusesAnonymously
        return RAKPMessage2(
            tag: isAnonymous ? 0 : request.tag,
            status: status,
            remoteConsoleSessionID: isAnonymous ? 0 : remoteConsoleSessionID,
            challenge: nil
        ).encoded()
    }

    private mutating func rakp3(
        _ payload: ArraySlice<UInt8>,
        _ peer: PeerAddress,
        _ now: MonotonicInstant
    ) -> [UInt8]? {
        guard let request = try? RAKPMessage3(decoding: payload) else { return nil }
        guard
            let index = self.sessions.firstIndex(where: {
                $0.id == request.managedSystemSessionID && $0.peer == peer
            })
        else { return self.rakp4(request, .invalidSessionID, 0, []) }
        let session = self.sessions[index]
        switch session.stage {
        case .opened: return nil
        case .active: return session.rakp4
        case .challenged(let exchange, let user):
            return self.finish(request, exchange, user, index, now)
        }
    }

    private mutating func finish(
        _ request: RAKPMessage3,
        _ exchange: RAKPExchange,
        _ user: BMCUser,
        _ index: Int,
        _ now: MonotonicInstant
    ) -> [UInt8]? {
        let session = self.sessions[index]
        guard request.status == .noErrors else {
            // The console gives up and tells us, so that the slot is free again.
            self.sessions.remove(at: index)
            return nil
        }
        let password = self.password(of: user)
        guard exchange.verifiesRAKP3(request.keyExchangeAuthenticationCode, password: password) else {
            self.sessions.remove(at: index)
            self.statistics.loginsRefused += 1
            return self.rakp4(request, .invalidIntegrityCheckValue, session.remoteConsoleSessionID, [])
        }
        let keys = exchange.keys(password: password, bmcKey: self.effectiveBMCKey)
        let cipher = try? SessionCipher(
            suite: session.suite,
            keys: keys,
            password: password,
            localSessionID: session.id,
            peerSessionID: session.remoteConsoleSessionID,
            random: self.random
        )
        guard let cipher else {
            return self.rakp4(request, .insufficientResources, session.remoteConsoleSessionID, [])
        }
        let answer = self.rakp4(
            request,
            .noErrors,
            session.remoteConsoleSessionID,
            exchange.rakp4CheckValue(keys)
        )
        self.sessions[index].stage = .active(cipher)
        self.sessions[index].userID = user.id
        self.sessions[index].mayUseSOL = user.mayUseSOL
        self.sessions[index].expires = now + self.configuration.sessionTimeout
        self.sessions[index].rakp4 = answer
        self.statistics.sessionsOpened += 1
        return answer
    }

    private var effectiveBMCKey: BMCKey? {
        guard let key = self.configuration.bmcKey, !key.isUnset else { return nil }
        return key
    }

    private func rakp4(
        _ request: RAKPMessage3,
        _ status: StatusCode,
        _ remoteConsoleSessionID: UInt32,
        _ check: [UInt8]
    ) -> [UInt8] {
        let isAnonymous = self.configuration.refusesAnonymously && status != .noErrors
        return RAKPMessage4(
            tag: isAnonymous ? 0 : request.tag,
            status: status,
            remoteConsoleSessionID: isAnonymous ? 0 : remoteConsoleSessionID,
            integrityCheckValue: check
        ).encoded()
    }
}
