// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import OperatorSession

/// One connection from its acceptance to a successful login, on the reception thread.
///
/// The callbacks only decide and note; what follows from it (closing, handing over, not listening for a while) is done
/// by the reception after they have returned.
final class Login {
    /// What a successful login grants.
    struct Grant {
        var identity: OperatorIdentity
        var console: String?
        var forcedCommand: String?
        var permitsTerminal = true
    }

    let id: UInt64
    let session: LibSSHSession
    let peer: PeerAddress
    let logger: Logger
    private let context: FrontEndContext
    private(set) var callbacks: LoginCallbacks?
    private(set) var grant: Grant?
    /// Wrong passwords since the reception last looked: each costs a pause.
    private(set) var newPasswordFailures = 0
    /// What the epoll set waits for; empty during a pause.
    var interest: Epoll.Interest = .input

    private var refusals = 0
    private var requests = 0
    private var bannerIsSent = false
    private var lastUser: String?
    private var dialogueUser: String?
    private var unusableKey: String?

    init(id: UInt64, session: LibSSHSession, peer: PeerAddress, context: FrontEndContext) {
        self.id = id
        self.session = session
        self.peer = peer
        self.context = context
        var logger = context.logger
        logger[metadataKey: "ssh.peer"] = "\(peer.text)"
        self.logger = logger
        let callbacks = LoginCallbacks(target: self)
        callbacks.install(on: session)
        self.callbacks = callbacks
        session.offer(context.authenticator.methods)
    }

    /// Why the connection must end now, if it must.
    var verdict: String? {
        // A client may ask which methods there are, and try several keys before the right one; more than that is a
        // machine that tries things.
        let isOverdone = self.refusals >= self.context.configuration.limits.maximumTries || self.requests > 50
        return isOverdone ? "Too many authentication failures" : nil
    }

    func takePasswordFailures() -> Int {
        defer { self.newPasswordFailures = 0 }
        return self.newPasswordFailures
    }

    /// The session goes to a worker; with it its callback structure.
    func handOver(_ grant: Grant) -> AuthenticatedSession? {
        guard let callbacks = self.callbacks else { return nil }
        self.callbacks = nil
        return AuthenticatedSession(
            id: self.id,
            session: self.session,
            callbacks: callbacks,
            peer: self.peer,
            identity: grant.identity,
            console: grant.console,
            forcedCommand: grant.forcedCommand,
            permitsTerminal: grant.permitsTerminal
        )
    }

    /// One line about a connection that ended without a login.
    func reportEnd(_ reason: String) {
        var metadata: Logger.Metadata = ["reason": "\(printable(reason))"]
        guard let user = self.lastUser else {
            if let banner = self.session.clientBanner { metadata["ssh.client"] = "\(printable(banner))" }
            self.logger.info("SSH connection ended before login", metadata: metadata)
            return
        }
        metadata["operator.user"] = "\(printable(user))"
        metadata["ssh.attempts"] = "\(self.refusals)"
        if let key = self.unusableKey { metadata["ssh.key"] = "\(key)" }
        self.logger.notice("SSH login failed", metadata: metadata)
    }

    private func beginRequest(user: String) -> LoginName? {
        self.requests += 1
        self.lastUser = user
        if !self.bannerIsSent, let banner = self.context.banner {
            self.bannerIsSent = true
            self.session.sendBanner(banner)
        }
        return LoginName(user)
    }

    private func accept(_ name: LoginName, method: String, options: AuthorizedKeyOptions = .init()) {
        self.grant = Grant(
            identity: OperatorIdentity(user: name.user, peer: self.peer.text, method: method),
            console: name.console,
            forcedCommand: options.forcedCommand,
            permitsTerminal: options.permitsTerminal
        )
    }

    /// Compares a password; unknown users, users without a password and wrong passwords take the same way and time.
    private func check(_ password: String, user: String, method: SSHAuthenticationMethod) -> Bool {
        let name = LoginName(user)
        let isOffered = self.context.authenticator.methods.contains(method)
        guard isOffered else { return self.refused() }
        let stored = name.flatMap { self.context.authenticator.passwordHash(for: $0.user) }
        let isRight = PasswordHash.matches(password, stored ?? self.context.decoyHash)
        guard isRight, stored != nil, let name else {
            self.newPasswordFailures += 1
            return self.refused()
        }
        self.accept(name, method: method.rawValue)
        return true
    }

    private func refused() -> Bool {
        self.refusals += 1
        return false
    }
}

extension Login: LoginCallbackTarget {
    func askedForMethods(user: String) {
        _ = self.beginRequest(user: user)
    }

    func offered(_ key: OfferedKey, user: String, isProven: Bool) -> Bool {
        guard
            let name = self.beginRequest(user: user), self.verdict == nil,
            self.context.authenticator.methods.contains(.publickey)
        else {
            return self.refused()
        }
        self.unusableKey = key.fingerprint
        guard !key.isCertificate, !key.blob.isEmpty else { return self.refused() }
        let time = Glibc.time(nil)
        let match = self.context.authenticator.keys(for: name.user).first { candidate in
            candidate.blob == key.blob
                && candidate.options.sources?.permits(self.peer.host) != false
                && candidate.options.expiry?.hasPassed(at: time) != true
        }
        guard let match else { return self.refused() }
        if isProven {
            self.accept(name, method: "publickey \(key.fingerprint)", options: match.options)
        }
        return true
    }

    func offered(password: String, user: String) -> Bool {
        _ = self.beginRequest(user: user)
        guard self.verdict == nil, self.newPasswordFailures == 0 else { return self.refused() }
        return self.check(password, user: user, method: .password)
    }

    func beganDialogue(user: String) -> Bool {
        _ = self.beginRequest(user: user)
        guard self.context.authenticator.methods.contains(.keyboardInteractive) else { return self.refused() }
        self.dialogueUser = user
        return true
    }

    func answered(_ answer: String) -> Bool {
        self.requests += 1
        guard let user = self.dialogueUser, self.verdict == nil, self.newPasswordFailures == 0 else {
            return self.refused()
        }
        self.dialogueUser = nil
        return self.check(answer, user: user, method: .keyboardInteractive)
    }
}
