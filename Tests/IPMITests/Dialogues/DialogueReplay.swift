// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

/// What a replay checked. The totals over all dialogues are asserted, so that a replay cannot silently check nothing.
struct ReplayCounts: Equatable {
    var packets = 0
    var rakpDigests = 0
    var authCodes = 0
    var decrypted = 0
    var messages = 0
    var commands = 0
    var solPayloads = 0
    /// Datagrams of the console that our types made again byte for byte, and those of the BMC.
    var reproducedToBMC = 0
    var reproducedFromBMC = 0

    static func += (left: inout Self, right: Self) {
        left.packets += right.packets
        left.rakpDigests += right.rakpDigests
        left.authCodes += right.authCodes
        left.decrypted += right.decrypted
        left.messages += right.messages
        left.commands += right.commands
        left.solPayloads += right.solPayloads
        left.reproducedToBMC += right.reproducedToBMC
        left.reproducedFromBMC += right.reproducedFromBMC
    }
}

/// Something a dialogue does that a conforming peer would not: compared with the list of known exceptions.
enum Oddity: String, Hashable {
    case notReproducedToBMC
    case notReproducedFromBMC
    case trailingBytes
    case undecodableCommand
    case wrongChecksum
    case wrongAuthCode
    case rejectedPacket
    case rakp2Mismatch
    case rakp3Mismatch
    case rakp4Mismatch
    case unknownSession
}

/// Plays a recorded dialogue through our types: decodes every packet, verifies everything that can be verified with the
/// recorded credentials, and builds every packet again.
struct DialogueReplay {
    private let name: String
    private let vector: Vector
    private let conduct: Conduct
    private let passwords: (console: BMCPassword, bmc: BMCPassword)
    private let bmcKeys: (console: BMCKey?, bmc: BMCKey?)
    private var sessions: [RecordedSession] = []

    private(set) var counts = ReplayCounts()
    /// Where each oddity occurred: numbers of packets.
    private(set) var oddities: [Oddity: [Int]] = [:]
    private(set) var completions: Set<[Int]> = []
    private(set) var sawDeactivating = false
    private(set) var sawBreak = false
    private var index = 0

    init(_ name: String) throws {
        self.name = name
        self.vector = try Vector.load(name)
        self.conduct = Conduct.of(name)
        self.passwords = try self.vector.passwords()
        self.bmcKeys = try self.vector.keys()
    }

    /// Keys of the sessions in the order of their log-in.
    var keys: [SessionKeys] { self.sessions.compactMap(\.keys) }
    var expect: Vector.Expectations? { self.vector.expect }
    var derived: Vector.Derived? { self.vector.derived }

    mutating func run() throws {
        for (index, packet) in self.vector.packets.enumerated() {
            self.index = index
            self.counts.packets += 1
            let datagram = packet.datagram
            let rebuilt: [UInt8]?
            switch DatagramKind(of: datagram) {
            case .asf:
                rebuilt =
                    packet.isToBMC
                    ? try reencode(ASFPresencePing.self, datagram[...])
                    : try reencode(ASFPresencePong.self, datagram[...])
            case .ipmi15:
                rebuilt = try self.replayIPMI15(datagram, packet)
            case .rmcpPlus(_, sessionID: 0):
                rebuilt = try self.replayOutsideSession(datagram, packet)
            case .rmcpPlus:
                rebuilt = try self.replayInSession(datagram, packet)
            case .other:
                Issue.record("\(self.name) packet \(index) is not RMCP: \(hex(datagram))")
                rebuilt = nil
            }
            self.compare(rebuilt, with: datagram, packet)
        }
    }

    private mutating func note(_ oddity: Oddity) {
        self.oddities[oddity, default: []].append(self.index)
    }

    private mutating func compare(_ rebuilt: [UInt8]?, with datagram: [UInt8], _ packet: Vector.Packet) {
        guard packet.tampered != true else { return }
        if rebuilt == datagram {
            if packet.isToBMC { self.counts.reproducedToBMC += 1 } else { self.counts.reproducedFromBMC += 1 }
        } else {
            self.note(packet.isToBMC ? .notReproducedToBMC : .notReproducedFromBMC)
        }
    }

    // MARK: IPMI 1.5

    private mutating func replayIPMI15(_ datagram: [UInt8], _ packet: Vector.Packet) throws -> [UInt8] {
        var reader = WireReader(datagram)
        let decoded = try IPMI15Packet(decoding: &reader)
        if !reader.isAtEnd { self.note(.trailingBytes) }
        // The vendor SOL of IPMI 1.5 (issue 5) marks its packets by the session ID and has no IPMI message in them.
        let isVendorSOL = self.name.hasPrefix("v15-isol") && decoded.sessionID >= 0x1000_0000
        let message =
            isVendorSOL
            ? Array(decoded.message) : try self.replayMessage(decoded.message, checksums: .insist)
        guard decoded.authenticationType != .none else {
            return IPMI15Packet(
                .none,
                sessionID: decoded.sessionID,
                sequence: decoded.sequence,
                authCode: nil,
                message: message[...]
            ).encoded() + reader.rest()
        }
        let password = packet.isToBMC ? self.passwords.console : self.passwords.bmc
        if decoded.isAuthentic(password: password) {
            self.counts.authCodes += 1
        } else {
            self.note(.wrongAuthCode)
        }
        return IPMI15Packet(
            signing: message,
            decoded.authenticationType,
            sessionID: decoded.sessionID,
            sequence: decoded.sequence,
            password: password
        ).encoded() + reader.rest()
    }

    // MARK: Outside a session

    private mutating func replayOutsideSession(_ datagram: [UInt8], _ packet: Vector.Packet) throws -> [UInt8]
    {
        var reader = WireReader(datagram)
        let decoded = try RMCPPlusPacket(decoding: &reader)
        if !reader.isAtEnd { self.note(.trailingBytes) }
        let payload = try self.replaySetup(decoded.payloadType, decoded.payload, packet)
        return RMCPPlusPacket(decoded.payloadType, payload).encoded() + reader.rest()
    }

    private mutating func replaySetup(
        _ type: PayloadType,
        _ payload: ArraySlice<UInt8>,
        _ packet: Vector.Packet
    ) throws -> [UInt8] {
        let flow = packet.flow ?? 0
        switch type {
        case .ipmiMessage: return try self.replayMessage(payload, checksums: .insist)
        case .openSessionRequest: return try self.openSessionRequest(payload, flow)
        case .openSessionResponse: return try self.openSessionResponse(payload, flow)
        case .rakpMessage1: return try self.rakpMessage1(payload, flow)
        case .rakpMessage2: return try self.rakpMessage2(payload, flow)
        case .rakpMessage3: return try self.rakpMessage3(payload, flow)
        case .rakpMessage4: return try self.rakpMessage4(payload, flow)
        default:
            Issue.record("\(self.name) packet \(self.index): payload type \(type.rawValue)")
            return Array(payload)
        }
    }

    private mutating func openSessionRequest(_ payload: ArraySlice<UInt8>, _ flow: Int) throws -> [UInt8] {
        let request = try OpenSessionRequest(decoding: payload)
        let suite = try #require(
            CipherSuite(request.authentication, request.integrity, request.confidentiality)
        )
        self.sessions.append(
            RecordedSession(
                flow: flow,
                openTag: request.tag,
                privilege: request.privilege,
                request.remoteConsoleSessionID
            )
        )
        // Written again from the suite, as the session machine does.
        return OpenSessionRequest(
            tag: request.tag,
            privilege: request.privilege,
            remoteConsoleSessionID: request.remoteConsoleSessionID,
            suite: suite
        ).encoded()
    }

    private mutating func openSessionResponse(_ payload: ArraySlice<UInt8>, _ flow: Int) throws -> [UInt8] {
        let response = try OpenSessionResponse(decoding: payload)
        if let agreed = response.session {
            let session = try #require(
                self.sessions.last { $0.flow == flow && $0.openTag == response.tag }
            )
            #expect(response.remoteConsoleSessionID == session.consoleID)
            if session.bmcID == nil || session.bmcID == agreed.managedSystemSessionID {
                session.agree(agreed)
            } else {
                // A repeated request opened a second slot.
                let second = RecordedSession(
                    flow: flow,
                    openTag: session.openTag,
                    privilege: session.openPrivilege,
                    session.consoleID
                )
                second.agree(agreed)
                self.sessions.append(second)
            }
        }
        return try reencode(OpenSessionResponse.self, payload)
    }

    private mutating func rakpMessage1(_ payload: ArraySlice<UInt8>, _ flow: Int) throws -> [UInt8] {
        let message = try RAKPMessage1(decoding: payload)
        let session = try #require(
            self.sessions.last { $0.flow == flow && $0.bmcID == message.managedSystemSessionID }
        )
        session.rakp1 = message
        return try reencode(RAKPMessage1.self, payload)
    }

    private mutating func rakpMessage2(_ payload: ArraySlice<UInt8>, _ flow: Int) throws -> [UInt8] {
        let message = try RAKPMessage2(decoding: payload)
        guard let challenge = message.challenge else { return try reencode(RAKPMessage2.self, payload) }
        let session = try #require(
            self.sessions.last {
                $0.flow == flow && $0.rakp1 != nil && $0.consoleID == message.remoteConsoleSessionID
            }
        )
        try session.derive(challenge, conduct: self.conduct, self.passwords, self.bmcKeys)
        let exchange = try #require(session.bmcExchange)
        let code = challenge.keyExchangeAuthenticationCode
        if exchange.authentication != .none {
            if exchange.verifiesRAKP2(code, password: self.passwords.bmc) {
                self.counts.rakpDigests += 1
            } else {
                self.note(.rakp2Mismatch)
            }
        }
        // The simulator's side: the same message with the digest computed.
        var again = message
        again.challenge?.keyExchangeAuthenticationCode = exchange.rakp2Digest(password: self.passwords.bmc)
        return again.encoded()
    }

    private mutating func rakpMessage3(_ payload: ArraySlice<UInt8>, _ flow: Int) throws -> [UInt8] {
        let message = try RAKPMessage3(decoding: payload)
        guard message.status == .noErrors else { return try reencode(RAKPMessage3.self, payload) }
        let session = try #require(
            self.sessions.last { $0.flow == flow && $0.bmcID == message.managedSystemSessionID }
        )
        let exchange = try #require(session.consoleExchange)
        if exchange.authentication != .none {
            if exchange.verifiesRAKP3(message.keyExchangeAuthenticationCode, password: self.passwords.console)
            {
                self.counts.rakpDigests += 1
            } else {
                self.note(.rakp3Mismatch)
            }
        }
        return RAKPMessage3(
            tag: message.tag,
            managedSystemSessionID: message.managedSystemSessionID,
            keyExchangeAuthenticationCode: exchange.rakp3Digest(password: self.passwords.console)
        ).encoded()
    }

    private mutating func rakpMessage4(_ payload: ArraySlice<UInt8>, _ flow: Int) throws -> [UInt8] {
        let message = try RAKPMessage4(decoding: payload)
        guard message.status == .noErrors else { return try reencode(RAKPMessage4.self, payload) }
        let session = try #require(
            self.sessions.last {
                $0.flow == flow && $0.rakp1 != nil && $0.consoleID == message.remoteConsoleSessionID
            }
        )
        let exchange = try #require(session.bmcExchange)
        let keys = exchange.keys(password: self.passwords.bmc, bmcKey: self.bmcKeys.bmc)
        if exchange.verifiesRAKP4(message.integrityCheckValue, keys: keys) {
            if exchange.authentication != .none { self.counts.rakpDigests += 1 }
        } else {
            self.note(.rakp4Mismatch)
        }
        var again = message
        again.integrityCheckValue = exchange.rakp4CheckValue(keys)
        return again.encoded()
    }

    // MARK: In a session

    private mutating func replayInSession(_ datagram: [UInt8], _ packet: Vector.Packet) throws -> [UInt8]? {
        var reader = WireReader(datagram)
        let header = try RMCPPlusHeader(decoding: &reader)
        let session = self.sessions.last {
            $0.flow == packet.flow ?? 0
                && (packet.isToBMC ? $0.bmcID : $0.consoleID) == header.sessionID
        }
        guard let session, let console = session.console, let bmc = session.bmc else {
            self.note(.unknownSession)
            return nil
        }
        if header.payloadType == .sol, !header.isEncrypted {
            console.solIsInClear = true; bmc.solIsInClear = true
        }
        defer { console.solIsInClear = false; bmc.solIsInClear = false }

        let opened: OpenedPacket
        do {
            opened = try (packet.isToBMC ? bmc : console).open(datagram)
        } catch let rejection {
            if packet.tampered == true {
                #expect(rejection == .wrongAuthCode)
            } else {
                self.note(.rejectedPacket)
            }
            return nil
        }
        #expect(packet.tampered != true)
        #expect(opened.hasExpectedPad)
        if header.isAuthenticated { self.counts.authCodes += 1 }
        if header.isEncrypted { self.counts.decrypted += 1 }
        session.checkSequence(opened.sequence, isToBMC: packet.isToBMC)

        let payload = try self.replayPayload(opened, packet)
        session.random.load(datagram[RMCPPlusHeader.byteCount...].prefix(header.isEncrypted ? 16 : 0))
        return try (packet.isToBMC ? console : bmc).seal(
            opened.payloadType,
            payload,
            sequence: opened.sequence
        )
    }

    private mutating func replayPayload(_ opened: OpenedPacket, _ packet: Vector.Packet) throws -> [UInt8] {
        switch opened.payloadType {
        case .ipmiMessage:
            return try self.replayMessage(opened.payload, checksums: .ignore)
        case .sol where packet.isToBMC:
            self.counts.solPayloads += 1
            let payload = try SOLPayloadToBMC(decoding: opened.payload)
            if payload.operation.contains(.generateBreak) { self.sawBreak = true }
            return payload.encoded()
        case .sol:
            self.counts.solPayloads += 1
            let payload = try SOLPayloadFromBMC(decoding: opened.payload)
            if payload.status.contains(.deactivating) { self.sawDeactivating = true }
            return payload.encoded()
        default:
            // ipmi_sim repeats a RAKP 4 inside the session it opened.
            return try self.replaySetup(opened.payloadType, opened.payload, packet)
        }
    }

    // MARK: IPMI messages

    private mutating func replayMessage(
        _ bytes: ArraySlice<UInt8>,
        checksums: IPMIMessage.ChecksumPolicy
    ) throws -> [UInt8] {
        guard IPMIMessage.checksumsAreValid(bytes) else {
            self.note(.wrongChecksum)
            #expect(throws: WireError.self) { try IPMIMessage(decoding: bytes, checksums: .insist) }
            return try IPMIMessage(decoding: bytes, checksums: .ignore).encoded()
        }
        self.counts.messages += 1
        switch try IPMIMessage(decoding: bytes, checksums: checksums) {
        case .request(var request):
            if let codec = CommandCodec.byID[request.command] {
                request.data = self.replayData(request.data, codec.request)
            }
            return request.encoded()
        case .response(var response):
            self.completions.insert(
                [
                    Int(response.command.networkFunction.rawValue), Int(response.command.command),
                    Int(response.completion.rawValue),
                ]
            )
            if response.completion == .success, let codec = CommandCodec.byID[response.command] {
                response.data = self.replayData(response.data, codec.response)
            }
            return response.encoded()
        }
    }

    private mutating func replayData(
        _ data: ArraySlice<UInt8>,
        _ codec: (ArraySlice<UInt8>) throws -> [UInt8]
    ) -> ArraySlice<UInt8> {
        do {
            let again = try codec(data)
            self.counts.commands += 1
            return again[...]
        } catch {
            self.note(.undecodableCommand)
            return data
        }
    }
}

/// What is known of one RMCP+ session of a dialogue, with a packet cipher for either end.
final class RecordedSession {
    let flow: Int
    let openTag: UInt8
    let openPrivilege: PrivilegeLevel
    let consoleID: UInt32
    let random = ScriptedRandom()
    var agreed: OpenSessionResponse.Session?
    var rakp1: RAKPMessage1?
    var keys: SessionKeys?
    /// What the console hashes, and what the BMC hashes, when they disagree.
    var consoleExchange: RAKPExchange?
    var bmcExchange: RAKPExchange?
    var console: SessionCipher?
    var bmc: SessionCipher?

    private var windows: [Bool: SessionSequenceWindow] = [:]
    private var seen: [Bool: Set<UInt32>] = [:]

    init(flow: Int, openTag: UInt8, privilege: PrivilegeLevel, _ consoleID: UInt32) {
        self.flow = flow
        self.openTag = openTag
        self.openPrivilege = privilege
        self.consoleID = consoleID
    }

    var bmcID: UInt32? { self.agreed?.managedSystemSessionID }

    func agree(_ session: OpenSessionResponse.Session) {
        self.agreed = session
    }

    func derive(
        _ challenge: RAKPMessage2.Challenge,
        conduct: Conduct,
        _ passwords: (console: BMCPassword, bmc: BMCPassword),
        _ bmcKeys: (console: BMCKey?, bmc: BMCKey?)
    ) throws {
        let agreed = try #require(self.agreed)
        let rakp1 = try #require(self.rakp1)
        let suite = try #require(agreed.suite)
        var exchange = RAKPExchange(
            authentication: agreed.authentication,
            integrity: agreed.integrity,
            remoteConsoleSessionID: self.consoleID,
            managedSystemSessionID: agreed.managedSystemSessionID,
            remoteConsoleRandom: rakp1.remoteConsoleRandom,
            managedSystemRandom: challenge.managedSystemRandom,
            managedSystemGUID: challenge.managedSystemGUID,
            role: rakp1.role,
            userName: Array(rakp1.userName.prefix { $0 != 0 }),
            deviations: conduct.console
        )
        self.consoleExchange = exchange
        exchange.deviations = conduct.bmc
        if conduct.hashesOpenSessionPrivilege {
            exchange.role = RAKPMessage1.Role(self.openPrivilege, nameOnlyLookup: rakp1.role.nameOnlyLookup)
        }
        self.bmcExchange = exchange

        let keys = self.consoleExchange?.keys(password: passwords.console, bmcKey: bmcKeys.console) ?? .none
        self.keys = keys
        self.console = try self.cipher(
            suite,
            keys,
            passwords.console,
            local: self.consoleID,
            peer: exchange.managedSystemSessionID
        )
        self.bmc = try self.cipher(
            suite,
            keys,
            passwords.bmc,
            local: exchange.managedSystemSessionID,
            peer: self.consoleID
        )
    }

    private func cipher(
        _ suite: CipherSuite,
        _ keys: SessionKeys,
        _ password: BMCPassword,
        local: UInt32,
        peer: UInt32
    ) throws -> SessionCipher {
        try SessionCipher(
            suite: suite,
            keys: keys,
            password: password,
            localSessionID: local,
            peerSessionID: peer,
            random: self.random
        )
    }

    /// Every number is accepted once, in whatever order real programs send them.
    func checkSequence(_ number: UInt32, isToBMC: Bool) {
        let isNew = self.seen[isToBMC, default: []].insert(number).inserted
        let isAuthenticated = self.agreed?.integrity != IntegrityAlgorithm.none
        let verdict = self.windows[isToBMC, default: .init(isAuthenticated: isAuthenticated)].accept(number)
        #expect(verdict == (isNew ? .accepted : .duplicate), "session sequence number \(number)")
    }
}
