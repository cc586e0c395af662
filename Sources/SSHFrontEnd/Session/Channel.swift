// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// One channel of a logged-in operator, on its worker's thread.
///
///     opened -- shell, exec --> running -- handler finishes, output written --> ended
///        \                         \----- client closes, connection lost -------^
///         \-------------------------------client closes-----------------------/
final class Channel {
    private enum State {
        case opened
        case running(any ChannelHandler, SSHOutlet)
        case ended
    }

    let id: UInt64
    let native: LibSSHChannel
    private unowned let connection: Connection
    private var callbacks: ChannelCallbacks?
    private var state = State.opened
    private var terminal: OperatorTerminal?
    /// The client closed the channel; it is taken down after the callbacks have returned.
    private(set) var isClosedByClient = false

    /// Output taken from the outlet and not written yet, and how far into its first chunk we are.
    private var output: [SSHOutlet.Chunk] = []
    private var outputStart = 0

    /// Input that the handler did not take: first what we hold, then what the library holds.
    private var heldInput: ArraySlice<UInt8> = []
    private var nativeHolds = 0
    private var inputIsBlocked = false
    private var inputHasEnded = false
    private var inputEndIsTold = false

    init(id: UInt64, library: LibSSHChannel, connection: Connection) {
        self.id = id
        self.native = library
        self.connection = connection
        let callbacks = ChannelCallbacks(target: self)
        callbacks.install(on: library)
        self.callbacks = callbacks
    }

    var isEnded: Bool {
        if case .ended = self.state { true } else { false }
    }

    /// When the handler wants to be woken.
    var deadline: ContinuousClock.Instant? {
        if case .running(let handler, _) = self.state { handler.deadline } else { nil }
    }

    /// The deadline last put into the worker's queue.
    var queuedDeadline: ContinuousClock.Instant?

    func wakeUp(now: ContinuousClock.Instant) {
        guard case .running(let handler, _) = self.state else { return }
        self.queuedDeadline = nil
        if let deadline = handler.deadline, deadline <= now {
            handler.wakeUp(now: now)
        }
    }

    /// Tells the terminal something and ends the channel, at the door's shutdown.
    func stop(message: [UInt8]) {
        guard case .running(_, let outlet) = self.state, !outlet.isFinishing else { return }
        if self.terminal != nil {
            outlet.enqueue(message)
        } else {
            outlet.enqueueError(message)
        }
        outlet.finish(exitStatus: 69)
    }

    // MARK: Output

    /// Writes what the window, the socket and the budget permit; returns the bytes written. What is left waits for the
    /// next packet from the client, for the socket, or for the next turn.
    func pump(budget: Int) -> Int {
        guard case .running(let handler, let outlet) = self.state else { return 0 }
        let taken = outlet.take()
        self.output += taken.chunks
        if taken.mustResumeInput { self.resumeInput(handler) }
        var written = 0
        while written < budget, !self.output.isEmpty, !self.connection.session.hasPendingOutput {
            let limit = min(self.native.window, Self.largestWrite, budget - written)
            guard limit > 0 else { break }
            let count = self.writeOnce(limit)
            guard count > 0 else { break }
            self.advance(count)
            written += count
        }
        if written > 0, outlet.written(written) { handler.outletDrained() }
        if let status = outlet.finishedStatus {
            self.native.finish(exitStatus: status)
            self.end()
        }
        return written
    }

    /// Whether there is output that only the budget kept back.
    var canWriteMore: Bool {
        !self.output.isEmpty && !self.isEnded && self.native.window > 0
            && !self.connection.session.hasPendingOutput
    }

    private static let largestWrite = 32_000

    /// One packet: of the first chunk alone, or of several small ones put together.
    private func writeOnce(_ limit: Int) -> Int {
        guard let first = self.output.first else { return 0 }
        let available = first.bytes.count - self.outputStart
        guard available < limit, self.output.count > 1, self.output[1].isError == first.isError else {
            return unsafe first.bytes.withUnsafeBytes { bytes in
                let part = unsafe bytes[self.outputStart..<(self.outputStart + min(available, limit))]
                return unsafe self.native.write(
                    UnsafeRawBufferPointer(rebasing: part),
                    isError: first.isError
                )
            }
        }
        var gathered = Array(first.bytes[self.outputStart...])
        for chunk in self.output.dropFirst() {
            guard chunk.isError == first.isError, gathered.count < limit else { break }
            gathered += chunk.bytes.prefix(limit - gathered.count)
        }
        return unsafe gathered.withUnsafeBytes { unsafe self.native.write($0, isError: first.isError) }
    }

    private func advance(_ count: Int) {
        var left = count + self.outputStart
        var whole = 0
        while whole < self.output.count, left >= self.output[whole].bytes.count {
            left -= self.output[whole].bytes.count
            whole += 1
        }
        self.output.removeFirst(whole)
        self.outputStart = left
    }

    // MARK: Input

    private func resumeInput(_ handler: any ChannelHandler) {
        self.inputIsBlocked = false
        while !self.inputIsBlocked, !self.heldInput.isEmpty || self.nativeHolds > 0 {
            if self.heldInput.isEmpty {
                // All of it at once: each read may open the window again, so a read in small parts would let the
                // library's buffer grow without end.
                self.heldInput = self.native.takeHeldInput(self.nativeHolds)[...]
                self.nativeHolds = 0
            }
            self.heldInput = self.heldInput.dropFirst(self.offer(self.heldInput, handler))
        }
        self.tellEndOfInput(handler)
    }

    private func offer(_ bytes: ArraySlice<UInt8>, _ handler: any ChannelHandler) -> Int {
        let taken = min(max(0, handler.receive(bytes)), bytes.count)
        self.inputIsBlocked = taken < bytes.count
        return taken
    }

    private func tellEndOfInput(_ handler: any ChannelHandler) {
        guard
            self.inputHasEnded, !self.inputEndIsTold, !self.inputIsBlocked,
            self.heldInput.isEmpty, self.nativeHolds == 0
        else {
            return
        }
        self.inputEndIsTold = true
        handler.inputEnded()
    }

    // MARK: End

    /// Takes the channel down: from the loop, never from a callback. Safe to call again.
    func end() {
        if case .running(let handler, let outlet) = self.state {
            self.state = .ended
            self.connection.reportDropped(outlet.close())
            handler.closed()
        }
        self.state = .ended
        self.output = []
        self.callbacks?.remove(from: self.native)
    }

    /// After `end`: gives the channel back to the library. Not when the session is freed as a whole.
    func free() {
        self.native.free()
    }

    private func start(_ work: ChannelRequest.Work) -> Bool {
        guard case .opened = self.state, !self.isClosedByClient else { return false }
        let key = ChannelKey(connection: self.connection.id, channel: self.id)
        let mailbox = self.connection.mailbox
        let outlet = SSHOutlet(capacity: self.connection.limits.outletCapacity) { mailbox.post(.outlet(key)) }
        let request = ChannelRequest(
            identity: self.connection.identity,
            work: self.connection.forcedCommand.map { .commandLine($0) } ?? work,
            terminal: self.terminal
        )
        self.state = .running(self.connection.gateway.open(request, outlet: outlet), outlet)
        // What came before there was somebody to take it.
        if self.nativeHolds > 0 || self.inputHasEnded { outlet.resumeInput() }
        return true
    }
}

extension Channel: ChannelCallbackTarget {
    func requestedTerminal(type: String, columns: Int, rows: Int) -> Bool {
        guard self.connection.permitsTerminal, case .opened = self.state else { return false }
        self.terminal = OperatorTerminal(
            type: String(type.prefix(64)),
            columns: Self.sensible(columns, otherwise: 80),
            rows: Self.sensible(rows, otherwise: 24)
        )
        return true
    }

    func resized(columns: Int, rows: Int) {
        guard self.terminal != nil else { return }
        let columns = Self.sensible(columns, otherwise: 80)
        let rows = Self.sensible(rows, otherwise: 24)
        self.terminal?.columns = columns
        self.terminal?.rows = rows
        if case .running(let handler, _) = self.state { handler.resized(columns: columns, rows: rows) }
    }

    /// Locale variables are accepted and ignored: refusing them makes some clients complain.
    func setEnvironment(_ name: String, _ value: String) -> Bool {
        name == "TERM" || name == "LANG" || name.hasPrefix("LC_")
    }

    func requestedShell() -> Bool {
        self.start(.shell(console: self.connection.console))
    }

    func requestedCommand(_ line: String) -> Bool {
        self.start(.commandLine(line))
    }

    func requestedSubsystem(_ name: String) -> Bool {
        self.connection.refusedSubsystem(name)
        return false
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        self.connection.noteInput()
        // Before a shell or command there is nobody to take it, after the end nobody wants it.
        guard case .running(let handler, _) = self.state else {
            return self.isEnded ? bytes.count : self.hold(bytes.count, taken: 0)
        }
        guard !self.inputIsBlocked, self.heldInput.isEmpty else { return self.hold(bytes.count, taken: 0) }
        return self.hold(bytes.count, taken: self.offer(unsafe [UInt8](bytes)[...], handler))
    }

    private func hold(_ count: Int, taken: Int) -> Int {
        self.nativeHolds = count - taken
        return taken
    }

    func receivedEndOfFile() {
        self.inputHasEnded = true
        if case .running(let handler, _) = self.state { self.tellEndOfInput(handler) }
    }

    func receivedClose() {
        self.isClosedByClient = true
    }

    /// Sends the handler a break; false when nothing runs here.
    func breakRequested() -> Bool {
        guard case .running(let handler, _) = self.state else { return false }
        handler.breakRequested()
        return true
    }

    /// A terminal of 0 columns is what clients without a real one send.
    private static func sensible(_ size: Int, otherwise: Int) -> Int {
        (1...10_000).contains(size) ? size : otherwise
    }
}
