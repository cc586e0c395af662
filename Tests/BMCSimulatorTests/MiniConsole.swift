// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI

/// The least a console has to do, over a virtual network: log in, send commands, take SOL packets and acknowledge them.
/// Knows nothing of retries; tests decide what to repeat.
struct MiniConsole {
    enum Failure: Error, Equatable {
        case noAnswer(String)
        case refused(StatusCode, String)
        case badDigest(String)
        case completion(CompletionCode)
        case noSession
    }

    var network: VirtualNetwork
    var peer = PeerAddress.console
    var acknowledges = true
    /// Arrivals that were SOL packets, in order, repeats included.
    private(set) var packets: [SOLPayloadFromBMC] = []
    /// Requests of the BMC: SOL Activating.
    private(set) var requests: [IPMIRequest] = []
    /// Characters, each once: repeats by number and late packets by session sequence are left out.
    private(set) var output: [UInt8] = []
    private(set) var bmcSessionID: UInt32 = 0
    private let random: SeededRandomBytes
    private var cipher: (any PacketCipher)?
    private var sequence: UInt32 = 0
    private var requestSequence: UInt8 = 0
    private var answers: [IPMIResponse] = []
    private var lastSOL: (number: UInt8, sessionSequence: UInt32, count: Int) = (0, 0, 0)
    private(set) var nextInput: UInt8 = 1

    init(
        _ configuration: BMCConfiguration = .demonstration(name: "sim"),
        host: any SimulatedHost = EchoHost(),
        plan: FaultPlan = FaultPlan(),
        start: MonotonicInstant = MonotonicInstant.now
    ) {
        self.init(VirtualNetwork(configuration, host: host, plan: plan, start: start), seed: 99)
    }

    init(_ network: VirtualNetwork, peer: PeerAddress = .console, seed: UInt64) {
        self.network = network
        self.peer = peer
        self.random = SeededRandomBytes(seed: seed)
    }

    var text: String { String(decoding: self.output, as: UTF8.self) }

    // MARK: Log-in

    mutating func logIn(
        user: String = "admin",
        password: String = BMCConfiguration.demonstrationPassword,
        bmcKey: BMCKey? = nil,
        suite: CipherSuite = .suite3,
        privilege: PrivilegeLevel = .administrator,
        waiting: Duration = .zero
    ) throws {
        let id = self.random.nonZeroUInt32()
        let open = OpenSessionRequest(tag: 1, privilege: privilege, remoteConsoleSessionID: id, suite: suite)
        let opened = try OpenSessionResponse(
            decoding: try self.exchange(.openSessionRequest, open.encoded(), waiting: .zero, "open session")
        )
        guard let session = opened.session else { throw Failure.refused(opened.status, "open session") }
        let rakp1 = RAKPMessage1(
            tag: 2,
            managedSystemSessionID: session.managedSystemSessionID,
            remoteConsoleRandom: self.random.bytes(16),
            role: RAKPMessage1.Role(privilege),
            userName: Array(user.utf8)
        )
        let rakp2 = try RAKPMessage2(
            decoding: try self.exchange(.rakpMessage1, rakp1.encoded(), waiting: waiting, "RAKP 1")
        )
        guard let challenge = rakp2.challenge else { throw Failure.refused(rakp2.status, "RAKP 1") }
        let exchange = RAKPExchange(
            authentication: suite.authentication,
            integrity: suite.integrity,
            remoteConsoleSessionID: id,
            managedSystemSessionID: session.managedSystemSessionID,
            remoteConsoleRandom: rakp1.remoteConsoleRandom,
            managedSystemRandom: challenge.managedSystemRandom,
            managedSystemGUID: challenge.managedSystemGUID,
            role: rakp1.role,
            userName: rakp1.userName
        )
        let secret = try BMCPassword(password)
        guard exchange.verifiesRAKP2(challenge.keyExchangeAuthenticationCode, password: secret) else {
            throw Failure.badDigest("RAKP 2")
        }
        try self.finish(exchange, suite, secret, bmcKey, waiting: waiting)
    }

    /// RAKP 3 with whatever the password gives, as a console would that did not check RAKP 2.
    private mutating func finish(
        _ exchange: RAKPExchange,
        _ suite: CipherSuite,
        _ password: BMCPassword,
        _ bmcKey: BMCKey?,
        waiting: Duration
    ) throws {
        let rakp3 = RAKPMessage3(
            tag: 3,
            managedSystemSessionID: exchange.managedSystemSessionID,
            keyExchangeAuthenticationCode: exchange.rakp3Digest(password: password)
        )
        let rakp4 = try RAKPMessage4(
            decoding: try self.exchange(.rakpMessage3, rakp3.encoded(), waiting: waiting, "RAKP 3")
        )
        guard rakp4.status == .noErrors else { throw Failure.refused(rakp4.status, "RAKP 3") }
        let keys = exchange.keys(password: password, bmcKey: bmcKey)
        guard exchange.verifiesRAKP4(rakp4.integrityCheckValue, keys: keys) else {
            throw Failure.badDigest("RAKP 4")
        }
        self.cipher = try SessionCipher(
            suite: suite,
            keys: keys,
            password: password,
            localSessionID: exchange.remoteConsoleSessionID,
            peerSessionID: exchange.managedSystemSessionID,
            random: self.random
        )
        self.bmcSessionID = exchange.managedSystemSessionID
        self.sequence = 0
        self.nextInput = 1
        self.lastSOL = (0, 0, 0)
    }

    private mutating func exchange(
        _ type: PayloadType,
        _ payload: [UInt8],
        waiting: Duration,
        _ stage: String
    ) throws -> [UInt8] {
        var arrivals = self.network.send(RMCPPlusPacket(type, payload).encoded(), from: self.peer)
        if waiting > .zero { arrivals += self.network.advance(by: waiting) }
        for arrival in arrivals {
            guard case .rmcpPlus(_, 0) = DatagramKind(of: arrival.datagram) else { continue }
            return Array(try RMCPPlusPacket(decoding: arrival.datagram).payload)
        }
        throw Failure.noAnswer(stage)
    }

    // MARK: In the session

    mutating func command<Command: IPMICommand>(
        _ command: Command.Type,
        _ request: Command.Request
    ) throws -> Command.Response {
        let answer = try self.command(Command.id, request.encoded())
        guard answer.completion == .success else { throw Failure.completion(answer.completion) }
        return try answer.decode(command)
    }

    mutating func command(_ id: CommandID, _ data: [UInt8]) throws -> IPMIResponse {
        self.requestSequence = (self.requestSequence + 1) & 0x3F
        let request = IPMIRequest(id, data: data[...], sequence: self.requestSequence)
        self.answers = []
        try self.send(.ipmiMessage, request.encoded())
        guard let answer = self.answers.first(where: { $0.sequence == self.requestSequence }) else {
            throw Failure.noAnswer("\(id)")
        }
        return answer
    }

    /// Sets the privilege and activates SOL.
    mutating func activate(suite: CipherSuite = .suite3, privilege: PrivilegeLevel = .administrator) throws {
        _ = try self.command(
            SetSessionPrivilegeLevel.self,
            SetSessionPrivilegeLevel.Request(privilege: privilege)
        )
        _ = try self.command(ActivatePayload.self, ActivatePayload.Request(suite: suite))
    }

    /// Sends characters as one SOL packet, with the next number unless told otherwise.
    mutating func type(_ text: String, operation: SOLOperation = [], number: UInt8? = nil) throws {
        let number = number ?? self.nextInput
        self.nextInput = number % 15 + 1
        let packet = SOLPayloadToBMC(
            sequence: number,
            operation: operation,
            characters: Array(text.utf8)[...]
        )
        try self.send(.sol, packet.encoded())
    }

    mutating func acknowledge(_ number: UInt8, count: UInt8, operation: SOLOperation = []) throws {
        let packet = SOLPayloadToBMC(
            sequence: 0,
            acknowledged: number,
            acceptedCount: count,
            operation: operation
        )
        try self.send(.sol, packet.encoded())
    }

    mutating func send(_ type: PayloadType, _ payload: [UInt8]) throws {
        guard let cipher = self.cipher else { throw Failure.noSession }
        self.sequence += 1
        let datagram = try cipher.seal(type, payload, sequence: self.sequence)
        try self.take(self.network.send(datagram, from: self.peer))
    }

    /// Sends a datagram as it stands.
    mutating func sendRaw(_ datagram: [UInt8]) throws {
        try self.take(self.network.send(datagram, from: self.peer))
    }

    /// Moves the clock event by event, acknowledging on the way.
    mutating func advance(by duration: Duration) throws {
        let end = self.network.now + duration
        while self.network.now < end { try self.take(self.network.step(until: end)) }
    }

    mutating func take(_ arrivals: [VirtualNetwork.Arrival]) throws {
        for arrival in arrivals {
            guard let cipher = self.cipher, let packet = try? cipher.open(arrival.datagram) else { continue }
            switch packet.payloadType {
            case .sol: try self.takeSOL(packet)
            case .ipmiMessage:
                switch try IPMIMessage(decoding: packet.payload) {
                case .request(let request): self.requests.append(request)
                case .response(let response): self.answers.append(response)
                }
            default: break
            }
        }
    }

    private mutating func takeSOL(_ packet: OpenedPacket) throws {
        let sol = try SOLPayloadFromBMC(decoding: packet.payload)
        self.packets.append(sol)
        guard sol.sequence != 0, self.acknowledges else { return }
        // Late: the BMC has one packet under way, so anything older than the newest is obsolete.
        guard packet.sequence > self.lastSOL.sessionSequence else { return }
        let known = sol.sequence == self.lastSOL.number ? min(self.lastSOL.count, sol.characters.count) : 0
        self.output.append(contentsOf: sol.characters.dropFirst(known))
        self.lastSOL = (sol.sequence, packet.sequence, sol.characters.count)
        try self.acknowledge(sol.sequence, count: UInt8(sol.characters.count))
    }
}
