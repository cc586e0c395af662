// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Session slots, and packets in and out of sessions.
extension SimulatedBMC {
    mutating func receivePing(_ datagram: [UInt8], _ peer: PeerAddress, _ out: inout [OutgoingDatagram]) {
        guard let ping = try? ASFPresencePing(decoding: datagram) else {
            self.statistics.badDatagrams += 1
            return
        }
        guard self.configuration.answersPing, ping.tag != 0xFF else { return }
        out.append(OutgoingDatagram(bytes: ASFPresencePong(tag: ping.tag).encoded(), destination: peer))
    }

    mutating func receiveIPMI15(
        _ datagram: [UInt8],
        _ sessionID: UInt32,
        _ peer: PeerAddress,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) {
        // IPMI 1.5 sessions are not simulated, only what is asked outside a session.
        guard sessionID == 0, let packet = try? IPMI15Packet(decoding: datagram),
            case .request(let request)? = try? IPMIMessage(decoding: packet.message)
        else {
            self.statistics.badDatagrams += 1
            return
        }
        guard let response = self.answerOutsideSession(request) else { return }
        out.append(OutgoingDatagram(bytes: IPMI15Packet(response.encoded()).encoded(), destination: peer))
    }

    mutating func receiveInSession(
        _ datagram: [UInt8],
        _ id: UInt32,
        _ peer: PeerAddress,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) {
        guard let index = self.sessions.firstIndex(where: { $0.id == id }),
            self.sessions[index].peer == peer,
            let cipher = self.sessions[index].cipher,
            let packet = try? cipher.open(datagram)
        else {
            self.statistics.badDatagrams += 1
            return
        }
        guard self.sessions[index].window.accept(packet.sequence) == .accepted else { return }
        let isLife = packet.payloadType == .ipmiMessage || self.configuration.solKeepsSessionsAlive
        if isLife { self.sessions[index].expires = now + self.configuration.sessionTimeout }
        switch packet.payloadType {
        case .sol: self.receiveSOL(packet.payload, id, now, &out)
        case .ipmiMessage: self.receiveMessage(packet.payload, index, now, &out)
        default: self.statistics.badDatagrams += 1
        }
    }

    private mutating func receiveMessage(
        _ payload: ArraySlice<UInt8>,
        _ index: Int,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) {
        guard let message = try? IPMIMessage(decoding: payload) else {
            self.statistics.badDatagrams += 1
            return
        }
        guard case .request(let request) = message else { return }
        let id = self.sessions[index].id
        guard let response = self.answer(request, index, now, &out) else { return }
        var bytes = response.encoded()
        if self.configuration.sendsWrongChecksums, let last = bytes.indices.last { bytes[last] ^= 0x55 }
        self.send(.ipmiMessage, bytes, sessionID: id, &out)
        if request.command == CloseSession.id, response.completion == .success {
            self.closeAfterAnswer(request)
        }
        // What the command set going, such as the first output after Activate Payload, follows the answer.
        self.pump(answering: nil, now, &out)
    }

    private mutating func closeAfterAnswer(_ request: IPMIRequest) {
        guard let close = try? request.decode(CloseSession.self) else { return }
        let session = self.sessions.first {
            close.sessionID == 0 ? $0.handle == close.handle : $0.id == close.sessionID
        }
        if let session { self.removeSession(session.id) }
    }

    /// Ends a session and with it its payload.
    mutating func removeSession(_ id: UInt32) {
        self.sessions.removeAll { $0.id == id }
        guard self.owner == .session(id) else { return }
        self.owner = .nobody
        self.port.deactivate()
    }

    mutating func expireSessions(_ now: MonotonicInstant) {
        guard self.sessions.contains(where: { $0.expires <= now }) else { return }
        for session in self.sessions where session.expires <= now {
            if session.cipher != nil { self.statistics.sessionsTimedOut += 1 }
            self.removeSession(session.id)
        }
    }

    // MARK: Sending

    mutating func sendSOL(_ packet: SOLPayloadFromBMC, _ out: inout [OutgoingDatagram]) {
        guard case .session(let id) = self.owner else { return }
        self.send(.sol, packet.encoded(), sessionID: id, &out)
    }

    mutating func send(
        _ type: PayloadType,
        _ payload: [UInt8],
        sessionID: UInt32,
        _ out: inout [OutgoingDatagram]
    ) {
        guard let index = self.sessions.firstIndex(where: { $0.id == sessionID }),
            let cipher = self.sessions[index].cipher
        else { return }
        let sequence = self.sessions[index].nextSequence(step: self.configuration.sequenceStep)
        // Sealing fails only for payloads beyond 64 KiB, which nothing here makes.
        guard let bytes = try? cipher.seal(type, payload, sequence: sequence) else { return }
        out.append(OutgoingDatagram(bytes: bytes, destination: self.sessions[index].peer))
    }

    // MARK: Payload

    /// Tells the session that has the payload that it has lost it, and takes it away.
    mutating func takePayloadFromOwner(_ out: inout [OutgoingDatagram]) {
        guard case .session(let id) = self.owner else { return }
        self.port.deactivate()
        switch self.configuration.sol.theftNotice {
        case .deactivatingBit:
            self.sendSOL(SOLPayloadFromBMC(sequence: 0, status: .deactivating), &out)
        case .solActivating:
            guard let index = self.sessions.firstIndex(where: { $0.id == id }) else { break }
            self.sessions[index].requestSequence = (self.sessions[index].requestSequence + 1) & 0x3F
            let request = IPMIRequest(
                SOLActivating.id,
                data: SOLActivating.Request().encoded()[...],
                sequence: self.sessions[index].requestSequence,
                responder: IPMIAddress.remoteConsole,
                requester: IPMIAddress.bmc
            )
            self.send(.ipmiMessage, request.encoded(), sessionID: id, &out)
        case .silent: break
        }
        self.owner = .nobody
    }

    mutating func receiveSOL(
        _ payload: ArraySlice<UInt8>,
        _ id: UInt32,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) {
        guard self.owner == .session(id), let packet = try? SOLPayloadToBMC(decoding: payload) else { return }
        let answer = self.port.receiveInput(
            packet,
            hostIsThere: self.host.isPowered,
            mostAccepted: self.faults.inputAcceptAtMost,
            refuses: packet.sequence != 0 && self.generator.chance(self.faults.inputNACK)
        )
        self.port.receiveAcknowledgement(in: packet)
        if let answer {
            if answer.answer.status.contains(.nack) { self.statistics.nacksSent += 1 }
            self.deliverToHost(answer.characters, isBreak: answer.isBreak, now: now)
        }
        self.pump(answering: answer?.answer, now, &out)
    }
}
