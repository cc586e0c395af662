// SPDX-License-Identifier: Apache-2.0

// The seam between a door (the SSH front end, the Unix control socket) and what stands behind it (consoles, the
// command language). A door moves bytes and knows who came in; it knows nothing of consoles. What stands behind
// knows nothing of SSH.
//
//     door thread                                      server
//        | -- gateway.open(request, outlet) ----------->  |
//        | <-------------------------- ChannelHandler --  |
//        | -- handler.receive(bytes), resized, ... ---->  |   on the door's thread
//        | <-- outlet.enqueue(bytes), finish(status) ---  |   from any thread

/// Who came through a door, after authentication.
package struct OperatorIdentity: Equatable, Sendable {
    /// The user's name in the configuration; for the control socket the Unix account's name.
    package var user: String
    /// Where from, for the audit trail: `192.0.2.7:51022`, or `uid 1000` at the control socket.
    package var peer: String
    /// How the user proved it: `publickey SHA256:...`, `password`, `unix`.
    package var method: String
    /// True at the control socket for root and the daemon's own user: every verb is permitted.
    package var isAdministrator: Bool

    package init(user: String, peer: String, method: String, isAdministrator: Bool = false) {
        self.user = user
        self.peer = peer
        self.method = method
        self.isAdministrator = isAdministrator
    }
}

/// The terminal at the operator's end; nil in a request that came without one (`ssh HOST list`).
package struct OperatorTerminal: Equatable, Sendable {
    /// The value of TERM, empty when the client sent none.
    package var type: String
    package var columns: Int
    package var rows: Int

    package init(type: String, columns: Int, rows: Int) {
        self.type = type
        self.columns = columns
        self.rows = rows
    }
}

/// What one channel asks for.
package struct ChannelRequest: Equatable, Sendable {
    /// What is to be run.
    package enum Work: Equatable, Sendable {
        /// `ssh consoles` without a command; with a console when the login name was `user:console`.
        case shell(console: String?)
        /// `ssh consoles list --json`: the command line as the client sent it, still quoted.
        case commandLine(String)
        /// The same from the control socket, where the arguments arrive apart.
        case arguments([String])
    }

    package var identity: OperatorIdentity
    package var work: Work
    package var terminal: OperatorTerminal?

    package init(identity: OperatorIdentity, work: Work, terminal: OperatorTerminal?) {
        self.identity = identity
        self.work = work
        self.terminal = terminal
    }
}

/// The way to one operator's terminal, made by the door. Every method may be called from any thread and never blocks.
///
/// Bounded: a door holds at most `capacity` bytes for an operator who does not read. Who fills it asks `room` first and
/// keeps the rest where it came from; what is enqueued beyond `room` is dropped and counted by the door.
package protocol Outlet: AnyObject, Sendable {
    /// Bytes that may be enqueued now.
    var room: Int { get }
    /// Appends bytes for the operator's terminal (standard output).
    func enqueue(_ bytes: [UInt8])
    /// Appends bytes for the operator's standard error; the same as `enqueue` where there is none.
    func enqueueError(_ bytes: [UInt8])
    /// Sends what is enqueued, then ends the channel with this exit status. Later calls do nothing.
    func finish(exitStatus: UInt8)
    /// Says that the handler can take input again after `receive` consumed less than it was given.
    func resumeInput()
    /// Asks the operator's program to suspend itself (`^Z`). False where the door has no such thing.
    func suspend() -> Bool
}

extension Outlet {
    package func suspend() -> Bool { false }
}

/// What stands behind one channel. Every method is called on the door's own thread for this channel, in order, and
/// must return at once.
package protocol ChannelHandler: AnyObject {
    /// Takes bytes that the operator typed and returns how many were taken. When fewer than given, the door keeps the
    /// rest, stops reading the channel and offers the rest again after `Outlet.resumeInput()`.
    func receive(_ bytes: ArraySlice<UInt8>) -> Int
    /// The client asked for a serial break (RFC 4335; OpenSSH's `~B`).
    func breakRequested()
    /// The window changed.
    func resized(columns: Int, rows: Int)
    /// The client will send no more input (end of file on its side).
    func inputEnded()
    /// The operator's program is back from having been suspended.
    func resumed()
    /// Some of what was enqueued has gone out: `outlet.room` grew to at least half its capacity after having been less.
    func outletDrained()
    /// The time that `deadline` asked for has come.
    func wakeUp(now: ContinuousClock.Instant)
    /// When `wakeUp` wants to be called; read by the door after every other call.
    var deadline: ContinuousClock.Instant? { get }
    /// The channel is gone (client closed, connection lost, or after `finish`). Called exactly once, last.
    func closed()
}

extension ChannelHandler {
    package func resumed() {}
}

/// What stands behind all doors. Called on door threads.
package protocol OperatorGateway: Sendable {
    /// Starts work for one channel. Output, refusals included, comes through `outlet`.
    func open(_ request: ChannelRequest, outlet: any Outlet) -> any ChannelHandler
}
