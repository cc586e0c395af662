// SPDX-License-Identifier: Apache-2.0

package import IPMI
package import SerialOverLAN

/// One console for its whole life: sessions that come and go, the recent output, who watches and who may
/// type.
///
///                    open                 login             established
///     released ------------> connecting --------> (session) -----------> up <--> suspect
///        ^                    ^       |                                   |         |
///        |  close, ended      |       | ended(error)                      |         |
///        +--------------------+-- waiting <-------------------------------+---------+
///
/// Pure: time and random bytes come in, `ConsoleAction`s go out. The owner (a shard) sends the datagrams,
/// writes the records and wakes the console at `deadline`.
package struct Console: Sendable {
    /// What the configuration says about one console.
    package struct Settings: Sendable {
        package var name: String
        /// How the log names the other end: `bmc=10.1.2.3`.
        package var target: String
        package var parameters: SOLParameters
        /// Bytes of recent output kept for who attaches.
        package var ringCapacity: Int

        package init(name: String, target: String, parameters: SOLParameters, ringCapacity: Int = 32 * 1024) {
            self.name = name
            self.target = target
            self.parameters = parameters
            self.ringCapacity = ringCapacity
        }
    }

    package private(set) var settings: Settings
    package private(set) var state: ConsoleState = .released
    package private(set) var ring: OutputRing
    package private(set) var lease = WriterLease()
    package private(set) var readers: [ConsoleReader] = []
    /// The newest failure, kept until the next one for `status`.
    package private(set) var lastError: SessionError?
    /// The failure that was last written into the log.
    private var reported: SessionError?
    /// Sessions that were established since the daemon started.
    package private(set) var sessionCount = 0
    package private(set) var counters = Counters()

    private var session: SOLSession?
    private var reconnector: Reconnector
    private var input = PendingInput()
    private var logGate = LogGate()
    private let random: any RandomByteSource
    private var nextPing: MonotonicInstant?
    /// The readers have been told that what they type goes nowhere.
    private var toldDiscarded = false

    /// Counts over all sessions.
    package struct Counters: Equatable, Sendable {
        package var outputBytes: UInt64 = 0
        package var lostBytes: UInt64 = 0
        package var reconnects: UInt64 = 0
    }

    package init(settings: Settings, random: any RandomByteSource, seed: UInt64) {
        self.settings = settings
        self.ring = OutputRing(capacity: settings.ringCapacity)
        self.random = random
        self.reconnector = Reconnector(seed: seed)
    }

    package var status: SOLStatus? { self.session?.status }
    package var failures: Int { self.reconnector.failures }

    /// The earliest time at which `timedOut` wants to be called. Kept up to date by whatever changes it, because it is read for every
    /// packet and asking a session for it copies the session.
    package private(set) var deadline: MonotonicInstant?
    private var sessionDeadline: MonotonicInstant?

    private mutating func noteDeadline() {
        self.sessionDeadline = self.session?.deadline
        var earliest = self.sessionDeadline
        for other in [self.reconnector.deadline, self.nextPing] {
            if let other, earliest.map({ other < $0 }) ?? true { earliest = other }
        }
        self.deadline = earliest
    }
}

// MARK: - Sessions

extension Console {
    /// A failed probe is helped by a sessionless question this often while nobody answers.
    private static let pingInterval: Duration = .seconds(5)

    /// A session is wanted from now on.
    package mutating func open(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        defer { self.noteDeadline() }
        // While a session is still being closed this is remembered until it is.
        self.reconnector.open()
        self.continueConnecting(now: now, into: &actions)
    }

    /// No session is wanted any more: deactivate SOL, close the session. `state` becomes `released` at the
    /// end of it.
    package mutating func close(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        defer { self.noteDeadline() }
        self.reconnector.close()
        self.nextPing = nil
        guard var session = self.session else {
            return self.change(to: .released, into: &actions)
        }
        let wanted = session.stop(now: now)
        self.session = session
        self.perform(wanted, now: now, into: &actions)
    }

    /// The fleet's pace allows the log-in that `requestLogin` asked for.
    package mutating func login(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        defer { self.noteDeadline() }
        guard self.session == nil, self.reconnector.phase == .due else { return }
        self.reconnector.loginBegan()
        self.nextPing = nil
        var session = SOLSession(parameters: self.settings.parameters, random: self.random)
        let wanted = session.start(now: now)
        self.session = session
        actions.append(.sessionBegan(id: session.consoleSessionID))
        self.perform(wanted, now: now, into: &actions)
    }

    /// Takes a datagram from the BMC. `logHasRoom` is false while the log is behind: output is then left with the BMC for
    /// a while.
    package mutating func receive(
        _ datagram: consuming [UInt8],
        logHasRoom: Bool,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        defer { self.noteDeadline() }
        guard self.session != nil else { return self.heardWhileWaiting(datagram, now: now, into: &actions) }
        self.session?.storesOutput = self.logGate.admits(logHasRoom: logHasRoom, now: now)
        guard let wanted = self.session?.receive(consume datagram, now: now) else { return }
        self.perform(wanted, now: now, into: &actions)
    }

    package mutating func timedOut(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        defer { self.noteDeadline() }
        if let deadline = self.sessionDeadline, deadline <= now,
            let wanted = self.session?.timedOut(now: now)
        {
            self.perform(wanted, now: now, into: &actions)
        }
        self.reconnector.timedOut(now: now)
        if let ping = self.nextPing, ping <= now { self.ping(now: now, into: &actions) }
        self.continueConnecting(now: now, into: &actions)
    }

    /// Puts other settings in force; a standing session is closed and opened again when they concern it.
    package mutating func replace(
        settings: Settings,
        reconnect: Bool,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        defer { self.noteDeadline() }
        let known = self.settings.parameters.ourPreviousBMCSessionIDs
        self.settings = settings
        self.settings.parameters.ourPreviousBMCSessionIDs = known
        guard reconnect, self.state != .released else { return }
        self.close(now: now, into: &actions)
        self.reconnector.open()
        self.continueConnecting(now: now, into: &actions)
    }

    private mutating func continueConnecting(
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        guard self.session == nil, self.reconnector.phase == .due, self.state != .connecting else { return }
        self.change(to: .connecting, into: &actions)
        actions.append(.requestLogin)
    }

    private mutating func perform(
        _ wanted: [SOLAction],
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        for action in wanted {
            switch action {
            case .send(let datagram): actions.append(.send(datagram))
            case .output(let bytes): self.deliver(bytes, into: &actions)
            case .established(let agreed): self.established(agreed, now: now, into: &actions)
            case .inputRoom: self.offerInput(now: now, into: &actions)
            case .event(let event): self.report(event, into: &actions)
            case .ended(let error): self.ended(error, now: now, into: &actions)
            }
        }
    }

    private mutating func deliver(_ bytes: [UInt8], into actions: inout [ConsoleAction]) {
        self.counters.outputBytes += UInt64(bytes.count)
        self.ring.append(bytes)
        if self.logGate.isDiscarding {
            self.counters.lostBytes += UInt64(bytes.count)
            actions.append(.recordLoss(byteCount: bytes.count))
        } else {
            actions.append(.record(.output, bytes))
        }
        if !self.readers.isEmpty { actions.append(.outputAvailable) }
    }

    private mutating func established(
        _ agreed: SOLEstablished,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        self.sessionCount += 1
        if self.sessionCount > 1 { self.counters.reconnects += 1 }
        self.reconnector.established(now: now)
        self.settings.parameters.rememberedSuite = agreed.cipherSuite
        self.settings.parameters.ourPreviousBMCSessionIDs = [agreed.bmcSessionID]
        self.toldDiscarded = false
        self.reported = nil
        var fields = LogFields("connected").with("bmc", self.settings.target)
            .with("cipher", agreed.cipherSuite).with("privilege", agreed.privilege)
            .with("encrypted", agreed.encrypted ? "yes" : "no")
        if let previous = agreed.takenOverFrom { fields = fields.with("took-over", previous) }
        actions.append(.record(.event, fields.bytes))
        actions.append(.rememberBMCSession(agreed.bmcSessionID))
        self.tell("connected to \(self.settings.target)", into: &actions)
        self.change(to: .up, into: &actions)
    }

    private mutating func ended(
        _ error: SessionError?,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        if let id = self.session?.consoleSessionID { actions.append(.sessionOver(id: id)) }
        self.session = nil
        self.discardInput(into: &actions)
        guard let error else { return self.endedInGoodOrder(now: now, into: &actions) }

        self.lastError = error
        let isNews = self.isNews(error)
        self.reconnector.failed(error.retry, now: now)
        guard self.reconnector.phase != .idle else { return self.change(to: .released, into: &actions) }
        if isNews { self.recordFailure(error, into: &actions) }
        if error.retry == .unreachable {
            self.nextPing = now + Self.pingInterval
            actions.append(.resolveAddress)
        }
        if let until = self.reconnector.deadline {
            self.change(to: .waiting(until: until, error: error), into: &actions)
        } else {
            self.state = .waiting(until: now, error: error)
            self.continueConnecting(now: now, into: &actions)
        }
    }

    private mutating func endedInGoodOrder(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        self.settings.parameters.ourPreviousBMCSessionIDs = []
        actions.append(.rememberBMCSession(nil))
        actions.append(.record(.event, LogFields("closed").with("bmc", self.settings.target).bytes))
        self.tell("the console was closed", into: &actions)
        self.change(to: .released, into: &actions)
        self.continueConnecting(now: now, into: &actions)
    }

    /// One line per change, not one per attempt.
    private func isNews(_ error: SessionError) -> Bool {
        switch self.state {
        case .up, .suspect: true
        case .released, .connecting, .waiting:
            self.reconnector.failures == 0 || self.reported?.code != error.code
                || self.reported?.stage != error.stage
        }
    }

    private mutating func recordFailure(_ error: SessionError, into actions: inout [ConsoleAction]) {
        let wasUp = self.state == .up || self.state == .suspect
        self.reported = error
        var fields = LogFields(wasUp ? "disconnected" : "connect-failed")
            .with("error", error.code.rawValue).with("stage", error.stage.rawValue)
        if !error.detail.isEmpty { fields = fields.with("detail", error.detail) }
        fields = fields.with("remedy", error.remedy)
        actions.append(.record(error.code == .solStolen ? .alert : .event, fields.bytes))
        self.tell("\(wasUp ? "connection lost" : "not connected"): \(error). \(error.remedy)", into: &actions)
    }

    /// Anything from the BMC's address while we wait means that it is back.
    private mutating func heardWhileWaiting(
        _ datagram: [UInt8],
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        guard self.nextPing != nil else { return }
        self.nextPing = nil
        self.reconnector.hurry(now: now)
        self.continueConnecting(now: now, into: &actions)
    }

    private mutating func ping(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        self.nextPing = now + Self.pingInterval
        actions.append(.send(ReachabilityProbe.datagram))
    }

    private mutating func report(_ event: SOLEvent, into actions: inout [ConsoleAction]) {
        switch event {
        case .suspect: self.change(to: .suspect, into: &actions)
        case .recovered: self.change(to: .up, into: &actions)
        case .zeroCountLearned: self.settings.parameters.rememberedZeroCountIsAll = true
        case .overrun, .gap, .breakDetected, .breakSent, .hostUnavailable, .hostAvailable, .inputDiscarded,
            .duplicateSuppressed, .reactivating, .takingOver, .warning:
            break
        }
        let (kind, fields) = event.logEntry
        actions.append(.record(kind, fields.bytes))
        if let text = event.operatorText { self.tell(text, into: &actions) }
    }

    private mutating func change(to state: ConsoleState, into actions: inout [ConsoleAction]) {
        guard state != self.state else { return }
        actions.append(.stateChanged(from: self.state, to: state))
        self.state = state
    }
}

// MARK: - Operators

extension Console {
    /// Lets an operator watch and, as far as the pen allows, type; says what came of the wish for the pen. The reader
    /// gets at most `playback` bytes of recent output first.
    package mutating func attach(
        _ id: ReaderID,
        user: String,
        request: PenRequest,
        playback: Int,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) -> WriterLease.Outcome {
        defer { self.noteDeadline() }
        let recent = UInt64(min(playback, self.ring.tailCount))
        self.readers.append(ConsoleReader(id: id, user: user, cursor: self.ring.end - recent))
        let outcome = self.lease.request(request, by: id)
        let mode = self.lease.mayWrite(id) ? "read-write" : "read-only"
        actions.append(.record(.event, LogFields("attach").with("user", user).with("mode", mode).bytes))
        self.hurry(now: now, into: &actions)
        return outcome
    }

    /// Asks for the pen, or gives it back.
    package mutating func request(
        _ request: PenRequest,
        by id: ReaderID,
        into actions: inout [ConsoleAction]
    ) -> WriterLease.Outcome {
        let outcome = self.lease.request(request, by: id)
        if let reader = self.reader(id) {
            let fields = LogFields("pen").with("user", reader.user).with("request", request.rawValue)
                .with("mode", self.lease.mayWrite(id) ? "read-write" : "read-only")
            actions.append(.record(.event, fields.bytes))
        }
        return outcome
    }

    /// Forgets a reader who left.
    package mutating func detach(_ id: ReaderID, into actions: inout [ConsoleAction]) {
        guard let reader = self.reader(id) else { return }
        self.readers.removeAll { $0.id == id }
        _ = self.lease.release(id)
        actions.append(.record(.event, LogFields("detach").with("user", reader.user).bytes))
    }

    /// An operator wants this console now: skip the wait.
    package mutating func hurry(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        defer { self.noteDeadline() }
        self.reconnector.hurry(now: now)
        self.continueConnecting(now: now, into: &actions)
    }

    /// Takes what a reader typed. Never refuses: the reader's own limit bounds what is on its way, and
    /// `inputTaken` tells when it is off our hands, sent or discarded. False when this reader may not write.
    package mutating func type(
        _ characters: ArraySlice<UInt8>,
        by id: ReaderID,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) -> Bool {
        defer { self.noteDeadline() }
        guard self.lease.mayWrite(id) else {
            actions.append(.inputTaken(id, byteCount: characters.count))
            return false
        }
        self.input.append(.characters(characters, from: id))
        self.offerInput(now: now, into: &actions)
        return true
    }

    /// Sends a serial break after everything typed before it, and a sysrq key right behind it where one is
    /// given: the kernel takes the key within five seconds of the break. Everybody on the console is told.
    package mutating func sendBreak(
        user: String,
        sysrq key: UInt8?,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        defer { self.noteDeadline() }
        self.input.append(.serialBreak)
        if let key {
            let name = String(UnicodeScalar(key))
            actions.append(.record(.event, LogFields("sysrq").with("user", user).with("key", name).bytes))
            self.tell("\(user) sends sysrq \(name)", into: &actions)
            self.input.append(.characters([key], from: .nobody))
        } else {
            actions.append(.record(.event, LogFields("break").with("user", user).bytes))
            self.tell("\(user) sends a break", into: &actions)
        }
        self.offerInput(now: now, into: &actions)
    }

    /// Types for a command (`helio send`) that is not attached. The pen is not asked: who may `send` to a
    /// console may always.
    package mutating func inject(
        _ characters: ArraySlice<UInt8>,
        user: String,
        now: MonotonicInstant,
        into actions: inout [ConsoleAction]
    ) {
        defer { self.noteDeadline() }
        actions.append(
            .record(.event, LogFields("send").with("user", user).with("bytes", characters.count).bytes)
        )
        self.input.append(.characters(characters, from: .nobody))
        self.offerInput(now: now, into: &actions)
    }

    /// What is typed now reaches the BMC.
    package var isConnected: Bool { self.state == .up || self.state == .suspect }

    /// The next bytes for a reader.
    package mutating func read(_ id: ReaderID, limit: Int) -> OutputRing.Chunk? {
        guard let index = self.readers.firstIndex(where: { $0.id == id }) else { return nil }
        return self.ring.read(from: &self.readers[index].cursor, limit: limit)
    }

    /// Whether there is output this reader has not had.
    package func hasOutput(for id: ReaderID) -> Bool {
        self.reader(id).map { $0.cursor < self.ring.end } ?? false
    }

    package func reader(_ id: ReaderID) -> ConsoleReader? { self.readers.first { $0.id == id } }

    /// Puts a line of ours into the stream of everybody who watches, at its place among the output.
    package mutating func tell(_ text: String, into actions: inout [ConsoleAction]) {
        guard !self.readers.isEmpty else { return }
        self.ring.append(Array("\r\n[heliograph: \(text)]\r\n".utf8))
        actions.append(.outputAvailable)
    }

    private mutating func offerInput(now: MonotonicInstant, into actions: inout [ConsoleAction]) {
        guard self.isConnected, self.session != nil else {
            return self.discardInput(into: &actions)
        }
        while let next = self.input.first {
            switch next {
            case .serialBreak:
                self.input.removeFirst()
                guard let wanted = self.session?.sendBreak(now: now) else { return }
                self.perform(wanted, now: now, into: &actions)
            case .characters(let characters, let id):
                guard let (accepted, wanted) = self.session?.send(characters, now: now) else { return }
                self.input.removeFirst(accepted)
                if accepted > 0 { actions.append(.inputTaken(id, byteCount: accepted)) }
                self.perform(wanted, now: now, into: &actions)
                if accepted < characters.count { return }
            }
        }
    }

    /// What was typed before a loss must not hit another prompt after it.
    private mutating func discardInput(into actions: inout [ConsoleAction]) {
        var discarded = 0
        while let next = self.input.first {
            if case .characters(let characters, let id) = next {
                discarded += characters.count
                actions.append(.inputTaken(id, byteCount: characters.count))
            }
            self.input.removeFirst()
        }
        guard discarded > 0, !self.toldDiscarded else { return }
        self.toldDiscarded = true
        self.tell("not connected, what you type is thrown away", into: &actions)
    }
}
