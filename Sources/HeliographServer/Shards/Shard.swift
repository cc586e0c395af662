// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import DequeModule
import HeliographConfig
import IPMI
import LogStore
import Logging
import NIOCore
import NIOPosix

/// Some of the fleet's consoles, on one event loop for life. The actor's executor is that loop, so datagram
/// handlers and timers enter without a hop or a lock (`assumeIsolated`); operators' threads post closures
/// (`submit`).
///
/// Within a turn everything is collected: datagrams are written and flushed per socket at the end of it,
/// output goes to readers at the end of it, log entries go to the writer when there are 64 KiB or the tick
/// (25 ms) comes.
actor Shard {
    nonisolated let loop: any EventLoop
    nonisolated let index: Int

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // Unsafe: the executor is unowned. Sound, because `loop` lives as long as this actor.
        unsafe self.loop.executor.asUnownedSerialExecutor()
    }

    /// Consoles per UDP socket: one socket for thousands loses bursts in a default receive buffer, one for
    /// each costs three times the CPU (measured).
    private static let consolesPerSocket = 128
    private static let batchByteCount = 64 * 1024
    /// How long log entries are gathered, and how exact timers are. With the 25 ms the log writer gathers
    /// before the recorder has them, what was acknowledged is on disk within 100 ms, a busy machine included.
    private static let tick: Duration = .milliseconds(25)

    private let writer: LogWriter
    private let logger: Logger
    private let report: @Sendable (ShardReport) -> Void
    /// Bytes submitted and not yet on disk beyond which output is left with the BMCs.
    private let logLimit: Int

    private var slots: [ConsoleSlot?] = []
    /// By `ConsoleSlot.socket`.
    private var sockets: [Int: any NIOCore.Channel] = [:]
    private var opening: Set<Int> = []
    private var unflushed: Set<Int> = []
    private var bySession: [UInt32: Int] = [:]
    private var byAddress: [SocketAddress: [Int]] = [:]

    private var wheel: TimerWheel
    private var ticker: RepeatedTask?
    private var bucket: TokenBucket
    private var loginQueue: Deque<Int> = []
    private var batch = LogBatch()
    var actions: [ConsoleAction] = []
    private var touched: [ConsoleSlot] = []
    /// Until then answers to what operators type are not kept waiting.
    var typingUntil = NIODeadline.uptimeNanoseconds(0)
    private var droppedDatagrams: UInt64 = 0

    init(
        index: Int,
        loop: any EventLoop,
        writer: LogWriter,
        logLimit: Int,
        loginsPerSecond: Double,
        logger: Logger,
        report: @escaping @Sendable (ShardReport) -> Void
    ) {
        self.index = index
        self.loop = loop
        self.writer = writer
        self.logLimit = logLimit
        self.logger = logger
        self.report = report
        let now = MonotonicInstant.now
        self.wheel = TimerWheel(tick: Self.tick, start: now)
        self.bucket = TokenBucket(rate: loginsPerSecond, burst: max(Int(loginsPerSecond), 1), now: now)
    }

    /// Runs a closure on the loop, from any thread, in the order of the calls.
    nonisolated func submit(_ body: @escaping @Sendable (isolated Shard) -> Void) {
        self.loop.execute { self.assumeIsolated(body) }
    }

    /// Starts the tick.
    func start() {
        let tick = TimeAmount.nanoseconds(self.wheel.tick.wholeNanoseconds)
        self.ticker = self.loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { [self] _ in
            self.assumeIsolated { $0.ticked() }
        }
    }

    /// Ends the tick, writes what is left to the log and closes the sockets. Consoles must have been closed
    /// before.
    func stop() async {
        self.ticker?.cancel()
        self.submitBatch()
        let sockets = self.sockets
        self.sockets = [:]
        for socket in sockets.values { try? await socket.close() }
    }

    /// True when no console has a session any more: what an orderly stop waits for.
    var isQuiet: Bool { self.slots.allSatisfy { $0.map { $0.console.status == nil } ?? true } }
}

// MARK: - Consoles come and go

extension Shard {
    /// Adds a console and, unless told otherwise, begins to connect it.
    func add(_ settings: Console.Settings, peer: SocketAddress?, opens: Bool, options: ConsoleLogOptions)
        async throws -> Int
    {
        let id = self.slots.firstIndex { $0 == nil } ?? self.slots.count
        // A place is taken before the first suspension, so that two additions do not get the same one.
        let logID = self.writer.register(name: settings.name, options: options)
        let slot = ConsoleSlot(
            id: id,
            logID: logID,
            console: Console(
                settings: settings,
                random: SystemRandomBytes.shared,
                seed: .random(in: .min ... .max)
            ),
            now: WallTime.now()
        )
        if id == self.slots.count { self.slots.append(slot) } else { self.slots[id] = slot }
        try await self.setPeer(peer, of: slot)?.get()
        if opens { self.turn(slot) { $0.open(now: $1, into: &$2) } }
        return id
    }

    /// Closes a console's session and forgets it.
    func remove(_ id: Int) {
        guard let slot = self.slot(id) else { return }
        slot.isRemoved = true
        self.turn(slot) { $0.close(now: $1, into: &$2) }
        for attachment in slot.attachments.values { attachment.consoleRemoved() }
        if slot.console.status == nil { self.forget(slot) }
    }

    /// Puts other settings in force.
    func replace(
        _ id: Int,
        settings: Console.Settings,
        peer: SocketAddress?,
        reconnect: Bool,
        options: ConsoleLogOptions
    ) {
        guard let slot = self.slot(id) else { return }
        self.submitBatch()
        // Registering a name again with other options puts them in force and returns the same number.
        _ = self.writer.register(name: settings.name, options: options)
        self.setPeer(peer, of: slot)
        self.turn(slot) { $0.replace(settings: settings, reconnect: reconnect, now: $1, into: &$2) }
    }

    /// The BMC's name was resolved anew.
    func setPeer(_ peer: SocketAddress?, of id: Int) {
        if let slot = self.slot(id) { self.setPeer(peer, of: slot) }
    }

    func open(_ id: Int) {
        guard let slot = self.slot(id) else { return }
        self.turn(slot) { console, now, actions in
            console.open(now: now, into: &actions)
            console.hurry(now: now, into: &actions)
        }
    }

    func close(_ id: Int) {
        if let slot = self.slot(id) { self.turn(slot) { $0.close(now: $1, into: &$2) } }
    }

    /// Closes every console: the daemon stops.
    func closeAll() {
        for slot in self.slots { if let slot { self.turn(slot) { $0.close(now: $1, into: &$2) } } }
    }

    var allSlots: [ConsoleSlot] { self.slots.compactMap { $0 } }

    /// The console of this number, unless it is gone.
    func slot(_ id: Int) -> ConsoleSlot? {
        self.slots.indices.contains(id) ? self.slots[id] : nil
    }

    /// Returns when the socket for it will be open, where it has to be opened.
    @discardableResult
    private func setPeer(_ peer: SocketAddress?, of slot: ConsoleSlot) -> EventLoopFuture<Void>? {
        guard peer != slot.peer else { return nil }
        if let old = slot.peer {
            self.byAddress[old]?.removeAll { $0 == slot.id }
            if self.byAddress[old]?.isEmpty == true { self.byAddress[old] = nil }
        }
        slot.peer = peer
        guard let peer else { return nil }
        self.byAddress[peer, default: []].append(slot.id)
        let family = peer.protocol == .inet6 ? 1 : 0
        slot.socket = slot.id / Self.consolesPerSocket * 2 + family
        return self.openSocket(of: slot)
    }

    private func forget(_ slot: ConsoleSlot) {
        self.setPeer(nil, of: slot)
        self.submitBatch()
        self.writer.unregister(slot.logID)
        self.slots[slot.id] = nil
    }

    /// Opens the socket that a console speaks through, unless it is open or being opened. What is sent before
    /// it is open is dropped like any datagram, and repeated.
    private func openSocket(of slot: ConsoleSlot) -> EventLoopFuture<Void>? {
        guard let peer = slot.peer, let key = slot.socket, !self.opening.contains(key) else { return nil }
        self.opening.insert(key)
        let bootstrap = DatagramBootstrap(group: self.loop)
            .channelOption(.autoRead, value: false)
            // One call per turn: a second one mostly finds nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.datagramVectorReadMessageCount, value: 64)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 2048))
            .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(shard: self))
                }
            }
        let binding = bootstrap.bind(host: peer.protocol == .inet6 ? "::" : "0.0.0.0", port: 0)
        // The handlers run on this shard's loop.
        binding.whenFailure { error in self.assumeIsolated { $0.cannotOpen(key, error) } }
        return binding.map { channel in self.assumeIsolated { $0.sockets[key] = channel } }
    }

    /// Tried again with the next console, or when an address changes.
    private func cannotOpen(_ key: Int, _ error: any Error) {
        self.opening.remove(key)
        self.logger.error("cannot open a UDP socket", metadata: ["error": "\(error)"])
    }
}

// MARK: - Turns

extension Shard {
    /// A datagram came in.
    func receive(_ datagram: [UInt8], from sender: SocketAddress) {
        let now = MonotonicInstant.now
        if let id = Self.sessionID(of: datagram) {
            // The session ID was chosen by us at random; the address is compared as well, because the socket
            // is shared.
            guard let slot = self.bySession[id].flatMap({ self.slot($0) }), slot.peer == sender else {
                self.droppedDatagrams += 1
                return
            }
            self.receive(datagram, for: slot, now: now)
        } else {
            guard let ids = self.byAddress[sender] else {
                self.droppedDatagrams += 1
                return
            }
            for id in ids { if let slot = self.slot(id) { self.receive(datagram, for: slot, now: now) } }
        }
    }

    /// What the socket had is read. Returns whether somebody typed a moment ago and waits for the echo.
    func readCycleEnded(now: NIODeadline) -> Bool {
        self.settle()
        if self.batch.byteCount >= Self.batchByteCount { self.submitBatch() }
        return now < self.typingUntil
    }

    func socketFailed(_ error: any Error) {
        self.logger.debug("UDP socket error", metadata: ["error": "\(error)"])
    }

    private func ticked() {
        let now = MonotonicInstant.now
        var due: [(Int, Int64)] = []
        self.wheel.advance(to: now) { due.append(($0, $1)) }
        for (id, tick) in due {
            guard let slot = self.slot(id) else { continue }
            if slot.scheduled?.tick == tick { slot.scheduled = nil }
            if let deadline = slot.console.deadline, deadline <= now {
                slot.console.timedOut(now: now, into: &self.actions)
                self.perform(slot)
            }
            self.touch(slot)
        }
        self.admitLogins(now: now)
        self.settle()
        self.submitBatch()
    }

    func admitLogins(now: MonotonicInstant) {
        while let id = self.loginQueue.first, self.bucket.take(now: now) {
            self.loginQueue.removeFirst()
            guard let slot = self.slot(id) else { continue }
            slot.isQueued = false
            slot.console.login(now: now, into: &self.actions)
            self.perform(slot)
        }
    }

    private func receive(_ datagram: [UInt8], for slot: ConsoleSlot, now: MonotonicInstant) {
        let hasRoom = self.writer.pendingBytes + self.batch.byteCount < self.logLimit
        slot.console.receive(datagram, logHasRoom: hasRoom, now: now, into: &self.actions)
        self.perform(slot)
    }

    /// One thing done to one console, with everything that follows from it.
    func turn(
        _ slot: ConsoleSlot,
        _ body: (inout Console, MonotonicInstant, inout [ConsoleAction]) -> Void
    ) {
        let now = MonotonicInstant.now
        body(&slot.console, now, &self.actions)
        self.perform(slot)
        self.admitLogins(now: now)
        self.settle()
    }

    /// Carries out what a console wants done.
    func perform(_ slot: ConsoleSlot) {
        guard !self.actions.isEmpty else { return self.touch(slot) }
        let wall = WallTime.now()
        for action in self.actions {
            switch action {
            case .send(let datagram): self.send(datagram, slot)
            case .record(.output, let bytes):
                slot.lastOutput = wall
                self.batch.append(slot.logID, .output, at: wall, bytes)
            case .record(.event, let line): self.batch.append(slot.logID, .event, at: wall, line)
            case .record(.alert, let line):
                self.batch.append(slot.logID, .alert, at: wall, line)
                self.batch.urgent = true
            case .recordLoss(let count):
                self.batch.appendLoss(slot.logID, byteCount: count, reason: "log-full", at: wall)
            case .requestLogin:
                guard !slot.isQueued else { continue }
                slot.isQueued = true
                self.loginQueue.append(slot.id)
            case .sessionBegan(let id): self.bySession[id] = slot.id
            case .sessionOver(let id): self.bySession[id] = nil
            case .rememberBMCSession(let id):
                self.report(.bmcSession(console: slot.console.settings.name, id: id))
            case .inputTaken(let reader, let count): slot.attachments[reader]?.inputTaken(count)
            case .outputAvailable: break
            case .stateChanged(let old, let new):
                slot.stateSince = wall
                self.report(.stateChanged(console: slot.console.settings.name, from: old, to: new))
            case .resolveAddress: self.report(.resolveAddress(console: slot.console.settings.name))
            }
        }
        self.actions.removeAll(keepingCapacity: true)
        self.touch(slot)
    }

    private func send(_ datagram: [UInt8], _ slot: ConsoleSlot) {
        guard let peer = slot.peer, let key = slot.socket, let socket = self.sockets[key] else { return }
        let buffer = socket.allocator.buffer(bytes: datagram)
        socket.write(AddressedEnvelope(remoteAddress: peer, data: buffer), promise: nil)
        self.unflushed.insert(key)
    }

    private func touch(_ slot: ConsoleSlot) {
        guard !slot.isTouched else { return }
        slot.isTouched = true
        self.touched.append(slot)
    }

    /// The end of a turn: readers get their output, timers are set, sockets are flushed.
    func settle() {
        for slot in self.touched {
            slot.isTouched = false
            for attachment in slot.attachments.values { self.pump(attachment, slot) }
            self.schedule(slot)
            if slot.isRemoved, slot.console.status == nil, self.slot(slot.id) === slot { self.forget(slot) }
        }
        self.touched.removeAll(keepingCapacity: true)
        for key in self.unflushed { self.sockets[key]?.flush() }
        self.unflushed.removeAll(keepingCapacity: true)
    }

    private func schedule(_ slot: ConsoleSlot) {
        guard let deadline = slot.console.deadline else { return }
        // The usual case: the deadline moved later, and what is set fires first and looks again.
        if let scheduled = slot.scheduled, scheduled.deadline <= deadline { return }
        let tick = self.wheel.tickNumber(of: deadline)
        self.wheel.set(slot.id, at: tick)
        slot.scheduled = (tick, deadline)
    }

    private func submitBatch() {
        guard !self.batch.isEmpty else { return }
        self.writer.submit(self.batch)
        self.batch = LogBatch()
    }

    /// Our session ID in an RMCP+ datagram (IPMI v2.0 §13.6); nil for everything that is told by its address.
    private static func sessionID(of datagram: [UInt8]) -> UInt32? {
        guard datagram.count >= 16, datagram[3] == 0x07, datagram[4] == 0x06 else { return nil }
        let id =
            UInt32(datagram[6]) | UInt32(datagram[7]) << 8 | UInt32(datagram[8]) << 16 | UInt32(datagram[9])
            << 24
        return id == 0 ? nil : id
    }
}

extension Duration {
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
