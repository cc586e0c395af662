// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// One log-in, SOL activation, console and farewell with one BMC. One-shot: after `.ended` make a new one.
///
/// idle --start--> login ----------------> activating -----------> console -----------------> leaving -->
/// ended
///                     (LoginMachine)          (ActivationMachine)     (ConsoleMachine)           (Farewell-
///                     probe, open, RAKP       privilege, owner,       data, keepalive, theft      Machine)
///                       |                     release, activate         |    |  ^
///                       | .failed, 40 s         | .failed, 40 s         |    |  | .stuck: once
///                       v                       v                       |    v  |
///                     ended                   leaving                   |  activating
///                                                                       v
///                                                       .forgotten, .silent: ended (nobody listens any more)
///
/// A value without I/O, clock and randomness of its own: datagrams and time come in, actions and one deadline
/// come out. Nothing a datagram contains can end the session, but for the two notices that the payload is
/// being taken, and they are checked by asking back.
package struct SOLSession: Sendable {
    private enum State: Sendable {
        case idle
        case login(LoginMachine, limit: MonotonicInstant)
        case activating(ActivationMachine, SessionChannel, limit: MonotonicInstant, isRenewal: Bool)
        /// The machine is in `console`.
        case console
        case leaving(FarewellMachine, SessionChannel)
        case ended
    }

    private var state = State.idle
    /// The machine of the state `console`, and only there. It lies beside the state so that a packet is
    /// worked on in place: taking it out of the enumeration and putting it back cost as much as decrypting
    /// the packet (measured).
    private var console: ConsoleMachine?
    private var context: SessionContext

    /// When `timedOut` has something to do.
    package private(set) var deadline: MonotonicInstant?

    /// False while the log cannot take output: packets with output are then neither delivered nor
    /// acknowledged, so that the BMC keeps their contents and sends them again.
    package var storesOutput: Bool {
        get { self.context.storesOutput }
        set { self.context.storesOutput = newValue }
    }

    /// Our session ID, the same for the whole life of this value; for telling packets apart on a shared
    /// socket. Set-up answers carry ID 0 instead, answers to probes are in IPMI 1.5 format; both must be
    /// handed over by the BMC's address.
    package var consoleSessionID: UInt32 { self.context.consoleSessionID }

    /// `consoleSessionID` has to be unique over all sessions of the process; nil: chosen at random.
    package init(
        parameters: SOLParameters,
        random: any RandomByteSource,
        consoleSessionID: UInt32? = nil
    ) {
        self.context = SessionContext(
            parameters: parameters,
            random: random,
            consoleSessionID: consoleSessionID ?? random.nonZeroUInt32()
        )
    }

    /// Sends the first packet. Anything but the first call does nothing.
    package mutating func start(now: MonotonicInstant) -> [SOLAction] {
        guard case .idle = self.state else { return [] }
        do throws(SessionError) {
            let login = try LoginMachine(&self.context, now: now)
            self.state = .login(login, limit: now + self.context.timing.loginLimit)
        } catch {
            self.end(error)
        }
        return self.settle()
    }

    /// Takes a datagram that came from the BMC's address. Pass it with `consume` where it is not needed any
    /// more: it is then decrypted in place.
    package mutating func receive(_ datagram: consuming [UInt8], now: MonotonicInstant) -> [SOLAction] {
        if self.console != nil {
            let outcome = self.console?.receive(consume datagram, &self.context, now: now)
            self.follow(outcome, now)
            return self.settle()
        }
        switch self.takeState() {
        case .idle: self.state = .idle
        case .ended: break  // A datagram that was on its way when the session ended.
        case .login(var machine, let limit):
            let outcome = machine.receive(copy datagram, &self.context, now: now)
            self.follow(outcome, machine, limit, now)
        case .activating(var machine, var channel, let limit, let isRenewal):
            var outcome = ActivationMachine.Outcome.goesOn
            if case .rmcpPlus(_, sessionID: self.consoleSessionID) = DatagramKind(of: copy datagram),
                let packet = channel.open(copy datagram, &self.context)
            {
                outcome = machine.receive(packet, over: &channel, &self.context, now: now)
            }
            self.follow(outcome, machine, channel, limit, isRenewal, now)
        case .console: break  // Has a machine; seen to above.
        case .leaving(var machine, var channel):
            let outcome = machine.receive(copy datagram, over: &channel, &self.context, now: now)
            self.follow(outcome, machine, channel)
        }
        return self.settle()
    }

    /// Call when `deadline` has passed; too early or too often does no harm.
    package mutating func timedOut(now: MonotonicInstant) -> [SOLAction] {
        switch self.takeState() {
        case .idle: self.state = .idle
        case .ended: break
        case .login(var machine, let limit):
            let outcome =
                limit <= now ? machine.failure(.loginTimeout) : machine.timedOut(&self.context, now: now)
            self.follow(outcome, machine, limit, now)
        case .activating(var machine, var channel, let limit, let isRenewal):
            let outcome =
                limit <= now
                ? machine.failure(.loginTimeout)
                : machine.timedOut(over: &channel, &self.context, now: now)
            self.follow(outcome, machine, channel, limit, isRenewal, now)
        case .console:
            self.state = .console
            let outcome = self.console?.timedOut(&self.context, now: now)
            self.follow(outcome, now)
        case .leaving(var machine, var channel):
            let outcome = machine.timedOut(over: &channel, &self.context, now: now)
            self.follow(outcome, machine, channel)
        }
        return self.settle()
    }

    /// Queues characters for the host. Takes as many as the queue has room for, none before the console works
    /// (they would meet another prompt than the one they were typed at); `.inputRoom` says when to offer the
    /// rest.
    package mutating func send(
        _ characters: ArraySlice<UInt8>,
        now: MonotonicInstant
    ) -> (accepted: Int, actions: [SOLAction]) {
        guard !characters.isEmpty else { return (0, []) }
        guard let accepted = self.console?.send(characters, &self.context, now: now) else {
            self.context.owesInputRoom = true
            return (0, [])
        }
        return (accepted, self.settle())
    }

    /// Sends a serial break: after everything typed before it, before everything typed after it. Nothing
    /// happens before the console works.
    package mutating func sendBreak(now: MonotonicInstant) -> [SOLAction] {
        self.console?.sendBreak(&self.context, now: now)
        return self.settle()
    }

    /// Gives the payload back and closes the session; ends with `.ended(nil)`, after 3 s at the latest.
    package mutating func stop(now: MonotonicInstant) -> [SOLAction] {
        switch self.takeState() {
        case .idle, .login: self.end(nil)
        case .ended: break
        case .activating(_, var channel, _, _):
            let farewell = FarewellMachine(closing: &channel, after: nil, &self.context, now: now)
            self.state = .leaving(farewell, channel)
        case .console:
            guard var machine = self.takeConsole() else { break }
            self.discardInput(of: &machine)
            let farewell = FarewellMachine(releasing: &machine.channel, &self.context, now: now)
            self.state = .leaving(farewell, machine.channel)
        case .leaving(let machine, let channel): self.state = .leaving(machine, channel)
        }
        return self.settle()
    }

    // MARK: What the parts decided

    private mutating func follow(
        _ outcome: LoginMachine.Outcome,
        _ machine: LoginMachine,
        _ limit: MonotonicInstant,
        _ now: MonotonicInstant
    ) {
        switch outcome {
        case .goesOn: self.state = .login(machine, limit: limit)
        case .failed(let error): self.end(error)
        case .proven(let proof):
            var channel = proof.channel
            let next = ActivationMachine(
                privilege: proof.privilege,
                over: &channel,
                &self.context,
                now: now
            )
            self.state = .activating(next, channel, limit: limit, isRenewal: false)
        }
    }

    private mutating func follow(
        _ outcome: ActivationMachine.Outcome,
        _ machine: ActivationMachine,
        _ channel: SessionChannel,
        _ limit: MonotonicInstant,
        _ isRenewal: Bool,
        _ now: MonotonicInstant
    ) {
        switch outcome {
        case .goesOn: self.state = .activating(machine, channel, limit: limit, isRenewal: isRenewal)
        case .failed(let error):
            var channel = channel
            let farewell = FarewellMachine(closing: &channel, after: error, &self.context, now: now)
            self.state = .leaving(farewell, channel)
        case .active(let established):
            var console = ConsoleMachine(
                established,
                over: channel,
                isRenewed: isRenewal,
                &self.context,
                now: now
            )
            var outcome = console.timedOut(&self.context, now: now)
            for early in machine.early {
                guard case .goesOn = outcome else { break }
                outcome = console.receive(early.packet, &self.context, now: now)
            }
            self.console = console
            self.state = .console
            self.follow(outcome, now)
        }
    }

    private mutating func follow(_ outcome: ConsoleMachine.Outcome?, _ now: MonotonicInstant) {
        guard let outcome else { return }
        if case .goesOn = outcome { return }
        guard var machine = self.takeConsole() else { return }
        self.discardInput(of: &machine)
        switch outcome {
        case .goesOn: break
        case .ended(let error): self.end(error)
        case .stuck where machine.isRenewed:
            let error = machine.failure(.inputStuck, "also after activating the payload anew")
            let farewell = FarewellMachine(closing: &machine.channel, after: error, &self.context, now: now)
            self.state = .leaving(farewell, machine.channel)
        case .stuck:
            self.context.report(.reactivating)
            let next = ActivationMachine(
                renewing: machine.established,
                over: &machine.channel,
                &self.context,
                now: now
            )
            let limit = now + self.context.timing.loginLimit
            self.state = .activating(next, machine.channel, limit: limit, isRenewal: true)
        case .lost(let error, let thief):
            let farewell =
                if let thief {
                    FarewellMachine(
                        after: error,
                        thief: thief,
                        over: &machine.channel,
                        &self.context,
                        now: now
                    )
                } else {
                    FarewellMachine(closing: &machine.channel, after: error, &self.context, now: now)
                }
            self.state = .leaving(farewell, machine.channel)
        }
    }

    private mutating func follow(
        _ outcome: FarewellMachine.Outcome,
        _ machine: FarewellMachine,
        _ channel: SessionChannel
    ) {
        switch outcome {
        case .goesOn: self.state = .leaving(machine, channel)
        case .done(let error): self.end(error)
        }
    }

    /// Input typed before a loss must not hit another prompt after it.
    private mutating func discardInput(of machine: inout ConsoleMachine) {
        let count = machine.sender.discardAll()
        if count > 0 { self.context.report(.inputDiscarded(byteCount: count)) }
    }

    /// The keys go with the state.
    private mutating func end(_ error: SessionError?) {
        self.state = .ended
        self.context.actions.append(.ended(error))
    }

    /// Takes the state out while it is worked on, so that nothing in it is copied; every path puts one back.
    private mutating func takeState() -> State {
        let taken = self.state
        self.state = .ended
        return taken
    }

    /// Takes the console's machine out: the state after `console` begins.
    private mutating func takeConsole() -> ConsoleMachine? {
        defer { self.console = nil }
        return self.console
    }

    /// The end of every input: notes when to be called again and hands over what is to be done.
    private mutating func settle() -> [SOLAction] {
        self.deadline =
            switch self.state {
            case .idle, .ended: nil
            case .login(let machine, let limit): min(machine.deadline, limit)
            case .activating(let machine, _, let limit, _): min(machine.deadline, limit)
            case .console: self.console?.dueAt()
            case .leaving(let machine, _): machine.deadline
            }
        return self.context.takeActions()
    }

    // MARK: What can be seen from outside

    package var status: SOLStatus {
        var status = SOLStatus(stage: .idle)
        status.counters = self.context.counters
        switch self.state {
        case .idle: break
        case .ended: status.stage = .ended
        case .login(let machine, _): status.stage = machine.stage
        case .activating(let machine, let channel, _, _):
            status.stage = machine.stage
            status.privilege = machine.privilege
            status.describe(channel)
        case .console:
            status.stage = .console
            if let machine = self.console {
                status.describe(machine.channel)
                status.describe(machine)
            }
        case .leaving(let machine, let channel):
            status.stage = machine.stage
            status.describe(channel)
        }
        return status
    }
}

extension SOLStatus {
    fileprivate mutating func describe(_ channel: SessionChannel) {
        self.cipherSuite = channel.suite.id
        self.bmcSessionID = channel.bmcSessionID
    }

    fileprivate mutating func describe(_ machine: ConsoleMachine) {
        self.privilege = machine.established.privilege
        self.encrypted = machine.established.encrypted
        self.payloadSizeToBMC = machine.established.payloadSizeToBMC
        self.payloadSizeFromBMC = machine.established.payloadSizeFromBMC
        self.isSuspect = machine.liveness.isSuspect
        self.isHostUnavailable = machine.sender.isHostUnavailable
        self.queuedInputByteCount = machine.sender.queue.byteCount
    }
}
