// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Logging
import OperatorSession
import Synchronization

/// The thread that accepts connections, exchanges keys and checks logins, and then gives each session to a worker.
///
/// Strangers are kept to this thread: the price of a handshake and of a password hash (tens of milliseconds) is paid by
/// those who wait for a login, never by operators at work.
final class Reception {
    private enum Timer {
        case grace(UInt64)
        case endOfPause(UInt64)
        case listenAgain
    }

    private static let mailboxToken: UInt64 = 0
    private static let firstConnection: UInt64 = 1 << 16

    private let context: FrontEndContext
    private let listeners: [Int32]
    private let store: HostKeyStore
    private let bind: LibSSHBind
    private let workers: [Worker]
    private let mailbox: Mailbox<ReceptionCommand>
    private var epoll: Epoll
    private var logins: [UInt64: Login] = [:]
    private var timers = DeadlineQueue<Timer>()
    private var nextID = Reception.firstConnection
    private var isStopping = false
    private var isListening = true

    init(
        context: FrontEndContext,
        listeners: [Int32],
        store: HostKeyStore,
        bind: LibSSHBind,
        workers: [Worker],
        mailbox: Mailbox<ReceptionCommand>
    ) throws(SSHFrontEndError) {
        self.context = context
        self.listeners = listeners
        self.store = store
        self.bind = bind
        self.workers = workers
        self.mailbox = mailbox
        self.epoll = try Epoll()
        var isComplete = self.epoll.add(mailbox.descriptor, .input, token: Self.mailboxToken)
        for (index, listener) in listeners.enumerated() {
            isComplete = self.epoll.add(listener, .input, token: UInt64(index + 1)) && isComplete
        }
        guard isComplete else { throw .system("epoll_ctl", ENOSPC) }
    }

    /// Runs until stopped; closes the listeners.
    func run() {
        while !self.isStopping {
            let mayWait = self.mailbox.mayFallAsleep()
            let ready = self.epoll.wait(until: !mayWait ? .now : self.timers.next.map { .at($0) } ?? .never)
            let commands = self.mailbox.take()
            for token in ready {
                switch token {
                case Self.mailboxToken: self.mailbox.clearWakeUp()
                case ..<Self.firstConnection: self.accept(from: self.listeners[Int(token) - 1])
                default: self.process(token)
                }
            }
            for command in commands { self.perform(command) }
            let now = ContinuousClock.Instant.now
            while let timer = self.timers.popExpired(now: now) { self.expired(timer) }
        }
        for listener in self.listeners { close(listener) }
    }

    private func perform(_ command: ReceptionCommand) {
        switch command {
        case .hostKeyMade(let kind):
            do throws(SSHFrontEndError) {
                if let key = try self.store.load(kind), self.bind.add(key) {
                    self.context.logger.info(
                        "SSH host key made",
                        metadata: ["ssh.key.type": "\(kind.rawValue)"]
                    )
                }
            } catch {
                self.context.logger.error("SSH host key not usable", metadata: ["reason": "\(error)"])
            }
        case .stop(let message):
            self.isStopping = true
            for login in self.logins.values {
                login.session.disconnect(message)
                self.end(login, reason: nil)
            }
        }
    }

    // MARK: Accepting

    private func accept(from listener: Int32) {
        // A few at a time: those who wait for a login have their turn in between.
        for _ in 0..<16 {
            switch acceptConnection(listener) {
            case .nothing: return
            case .failed(let number): return self.pauseListening(number)
            case .connection(let descriptor, let peer): self.admit(descriptor, peer)
            }
        }
    }

    /// Out of descriptors: the waiting connection would wake us again at once, so do not listen for a second.
    private func pauseListening(_ number: Int32) {
        guard self.isListening else { return }
        self.isListening = false
        self.context.logger.warning(
            "SSH connections cannot be accepted",
            metadata: ["reason": "\(systemErrorText(number))", "retry.in": "1 s"]
        )
        for (index, listener) in self.listeners.enumerated() {
            self.epoll.modify(listener, [], token: UInt64(index + 1))
        }
        self.timers.add(.listenAgain, at: .now + .seconds(1))
    }

    private func admit(_ descriptor: Int32, _ peer: PeerAddress) {
        let verdict = self.context.ledger.withLock { $0.admit(peer.source, now: .now) }
        if case .refused(let refusal, let isNews) = verdict {
            closeDescriptor(descriptor)
            guard isNews else { return }
            self.context.logger.notice(
                "SSH connection refused",
                metadata: ["ssh.peer": "\(peer.text)", "reason": "\(refusal.rawValue)"]
            )
            return
        }
        linux_tune_tcp(descriptor, 60, self.peerTimeout)
        guard let session = self.bind.makeSession(descriptor: descriptor) else {
            self.context.ledger.withLock { $0.closed(peer.source, wasLoggedIn: false) }
            return self.context.logger.warning("SSH session not made", metadata: ["ssh.peer": "\(peer.text)"])
        }
        let login = Login(id: self.nextID, session: session, peer: peer, context: self.context)
        self.nextID += 1
        self.logins[login.id] = login
        guard login.session.beginKeyExchange(), self.epoll.add(descriptor, .input, token: login.id) else {
            return self.end(login, reason: "the key exchange could not be started")
        }
        self.timers.add(.grace(login.id), at: .now + self.context.configuration.limits.loginGrace)
        self.settle(login)
    }

    private var peerTimeout: UInt32 {
        let seconds = self.context.configuration.limits.peerTimeout.components.seconds
        return UInt32(clamping: seconds * 1000)
    }

    // MARK: Logging in

    private func process(_ id: UInt64) {
        // It may have ended earlier in this turn.
        guard let login = self.logins[id] else { return }
        guard !login.interest.isEmpty else {
            return self.end(login, reason: "the client went away")  // All that epoll tells during a pause.
        }
        login.session.process()
        self.settle(login)
    }

    /// Draws the conclusions from what the callbacks noted.
    private func settle(_ login: Login) {
        let failures = login.takePasswordFailures()
        if failures > 0 {
            self.context.ledger.withLock { $0.passwordFailed(login.peer.source, now: .now) }
        }
        if login.session.isClosed {
            return self.end(login, reason: self.reason(login.session.errorText))
        }
        if let grant = login.grant { return self.handOver(login, grant) }
        if let verdict = login.verdict {
            login.session.disconnect(verdict)
            return self.end(login, reason: verdict)
        }
        guard failures == 0 else { return self.pause(login) }
        self.setInterest(login, login.session.hasPendingOutput ? [.input, .output] : .input)
    }

    private func reason(_ text: String) -> String {
        text.isEmpty ? "the client closed the connection" : text
    }

    /// A wrong password: this connection is not listened to for a while.
    private func pause(_ login: Login) {
        self.setInterest(login, [])
        self.timers.add(.endOfPause(login.id), at: .now + self.context.configuration.limits.failureDelay)
    }

    private func setInterest(_ login: Login, _ interest: Epoll.Interest) {
        guard login.interest != interest else { return }
        login.interest = interest
        self.epoll.modify(login.session.descriptor, interest, token: login.id)
    }

    private func expired(_ timer: Timer) {
        switch timer {
        case .grace(let id):
            guard let login = self.logins[id] else { return }
            login.session.disconnect("Login took too long")
            self.end(login, reason: "no login in time")
        case .endOfPause(let id):
            guard let login = self.logins[id] else { return }
            login.interest = .input
            self.epoll.modify(login.session.descriptor, .input, token: id)
            login.session.process()
            self.settle(login)
        case .listenAgain:
            self.isListening = true
            for (index, listener) in self.listeners.enumerated() {
                self.epoll.modify(listener, .input, token: UInt64(index + 1))
            }
        }
    }

    private func handOver(_ login: Login, _ grant: Login.Grant) {
        guard
            let worker = self.workers.min(by: { $0.load < $1.load }),
            let authenticated = login.handOver(grant)
        else {
            return
        }
        self.logins[login.id] = nil
        self.epoll.remove(login.session.descriptor)
        self.context.ledger.withLock { $0.loggedIn(login.peer.source) }
        login.logger.info(
            "SSH login",
            metadata: [
                "operator.user": "\(printable(grant.identity.user))",
                "ssh.method": "\(grant.identity.method)",
            ]
        )
        worker.adopt(authenticated)
    }

    /// Ends a connection that has not logged in.
    private func end(_ login: Login, reason: String?) {
        if let reason { login.reportEnd(reason) }
        self.logins[login.id] = nil
        self.epoll.remove(login.session.descriptor)
        login.session.free()
        self.context.ledger.withLock { $0.closed(login.peer.source, wasLoggedIn: false) }
    }
}
