// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// The BMC side of RMCP+ and Serial over LAN as a machine: datagrams in, datagrams out, time as an argument, one deadline.
/// It owns the host behind its serial port. Everything random comes from its seed.
package struct SimulatedBMC: Sendable {
    /// Who has the SOL payload.
    enum PayloadOwner: Equatable, Sendable {
        case nobody
        /// A session of ours, by the BMC's session ID.
        case session(UInt32)
        /// Somebody we only pretend to have: a thief, or whoever was there first.
        case phantom(UInt32, until: MonotonicInstant?)
    }

    private struct Delayed: Sendable {
        var due: MonotonicInstant
        var datagram: OutgoingDatagram
    }

    package let configuration: BMCConfiguration
    /// The faults of the BMC itself; those of the network are `SimulatedLink`'s. May be changed while running.
    package var faults: FaultPlan
    /// Where it can be reached; clients insist on the port named at activation.
    package var listeningPort: UInt16 = 623
    package internal(set) var statistics = BMCStatistics()
    package private(set) var host: any SimulatedHost

    var port: SOLPort
    var sessions: [BMCSession] = []
    var owner = PayloadOwner.nobody
    let random: any RandomByteSource
    var generator: SeededGenerator
    let guid: [UInt8]
    private var rebootingUntil: MonotonicInstant?
    private var powerOnAt: MonotonicInstant?
    private var delayed: [Delayed] = []
    private var scratch: [UInt8] = []

    /// `stream` tells this BMC's random numbers from those of others with the same seed.
    package init(
        _ configuration: BMCConfiguration,
        host: any SimulatedHost,
        faults: FaultPlan = FaultPlan(),
        stream: UInt64 = 0
    ) {
        self.configuration = configuration
        self.host = host
        self.faults = faults
        self.port = SOLPort(configuration.sol)
        self.random = SeededRandomBytes(seed: faults.seed, stream: stream)
        self.generator = SeededGenerator(seed: faults.seed ^ 0x5851_f42d_4c95_7f2d, stream: stream)
        self.guid = self.random.bytes(16)
        if faults.payloadIsBusy { self.owner = .phantom(self.random.nonZeroUInt32(), until: nil) }
    }

    // MARK: What can be seen from outside

    /// Positions in the host's output that were never sent: lost at a reboot, to overrun, or while nobody listened.
    package var neverSent: ByteRanges { self.port.neverSent }
    /// Positions sent but given up without an acknowledgement.
    package var unacknowledged: ByteRanges { self.port.unacknowledged }
    /// Bytes the host transmitted.
    package var producedCount: UInt64 { self.port.buffer.produced }
    package var acknowledgedCount: UInt64 { self.port.acknowledgedCount }
    package var overrunCount: UInt64 { self.port.overrunCount }
    package var solPacketsSent: UInt64 { self.port.packetsSent }
    package var solRetransmissions: UInt64 { self.port.retransmissions }
    package var solPacketsReceived: UInt64 { self.port.packetsReceived }
    /// True while a real session has the SOL payload.
    package var isConsoleActive: Bool { self.port.isActive }
    /// Sessions that finished their log-in.
    package var activeSessionCount: Int { self.sessions.count { $0.cipher != nil } }

    /// When `timedOut` has something to do.
    package var deadline: MonotonicInstant? {
        var earliest = self.rebootingUntil
        func consider(_ instant: MonotonicInstant?) {
            guard let instant else { return }
            earliest = earliest.map { min($0, instant) } ?? instant
        }
        consider(self.powerOnAt)
        for session in self.sessions { consider(session.expires) }
        for entry in self.delayed { consider(entry.due) }
        consider(self.port.deadline)
        // A host that is held is run again when there is room.
        if self.port.room > 0 { consider(self.host.deadline) }
        if case .phantom(_, let until) = self.owner { consider(until) }
        return earliest
    }

    // MARK: Inputs

    /// Takes a datagram and returns what the BMC answers at once.
    package mutating func receive(
        _ datagram: [UInt8],
        from peer: PeerAddress,
        now: MonotonicInstant
    ) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        self.receive(datagram, from: peer, now: now, into: &out)
        return out
    }

    /// The same, appending to what a busy host reuses.
    package mutating func receive(
        _ datagram: [UInt8],
        from peer: PeerAddress,
        now: MonotonicInstant,
        into out: inout [OutgoingDatagram]
    ) {
        guard self.isAwake(now) else { return }
        self.statistics.datagramsReceived += 1
        let before = out.count
        switch DatagramKind(of: datagram) {
        case .asf: self.receivePing(datagram, peer, &out)
        case .ipmi15(let id): self.receiveIPMI15(datagram, id, peer, now, &out)
        case .rmcpPlus(let type, 0): self.receiveOutsideSession(datagram, type, peer, now, &out)
        case .rmcpPlus(_, let id): self.receiveInSession(datagram, id, peer, now, &out)
        case .other: self.statistics.badDatagrams += 1
        }
        self.statistics.datagramsSent += UInt64(out.count - before)
    }

    /// Call when the deadline has passed.
    package mutating func timedOut(now: MonotonicInstant) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        self.timedOut(now: now, into: &out)
        return out
    }

    package mutating func timedOut(now: MonotonicInstant, into out: inout [OutgoingDatagram]) {
        let before = out.count
        if let until = self.rebootingUntil, until <= now { self.rebootingUntil = nil }
        if let due = self.powerOnAt, due <= now {
            self.powerOnAt = nil
            self.host.power(.on, now: due)
        }
        if case .phantom(_, let until?) = self.owner, until <= now { self.owner = .nobody }
        if !self.delayed.isEmpty {
            out.append(contentsOf: self.delayed.filter { $0.due <= now }.map(\.datagram))
            self.delayed.removeAll { $0.due <= now }
        }
        self.expireSessions(now)
        if let packet = self.port.retransmission(now: now) { self.sendSOL(packet, &out) }
        self.pump(answering: nil, now, &out)
        self.statistics.datagramsSent += UInt64(out.count - before)
    }

    // MARK: Faults at a moment

    /// The BMC restarts without a word: sessions, payload and buffer are gone, the host does not notice.
    package mutating func reboot(now: MonotonicInstant) {
        self.statistics.reboots += 1
        self.sessions = []
        self.delayed = []
        self.owner = .nobody
        self.port.reboot()
        self.rebootingUntil = now + self.faults.rebootTakes
    }

    /// Somebody else takes the payload; the loser is told the way this firmware does.
    package mutating func stealPayload(now: MonotonicInstant) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        guard self.isAwake(now) else { return out }
        self.statistics.thefts += 1
        self.takePayloadFromOwner(&out)
        self.owner = .phantom(self.random.nonZeroUInt32(), until: self.faults.theftHolds.map { now + $0 })
        self.statistics.datagramsSent += UInt64(out.count)
        return out
    }

    /// Switches the host, as Chassis Control does.
    package mutating func power(_ event: PowerEvent, now: MonotonicInstant) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        self.host.power(event, now: now)
        self.pump(answering: nil, now, &out)
        self.statistics.datagramsSent += UInt64(out.count)
        return out
    }

    mutating func switchHost(_ event: PowerEvent, now: MonotonicInstant) {
        self.host.power(event, now: now)
    }

    mutating func powerCycle(now: MonotonicInstant) {
        self.host.power(.off, now: now)
        self.powerOnAt = now + .seconds(1)
    }

    /// Types into the host as if at its own keyboard: `panic`, sysrq.
    package mutating func typeAtHost(
        _ characters: [UInt8],
        afterBreak: Bool,
        now: MonotonicInstant
    ) -> [OutgoingDatagram] {
        var out: [OutgoingDatagram] = []
        if afterBreak { self.host.receiveBreak(now: now) }
        self.host.receive(characters[...], now: now)
        self.pump(answering: nil, now, &out)
        self.statistics.datagramsSent += UInt64(out.count)
        return out
    }

    private func isAwake(_ now: MonotonicInstant) -> Bool {
        self.rebootingUntil.map { $0 <= now } ?? true
    }

    // MARK: Moving characters

    /// Gives input to the host.
    mutating func deliverToHost(_ characters: ArraySlice<UInt8>, isBreak: Bool, now: MonotonicInstant) {
        if isBreak {
            self.statistics.breaks += 1
            self.host.receiveBreak(now: now)
        }
        guard !characters.isEmpty else { return }
        self.statistics.inputCount += UInt64(characters.count)
        self.statistics.inputCRC.update(characters)
        self.host.receive(characters, now: now)
    }

    /// Lets the host run and sends what is due.
    mutating func pump(
        answering input: SOLPort.Input?,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) {
        let room = self.port.room
        if room > 0 {
            // Taken out while it is used: the host and the port are both part of this value.
            var printed: [UInt8] = []
            swap(&printed, &self.scratch)
            printed.removeAll(keepingCapacity: true)
            self.host.run(until: now, limit: room, into: &printed)
            self.port.hostPrinted(printed[...], now: now)
            swap(&printed, &self.scratch)
        }
        var answer = input
        while let packet = self.port.nextPacket(answering: &answer, now: now) { self.sendSOL(packet, &out) }
    }

    /// Sends later: the slow log-in.
    mutating func send(_ datagram: OutgoingDatagram, after delay: Duration, now: MonotonicInstant) {
        self.delayed.append(Delayed(due: now + delay, datagram: datagram))
    }
}
