// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import OperatorSession
import Synchronization

/// One worker thread: an epoll set, and many non-blocking sessions of which each has its own poll context, so that the
/// library never runs another operator's callbacks inside a call for this one.
///
/// A turn: wait; let the library handle what arrived; mailbox; timers; then for each touched connection write what can
/// be written, take down what has ended, and set what to wait for.
final class WorkerLoop {
    private enum Timer {
        case wakeUp(ChannelKey, ContinuousClock.Instant)
        case idle(UInt64)
        case stop
    }

    private static let mailboxToken: UInt64 = 0
    /// Bytes written to one connection in one turn, so that a flat-out download does not keep others waiting.
    private static let budget = 64 * 1024

    private let context: FrontEndContext
    private let worker: Worker
    private let names = RequestNames()
    private var epoll: Epoll
    private var connections: [UInt64: Connection] = [:]
    private var timers = DeadlineQueue<Timer>()
    /// Connections to be looked at in the last part of this turn, and those of the next turn already.
    private var touched: Set<UInt64> = []
    private var again: Set<UInt64> = []
    private var stopMessage: String?
    private var isDone = false

    init(context: FrontEndContext, worker: Worker) throws(SSHFrontEndError) {
        self.context = context
        self.worker = worker
        self.epoll = try Epoll()
        guard self.epoll.add(worker.mailbox.descriptor, .input, token: Self.mailboxToken) else {
            throw .system("epoll_ctl", ENOSPC)
        }
    }

    func run() {
        self.names.install()
        defer { RequestNames.uninstall() }
        while !self.isDone {
            self.touched = self.again
            self.again = []
            let mayWait = self.touched.isEmpty && self.worker.mailbox.mayFallAsleep()
            let ready = self.epoll.wait(until: !mayWait ? .now : self.timers.next.map { .at($0) } ?? .never)
            for token in ready { self.process(token) }
            for command in self.worker.mailbox.take() { self.perform(command) }
            let now = ContinuousClock.Instant.now
            while let timer = self.timers.popExpired(now: now) { self.expired(timer, now: now) }
            for id in self.touched { self.settle(id) }
            if self.stopMessage != nil && self.connections.isEmpty { self.isDone = true }
        }
    }

    private func process(_ token: UInt64) {
        guard token != Self.mailboxToken else { return self.worker.mailbox.clearWakeUp() }
        guard let connection = self.connections[token] else { return }
        connection.session.process()
        self.touched.insert(token)
    }

    private func perform(_ command: WorkerCommand) {
        switch command {
        case .adopt(let session):
            self.adopt(session)
        case .outlet(let key):
            self.touched.insert(key.connection)
        case .stop(let message, let deadline):
            self.stopMessage = message
            for connection in self.connections.values { self.stop(connection, message) }
            self.timers.add(.stop, at: deadline)
        }
    }

    private func adopt(_ session: AuthenticatedSession) {
        let connection = Connection(
            session,
            context: self.context,
            mailbox: self.worker.mailbox,
            names: self.names
        )
        self.connections[connection.id] = connection
        guard self.epoll.add(session.session.descriptor, .input, token: connection.id) else {
            return self.end(connection, "epoll has no room")
        }
        if let timeout = self.context.configuration.idleTimeout {
            self.timers.add(.idle(connection.id), at: .now + timeout)
        }
        if let message = self.stopMessage { return self.stop(connection, message) }
        // The answer to the login may still be on its way out, and the next packets may have come in with it.
        connection.session.process()
        self.touched.insert(connection.id)
    }

    private func stop(_ connection: Connection, _ message: String) {
        for channel in connection.channels { channel.stop(message: Array("\r\n\(message)\r\n".utf8)) }
        self.touched.insert(connection.id)
    }

    private func expired(_ timer: Timer, now: ContinuousClock.Instant) {
        switch timer {
        case .wakeUp(let key, let instant):
            // A deadline that has moved since has another entry in the queue.
            guard let channel = self.connections[key.connection]?.channel(key.channel) else { return }
            guard channel.queuedDeadline == instant else { return }
            channel.wakeUp(now: now)
            self.touched.insert(key.connection)
        case .idle(let id):
            guard let connection = self.connections[id], let timeout = self.context.configuration.idleTimeout
            else {
                return
            }
            let deadline = connection.lastInput + timeout
            guard deadline <= now else { return self.timers.add(.idle(id), at: deadline) }
            self.end(connection, "idle for too long", telling: "Idle for too long")
        case .stop:
            for connection in self.connections.values {
                self.end(connection, "the server stops", telling: self.stopMessage)
            }
        }
    }

    /// The end of a turn for one connection.
    private func settle(_ id: UInt64) {
        // It may have ended earlier in this turn.
        guard let connection = self.connections[id] else { return }
        if !connection.session.isClosed, connection.pump(budget: Self.budget) {
            self.again.insert(id)
        }
        if connection.session.isClosed {
            return self.end(connection, connection.session.errorText)
        }
        if let message = self.stopMessage, connection.channels.isEmpty, !connection.session.hasPendingOutput {
            return self.end(connection, "the server stops", telling: message)
        }
        self.queueDeadlines(connection)
        let interest: Epoll.Interest = connection.session.hasPendingOutput ? [.input, .output] : .input
        guard interest != connection.interest else { return }
        connection.interest = interest
        self.epoll.modify(connection.session.descriptor, interest, token: id)
    }

    private func queueDeadlines(_ connection: Connection) {
        for channel in connection.channels {
            guard let deadline = channel.deadline, deadline != channel.queuedDeadline else { continue }
            channel.queuedDeadline = deadline
            let key = ChannelKey(connection: connection.id, channel: channel.id)
            self.timers.add(.wakeUp(key, deadline), at: deadline)
        }
    }

    private func end(_ connection: Connection, _ reason: String, telling message: String? = nil) {
        self.connections[connection.id] = nil
        self.epoll.remove(connection.session.descriptor)
        connection.logger.debug("SSH connection ended", metadata: ["reason": "\(printable(reason))"])
        connection.tearDown(telling: message)
        self.worker.connectionEnded()
        self.context.ledger.withLock { $0.closed(connection.peer.source, wasLoggedIn: true) }
    }
}
