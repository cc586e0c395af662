// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A simulated BMC for tests of consoles, with virtual time: hand it the console's datagrams, move the clock, take what
/// arrives. Nothing waits for anything.
///
///     var network = VirtualNetwork(.demonstration(name: "web01"), host: EchoHost())
///     let answers = network.send(datagram)
///     let later = network.advance(by: .seconds(1))
package struct VirtualNetwork: Sendable {
    /// What reached the console, and when.
    package struct Arrival: Equatable, Sendable {
        package var at: MonotonicInstant
        package var datagram: [UInt8]
    }

    package var link: SimulatedLink
    package private(set) var now: MonotonicInstant

    /// Any `start` will do; it is never compared with a real clock.
    package init(
        _ configuration: BMCConfiguration,
        host: any SimulatedHost,
        plan: FaultPlan = FaultPlan(),
        start: MonotonicInstant = MonotonicInstant.now
    ) {
        self.link = SimulatedLink(configuration, host: host, plan: plan, start: start)
        self.now = start
    }

    package var bmc: SimulatedBMC { self.link.bmc }

    /// When the network or the BMC does something by itself next.
    package var deadline: MonotonicInstant? { self.link.deadline }

    /// The console sends a datagram now; returns what comes back in no time.
    package mutating func send(_ datagram: [UInt8], from peer: PeerAddress = .console) -> [Arrival] {
        self.arrivals(self.link.receive(datagram, from: peer, now: self.now))
    }

    /// Moves the clock, stopping at every event on the way.
    package mutating func advance(to instant: MonotonicInstant) -> [Arrival] {
        var arrivals: [Arrival] = []
        while let due = self.link.deadline, due <= instant {
            self.now = max(self.now, due)
            arrivals.append(contentsOf: self.arrivals(self.link.timedOut(now: self.now)))
        }
        self.now = max(self.now, instant)
        return arrivals
    }

    package mutating func advance(by duration: Duration) -> [Arrival] {
        self.advance(to: self.now + duration)
    }

    /// Moves the clock to the next thing that happens, but not past `limit`, and returns what arrives then: for loops
    /// in which the console's own deadline is `limit`.
    package mutating func step(until limit: MonotonicInstant) -> [Arrival] {
        guard let due = self.link.deadline, due <= limit else {
            self.now = max(self.now, limit)
            return []
        }
        self.now = max(self.now, due)
        return self.arrivals(self.link.timedOut(now: self.now))
    }

    // MARK: Faults at a moment

    package mutating func reboot() { self.link.reboot(now: self.now) }
    package mutating func stealPayload() -> [Arrival] { self.arrivals(self.link.stealPayload(now: self.now)) }
    package mutating func power(_ event: PowerEvent) -> [Arrival] {
        self.arrivals(self.link.power(event, now: self.now))
    }
    package mutating func panic() -> [Arrival] { self.arrivals(self.link.panic(now: self.now)) }
    package mutating func blackOut(for length: Duration) { self.link.blackOut(for: length, now: self.now) }

    private func arrivals(_ datagrams: [OutgoingDatagram]) -> [Arrival] {
        datagrams.map { Arrival(at: self.now, datagram: $0.bytes) }
    }
}
