// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A simulated BMC behind a network that misbehaves by plan: the same inputs and outputs as the BMC itself, with loss,
/// duplication, delay and black-outs in both directions, and the plan's reboots, thefts and panics at their times.
///
///     console --datagram--> [fate] --delayed copies--> BMC --answers--> [fate] --delayed copies--> console
package struct SimulatedLink: Sendable {
    private enum Event: Sendable {
        case reboot
        case periodicReboot
        case theft
        case panic
    }

    private enum Freight: Sendable {
        case toBMC([UInt8], from: PeerAddress)
        case fromBMC(OutgoingDatagram)
    }

    private struct Travelling: Sendable {
        var due: MonotonicInstant
        /// Ties are delivered in the order of sending.
        var order: UInt64
        var freight: Freight
    }

    package var bmc: SimulatedBMC
    /// May be changed while running; sets what belongs to the BMC there too.
    package var plan: FaultPlan {
        didSet { self.bmc.faults = self.plan }
    }

    private let start: MonotonicInstant
    private var toBMC: DatagramFate
    private var fromBMC: DatagramFate
    /// Sorted by time. As long as what a delay holds back: a second's worth of datagrams at most.
    private var travelling: [Travelling] = []
    private var order: UInt64 = 0
    private var schedule: [(due: MonotonicInstant, event: Event)] = []
    /// Datagrams that the plan swallowed.
    package private(set) var lostCount: UInt64 = 0

    /// `stream` tells this BMC's random numbers from those of others under the same plan.
    package init(
        _ configuration: BMCConfiguration,
        host: any SimulatedHost,
        plan: FaultPlan = FaultPlan(),
        stream: UInt64 = 0,
        start: MonotonicInstant
    ) {
        self.bmc = SimulatedBMC(configuration, host: host, faults: plan, stream: stream)
        self.plan = plan
        self.start = start
        self.toBMC = DatagramFate(seed: plan.seed, stream: stream, direction: .toBMC)
        self.fromBMC = DatagramFate(seed: plan.seed, stream: stream, direction: .fromBMC)
        let moments = [(plan.rebootAt, Event.reboot), (plan.theftAt, .theft), (plan.panicAt, .panic)]
        self.schedule = moments.flatMap { times, event in times.map { (start + $0, event) } }
        if let every = plan.rebootEvery { self.schedule.append((start + every, .periodicReboot)) }
        self.schedule.sort { $0.due < $1.due }
    }

    package var deadline: MonotonicInstant? {
        var earliest = self.bmc.deadline
        if let due = self.travelling.first?.due { earliest = earliest.map { min($0, due) } ?? due }
        if let due = self.schedule.first?.due { earliest = earliest.map { min($0, due) } ?? due }
        return earliest
    }

    // MARK: Inputs

    /// A datagram leaves the console; returns what reaches it at once.
    package mutating func receive(
        _ datagram: [UInt8],
        from peer: PeerAddress = .console,
        now: MonotonicInstant
    ) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        self.receive(datagram, from: peer, now: now, into: &out)
        return out
    }

    package mutating func receive(
        _ datagram: [UInt8],
        from peer: PeerAddress,
        now: MonotonicInstant,
        into out: inout [OutgoingDatagram]
    ) {
        guard !self.plan.networkIsTransparent else {
            return self.bmc.receive(datagram, from: peer, now: now, into: &out)
        }
        let copies = self.toBMC.copies(self.plan, elapsed: now - self.start)
        if copies.isEmpty { self.lostCount += 1 }
        for delay in copies {
            if delay == .zero {
                self.dispatch(self.bmc.receive(datagram, from: peer, now: now), now: now, into: &out)
            } else {
                self.travel(.toBMC(datagram, from: peer), delay: delay, now: now)
            }
        }
    }

    package mutating func timedOut(now: MonotonicInstant) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        self.timedOut(now: now, into: &out)
        return out
    }

    package mutating func timedOut(now: MonotonicInstant, into out: inout [OutgoingDatagram]) {
        while let next = self.schedule.first, next.due <= now {
            self.schedule.removeFirst()
            self.happen(next.event, at: next.due, now: now, into: &out)
        }
        while let next = self.travelling.first, next.due <= now {
            self.travelling.removeFirst()
            switch next.freight {
            case .toBMC(let datagram, let peer):
                self.dispatch(self.bmc.receive(datagram, from: peer, now: now), now: now, into: &out)
            case .fromBMC(let datagram): out.append(datagram)
            }
        }
        guard let due = self.bmc.deadline, due <= now else { return }
        guard !self.plan.networkIsTransparent else { return self.bmc.timedOut(now: now, into: &out) }
        self.dispatch(self.bmc.timedOut(now: now), now: now, into: &out)
    }

    // MARK: Faults at a moment

    package mutating func reboot(now: MonotonicInstant) { self.bmc.reboot(now: now) }

    package mutating func stealPayload(now: MonotonicInstant) -> [OutgoingDatagram] {
        self.dispatched(self.bmc.stealPayload(now: now), now: now)
    }

    package mutating func power(_ event: PowerEvent, now: MonotonicInstant) -> [OutgoingDatagram] {
        self.dispatched(self.bmc.power(event, now: now), now: now)
    }

    /// The host's kernel panics, if it is running.
    package mutating func panic(now: MonotonicInstant) -> [OutgoingDatagram] {
        self.dispatched(self.bmc.typeAtHost([UInt8(ascii: "c")], afterBreak: true, now: now), now: now)
    }

    /// From now on nothing passes for `length`.
    package mutating func blackOut(for length: Duration, now: MonotonicInstant) {
        self.plan.blackouts.append(FaultPlan.Blackout(start: now - self.start, length: length))
    }

    private mutating func happen(
        _ event: Event,
        at due: MonotonicInstant,
        now: MonotonicInstant,
        into out: inout [OutgoingDatagram]
    ) {
        switch event {
        case .reboot: self.reboot(now: now)
        case .periodicReboot:
            self.reboot(now: now)
            if let every = self.plan.rebootEvery { self.reschedule(.periodicReboot, at: due + every) }
        case .theft: out.append(contentsOf: self.stealPayload(now: now))
        case .panic: out.append(contentsOf: self.panic(now: now))
        }
    }

    private mutating func reschedule(_ event: Event, at due: MonotonicInstant) {
        let index = self.schedule.firstIndex { $0.due > due } ?? self.schedule.endIndex
        self.schedule.insert((due, event), at: index)
    }

    // MARK: Network

    private mutating func dispatched(_ datagrams: [OutgoingDatagram], now: MonotonicInstant)
        -> [OutgoingDatagram]
    {
        var out: [OutgoingDatagram] = []
        self.dispatch(datagrams, now: now, into: &out)
        return out
    }

    private mutating func dispatch(
        _ datagrams: [OutgoingDatagram],
        now: MonotonicInstant,
        into out: inout [OutgoingDatagram]
    ) {
        guard !self.plan.networkIsTransparent else { return out.append(contentsOf: datagrams) }
        for datagram in datagrams {
            self.forward(datagram, now: now, into: &out)
            if self.fromBMC.isHostile(self.plan) {
                let rubbish = self.fromBMC.mutilated(datagram.bytes)
                out.append(OutgoingDatagram(bytes: rubbish, destination: datagram.destination))
            }
        }
    }

    private mutating func forward(
        _ datagram: OutgoingDatagram,
        now: MonotonicInstant,
        into out: inout [OutgoingDatagram]
    ) {
        let copies = self.fromBMC.copies(self.plan, elapsed: now - self.start)
        if copies.isEmpty { self.lostCount += 1 }
        for delay in copies {
            if delay == .zero {
                out.append(datagram)
            } else {
                self.travel(.fromBMC(datagram), delay: delay, now: now)
            }
        }
    }

    private mutating func travel(_ freight: Freight, delay: Duration, now: MonotonicInstant) {
        let entry = Travelling(due: now + delay, order: self.order, freight: freight)
        self.order += 1
        var index = self.travelling.count
        while index > 0, self.travelling[index - 1].due > entry.due { index -= 1 }
        self.travelling.insert(entry, at: index)
    }
}
