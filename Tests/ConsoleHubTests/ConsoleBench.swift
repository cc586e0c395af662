// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import SerialOverLAN
import Testing

@testable import ConsoleHub

/// One console and one simulated BMC with virtual time: does what a shard would do, and remembers it.
struct ConsoleBench {
    var console: Console
    var network: VirtualNetwork
    var logHasRoom = true
    private(set) var records: [(kind: RecordKind, text: String)] = []
    private(set) var output: [UInt8] = []
    private(set) var lostByteCount = 0
    private(set) var states: [ConsoleState] = []
    private(set) var remembered: [UInt32?] = []
    private(set) var taken: [ReaderID: Int] = [:]
    private(set) var loginCount = 0

    init(
        host: any SimulatedHost,
        configuration: BMCConfiguration = .demonstration(name: "web01"),
        seed: UInt64 = 1
    ) throws {
        let start = MonotonicInstant.now
        self.network = VirtualNetwork(configuration, host: host, plan: FaultPlan(seed: seed), start: start)
        let password = try BMCPassword(BMCConfiguration.demonstrationPassword)
        let parameters = SOLParameters(user: "admin", password: password)
        self.console = Console(
            settings: .init(name: "web01", target: "192.0.2.1", parameters: parameters),
            random: SystemRandomBytes.shared,
            seed: seed
        )
    }

    var now: MonotonicInstant { self.network.now }
    var events: [String] { self.records.filter { $0.kind != .output }.map(\.text) }

    /// The numbers of the load lines in the record; every line must be whole.
    func lineNumbers() throws -> [UInt32] {
        let lines = self.output.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
        let numbers = try lines.map {
            try #require(LoadLine.verify($0.last == 0x0d ? $0.dropLast() : $0)).number
        }
        return try #require(numbers.isEmpty ? nil : numbers)
    }

    /// Does something to the console and everything that follows from it.
    mutating func act(_ body: (inout Console, MonotonicInstant, inout [ConsoleAction]) -> Void) {
        var actions: [ConsoleAction] = []
        body(&self.console, self.now, &actions)
        self.perform(actions)
    }

    /// Lets time pass until a condition holds; false when it did not within the limit.
    mutating func run(_ limit: Duration, until condition: (ConsoleBench) -> Bool = { _ in false }) -> Bool {
        let end = self.now + limit
        while !condition(self) {
            let next = min(self.console.deadline ?? end, end)
            self.take(self.network.step(until: next))
            if let deadline = self.console.deadline, deadline <= self.now {
                self.act { $0.timedOut(now: $1, into: &$2) }
            }
            guard self.now < end else { return condition(self) }
        }
        return true
    }

    private mutating func take(_ arrivals: [VirtualNetwork.Arrival]) {
        for arrival in arrivals {
            let room = self.logHasRoom
            self.act { $0.receive(arrival.datagram, logHasRoom: room, now: $1, into: &$2) }
        }
    }

    private mutating func perform(_ actions: [ConsoleAction]) {
        for action in actions {
            switch action {
            case .send(let datagram): self.take(self.network.send(datagram, from: .console))
            case .record(let kind, let bytes):
                self.records.append((kind, String(decoding: bytes, as: UTF8.self)))
                if kind == .output { self.output += bytes }
            case .recordLoss(let count): self.lostByteCount += count
            case .requestLogin:
                self.loginCount += 1
                self.act { $0.login(now: $1, into: &$2) }
            case .rememberBMCSession(let id): self.remembered.append(id)
            case .inputTaken(let reader, let count): self.taken[reader, default: 0] += count
            case .stateChanged(_, let state): self.states.append(state)
            case .sessionBegan, .sessionOver, .outputAvailable, .resolveAddress: break
            }
        }
    }
}
