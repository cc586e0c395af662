// SPDX-License-Identifier: Apache-2.0

package import IPMI
internal import CDatagrams
internal import Synchronization

/// Simulated BMCs on real UDP: sockets, one clock and one timer wheel around thousands of `SimulatedLink`s, all on the
/// thread that calls `run`. Datagrams are answered at once; only what the machines want later waits for a tick of 10 ms.
package final class UDPHost: Sendable {
    /// How BMCs are told apart.
    package enum Spread: String, Equatable, Sendable, CaseIterable {
        /// One address, consecutive ports, a socket each. With port 0 the kernel chooses every port.
        case ports
        /// Consecutive addresses, one port, one socket for all.
        case addresses
    }

    /// One BMC to simulate.
    package struct Member: Sendable {
        package var name: String
        package var link: SimulatedLink
        /// For the reports: the width of a load line, 0 for hosts that print none.
        package var lineWidth: Int

        package init(name: String, link: SimulatedLink, lineWidth: Int = 0) {
            self.name = name
            self.link = link
            self.lineWidth = lineWidth
        }
    }

    private struct Requests {
        var commands: [ControlCommand] = []
        var wantsReports = false
        var reports: [HostReport]?
        var isStopping = false
    }

    /// Where each BMC listens, in order.
    package let addresses: [PeerAddress]
    private let requests = Mutex(Requests())
    private let wakeDescriptor: Int32
    /// What `run` takes and puts back; also keeps a second `run` out.
    private let core: Mutex<Core?>

    package init(listen: PeerAddress, spread: Spread, members: [Member], start: MonotonicInstant)
        throws(SocketError)
    {
        let wake = try SocketError.check(cdg_event_create(), "eventfd")
        self.wakeDescriptor = wake
        let core = try Core(
            listen: listen,
            spread: spread,
            members: members,
            start: start,
            wakeDescriptor: wake
        )
        self.addresses = core.addresses
        self.core = Mutex(core)
    }

    deinit { cdg_close(self.wakeDescriptor) }

    /// Serves until `stop`. Blocks; give it a thread of its own.
    package func run() {
        guard
            let core = self.core.withLock({ core in
                let taken = core
                core = nil
                return taken
            })
        else { return }
        while true {
            core.turn()
            guard core.wasWoken else { continue }
            core.wasWoken = false
            let (commands, wantsReports, isStopping) = self.requests.withLock { requests in
                defer {
                    requests.commands = []
                    requests.wantsReports = false
                }
                return (requests.commands, requests.wantsReports || requests.isStopping, requests.isStopping)
            }
            for command in commands { core.perform(command) }
            if wantsReports {
                let reports = core.reports()
                self.requests.withLock { $0.reports = reports }
            }
            if isStopping { return }
        }
    }

    /// Ends `run`. The last reports can still be read.
    package func stop() {
        self.requests.withLock { $0.isStopping = true }
        self.wake()
    }

    /// Does something to the BMCs at the next turn, in order.
    package func perform(_ command: ControlCommand) {
        self.requests.withLock { $0.commands.append(command) }
        self.wake()
    }

    /// Asks for fresh reports and returns the last that came; nil if none did yet. Never waits.
    package func reports() -> [HostReport]? {
        defer { self.wake() }
        return self.requests.withLock { requests in
            requests.wantsReports = true
            return requests.reports
        }
    }

    private func wake() {
        cdg_event_signal(self.wakeDescriptor)
    }
}

/// Everything that belongs to the thread in `run`.
private final class Core: @unchecked Sendable {
    // Unchecked: handed from the thread that made it to the one that runs it, by way of a mutex, and never shared.

    private static let wakeToken = UInt64.max

    let addresses: [PeerAddress]
    var wasWoken = false
    /// Each in an object: a machine in an array would be copied, with all it holds, for a look at its deadline.
    private final class Slot {
        var member: UDPHost.Member
        init(_ member: UDPHost.Member) { self.member = member }
    }

    private let slots: [Slot]
    private let sockets: [DatagramSocket]
    private let firstAddress: UInt32
    private let spread: UDPHost.Spread
    private let pollDescriptor: Int32
    private let wakeDescriptor: Int32
    private var wheel: TimerWheel
    private let incoming = DatagramBatch()
    private let outgoing = DatagramBatch()
    private var out: [OutgoingDatagram] = []
    private var due: [Int] = []
    private var tokens = [UInt64](repeating: 0, count: DatagramBatch.limit)

    init(
        listen: PeerAddress,
        spread: UDPHost.Spread,
        members: [UDPHost.Member],
        start: MonotonicInstant,
        wakeDescriptor: Int32
    ) throws(SocketError) {
        _ = cdg_raise_descriptor_limit()
        self.slots = members.map(Slot.init)
        self.spread = spread
        self.firstAddress = listen.ip
        self.wakeDescriptor = wakeDescriptor
        self.wheel = TimerWheel(count: members.count, start: start)
        (self.sockets, self.addresses) = try Self.listen(listen, spread, count: members.count)
        self.pollDescriptor = try SocketError.check(cdg_poll_create(), "epoll_create1")
        try self.watch(wakeDescriptor, token: Self.wakeToken)
        for (index, socket) in self.sockets.enumerated() {
            try self.watch(socket.descriptor, token: UInt64(index))
        }
        for index in self.slots.indices {
            self.slots[index].member.link.bmc.listeningPort = self.addresses[index].port
            self.wheel.arm(index, self.slots[index].member.link.deadline)
        }
    }

    deinit { cdg_close(self.pollDescriptor) }

    private static func listen(
        _ first: PeerAddress,
        _ spread: UDPHost.Spread,
        count: Int
    ) throws(SocketError) -> ([DatagramSocket], [PeerAddress]) {
        var sockets: [DatagramSocket] = []
        var addresses: [PeerAddress] = []
        switch spread {
        case .ports:
            for offset in 0..<count {
                let port = first.port == 0 ? 0 : UInt16(truncatingIfNeeded: Int(first.port) + offset)
                let socket = try DatagramSocket(listen: PeerAddress(ip: first.ip, port: port))
                addresses.append(PeerAddress(ip: first.ip, port: socket.localPort))
                sockets.append(socket)
            }
        case .addresses:
            let socket = try DatagramSocket(listen: first, asWildcard: true)
            sockets.append(socket)
            addresses = (0..<count).map { PeerAddress(ip: first.ip &+ UInt32($0), port: socket.localPort) }
        }
        return (sockets, addresses)
    }

    private func watch(_ descriptor: Int32, token: UInt64) throws(SocketError) {
        _ = try SocketError.check(cdg_poll_add(self.pollDescriptor, descriptor, token), "epoll_ctl")
    }

    // MARK: Turning

    /// Waits for datagrams, a wake-up or the next tick, and deals with all of it.
    func turn() {
        // Unsafe: C fills the array's storage and says how much of it.
        let count = unsafe self.tokens.withUnsafeMutableBufferPointer {
            unsafe cdg_poll_wait(self.pollDescriptor, $0.baseAddress, Int32($0.count), self.timeout)
        }
        let now = MonotonicInstant.now
        for position in 0..<max(0, Int(count)) {
            let token = self.tokens[position]
            if token == Self.wakeToken {
                cdg_event_drain(self.wakeDescriptor)
                self.wasWoken = true
            } else {
                self.receive(from: Int(token), now: now)
            }
        }
        self.due.removeAll(keepingCapacity: true)
        self.wheel.advance(to: now, into: &self.due)
        for index in self.due {
            self.slots[index].member.link.timedOut(now: now, into: &self.out)
            self.finish(index)
        }
        if self.spread == .addresses { self.outgoing.send(to: self.sockets[0]) }
    }

    /// Milliseconds until somebody wants to be woken, rounded up; -1 if nobody does.
    private var timeout: Int32 {
        guard let wait = self.wheel.timeToNextWake(now: .now)?.components else { return -1 }
        return Int32(
            clamping: wait.seconds * 1000 + (wait.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        )
    }

    /// Takes what waits in one socket, a batch at a time: the poll tells of the rest again.
    private func receive(from socketIndex: Int, now: MonotonicInstant) {
        let socket = self.sockets[socketIndex]
        self.incoming.receive(from: socket, limit: self.spread == .ports ? 4 : DatagramBatch.limit)
        for position in 0..<self.incoming.count {
            let (bytes, peer, local) = self.incoming.datagram(position)
            let index = self.spread == .ports ? socketIndex : Int(local &- self.firstAddress)
            guard self.slots.indices.contains(index) else { continue }
            self.slots[index].member.link.receive(bytes, from: peer, now: now, into: &self.out)
            self.finish(index)
        }
        // What was answered leaves before anything else is looked at.
        if self.spread == .addresses { self.outgoing.send(to: socket) }
    }

    /// Sends what a machine wants sent and remembers when it wants to be woken.
    private func finish(_ index: Int) {
        if !self.out.isEmpty {
            let socket = self.sockets[self.spread == .ports ? index : 0]
            for datagram in self.out {
                self.outgoing.append(datagram, from: self.addresses[index].ip)
                if self.outgoing.isFull { self.outgoing.send(to: socket) }
            }
            if self.spread == .ports { self.outgoing.send(to: socket) }
            self.out.removeAll(keepingCapacity: true)
        }
        self.wheel.arm(index, self.slots[index].member.link.deadline)
    }

    // MARK: From outside

    func perform(_ command: ControlCommand) {
        let now = MonotonicInstant.now
        for index in self.slots.indices where command.target.contains(index) {
            self.out.append(contentsOf: command.action.apply(to: &self.slots[index].member.link, now: now))
            self.finish(index)
        }
        if self.spread == .addresses { self.outgoing.send(to: self.sockets[0]) }
    }

    func reports() -> [HostReport] {
        self.slots.indices.map {
            let member = self.slots[$0].member
            return HostReport(
                member.link,
                name: member.name,
                address: self.addresses[$0],
                lineWidth: member.lineWidth
            )
        }
    }
}
