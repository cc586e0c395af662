// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
@testable import SerialOverLAN

/// A session machine and a simulated BMC on one virtual clock: nothing waits for anything.
struct Bench {
    var network: VirtualNetwork
    var session: SOLSession
    private(set) var output: [UInt8] = []
    /// When the first byte of each `.output` came, with where it begins.
    private(set) var outputTimes: [(at: MonotonicInstant, start: Int)] = []
    private(set) var events: [SOLEvent] = []
    private(set) var established: [SOLEstablished] = []
    private(set) var ended: [SessionError?] = []
    private(set) var endedAt: MonotonicInstant?
    private(set) var sentCount = 0
    private(set) var lastSent: [UInt8] = []
    /// Input still to be offered.
    private(set) var pending: ArraySlice<UInt8> = []
    private var mayOffer = true
    let start: MonotonicInstant
    /// The next datagram that comes while the session is in this stage is lost.
    var losesNextIn: SessionStage?
    /// SOL packets do not reach the BMC.
    var losesInput = false

    init(
        _ configuration: BMCConfiguration = .test,
        host: any SimulatedHost = EchoHost(),
        plan: FaultPlan = FaultPlan(),
        parameters: SOLParameters = .test
    ) {
        self.network = VirtualNetwork(configuration, host: host, plan: plan, start: .testStart)
        self.session = SOLSession(
            parameters: parameters,
            random: SeededRandomBytes(seed: plan.seed, stream: 77)
        )
        self.start = self.network.now
        self.perform(self.session.start(now: self.network.now))
    }

    var now: MonotonicInstant { self.network.now }
    var elapsed: Duration { self.now - self.start }
    var text: String { String(decoding: self.output, as: UTF8.self) }
    var isUp: Bool { self.session.status.stage == .console }
    var error: SessionError? { self.ended.first ?? nil }

    // MARK: Time

    /// Lets both sides live for so long, or until `condition` holds.
    mutating func run(for duration: Duration, until condition: (borrowing Bench) -> Bool = { _ in false }) {
        let limit = self.now + duration
        while !condition(self), self.now < limit {
            let next = min(self.session.deadline ?? limit, limit)
            self.take(self.network.step(until: max(next, self.now)))
            if let deadline = self.session.deadline, deadline <= self.now {
                self.perform(self.session.timedOut(now: self.now))
            }
        }
    }

    /// Lets the console come up.
    mutating func connect() {
        self.run(for: .seconds(45)) { $0.isUp || !$0.ended.isEmpty }
    }

    // MARK: Operators

    mutating func type(_ characters: [UInt8]) {
        self.pending += characters
        self.offer()
    }

    mutating func type(_ text: String) { self.type(Array(text.utf8)) }
    mutating func sendBreak() { self.perform(self.session.sendBreak(now: self.now)) }
    mutating func stop() { self.perform(self.session.stop(now: self.now)) }

    /// Starts a session anew over the same network.
    mutating func replaceSession(_ parameters: SOLParameters, seed: UInt64 = 5) {
        self.session = SOLSession(parameters: parameters, random: SeededRandomBytes(seed: seed, stream: 78))
        self.ended = []
        self.perform(self.session.start(now: self.now))
    }

    mutating func take(_ arrivals: [VirtualNetwork.Arrival]) {
        for arrival in arrivals {
            if self.losesNextIn == self.session.status.stage {
                self.losesNextIn = nil
                continue
            }
            self.perform(self.session.receive(arrival.datagram, now: self.now))
        }
    }

    private mutating func offer() {
        guard self.mayOffer, !self.pending.isEmpty else { return }
        let (accepted, actions) = self.session.send(self.pending, now: self.now)
        self.pending = self.pending.dropFirst(accepted)
        if !self.pending.isEmpty { self.mayOffer = false }
        self.perform(actions)
    }

    /// Answers that come in no time wait until all actions are done, as on a real socket.
    private mutating func perform(_ actions: [SOLAction]) {
        var arrivals: [VirtualNetwork.Arrival] = []
        for action in actions {
            switch action {
            case .send(let datagram):
                self.sentCount += 1
                self.lastSent = datagram
                if self.losesInput, datagram[5] & 0x3f == 1 { continue }
                arrivals += self.network.send(datagram)
            case .output(let bytes):
                self.outputTimes.append((self.now, self.output.count))
                self.output += bytes
            case .established(let agreed): self.established.append(agreed)
            case .inputRoom:
                self.mayOffer = true
                self.offer()
            case .event(let event): self.events.append(event)
            case .ended(let error):
                self.ended.append(error)
                self.endedAt = self.now
            }
        }
        if !arrivals.isEmpty { self.take(arrivals) }
    }
}

extension MonotonicInstant {
    /// Any instant will do; virtual clocks begin here.
    static let testStart = MonotonicInstant.now
}

extension BMCConfiguration {
    static var test: BMCConfiguration { .demonstration(name: "bmc") }

    static func test(_ change: (inout BMCConfiguration) -> Void) -> BMCConfiguration {
        var configuration = Self.test
        change(&configuration)
        return configuration
    }
}

extension SOLParameters {
    static var test: SOLParameters {
        SOLParameters(
            user: "admin",
            password: (try? BMCPassword(BMCConfiguration.demonstrationPassword)) ?? .empty
        )
    }

    static func test(_ change: (inout SOLParameters) -> Void) -> SOLParameters {
        var parameters = Self.test
        change(&parameters)
        return parameters
    }
}

extension FaultPlan {
    static func test(seed: UInt64 = 1, _ change: (inout FaultPlan) -> Void) -> FaultPlan {
        var plan = FaultPlan(seed: seed)
        change(&plan)
        return plan
    }
}
