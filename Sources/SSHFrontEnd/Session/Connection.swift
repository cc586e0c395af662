// SPDX-License-Identifier: Apache-2.0

import Logging
import OperatorSession
import Synchronization

/// One logged-in connection with its channels, on its worker's thread from login to end.
final class Connection {
    let id: UInt64
    let session: LibSSHSession
    let peer: PeerAddress
    let identity: OperatorIdentity
    let console: String?
    let forcedCommand: String?
    let permitsTerminal: Bool
    let mailbox: Mailbox<WorkerCommand>
    let logger: Logger
    private let context: FrontEndContext
    private var callbacks: ConnectionCallbacks?
    private(set) var channels: [Channel] = []
    private var nextChannel: UInt64 = 1
    /// Where the next turn of writing begins, so that no channel is always first.
    private var turn = 0
    /// What the epoll set waits for.
    var interest: Epoll.Interest = .input
    private(set) var lastInput = ContinuousClock.Instant.now

    init(
        _ authenticated: AuthenticatedSession,
        context: FrontEndContext,
        mailbox: Mailbox<WorkerCommand>,
        names: RequestNames
    ) {
        self.id = authenticated.id
        self.session = authenticated.session
        self.peer = authenticated.peer
        self.identity = authenticated.identity
        self.console = authenticated.console
        self.forcedCommand = authenticated.forcedCommand
        self.permitsTerminal = authenticated.permitsTerminal
        self.mailbox = mailbox
        self.context = context
        var logger = context.logger
        logger[metadataKey: "ssh.peer"] = "\(authenticated.peer.text)"
        logger[metadataKey: "operator.user"] = "\(printable(authenticated.identity.user))"
        self.logger = logger
        let callbacks = ConnectionCallbacks(target: self, names: names)
        callbacks.install(on: self.session)
        self.callbacks = callbacks
    }

    var gateway: any OperatorGateway { self.context.gateway }
    var limits: SSHLimits { self.context.configuration.limits }

    func channel(_ id: UInt64) -> Channel? {
        self.channels.first { $0.id == id }
    }

    /// Writes at most `budget` bytes over all channels, and takes down the channels that are done. True when there is
    /// more that could be written now.
    func pump(budget: Int) -> Bool {
        var left = budget
        // A copy: writing can run callbacks of this session, which can open channels.
        let channels = self.channels
        self.turn = channels.isEmpty ? 0 : (self.turn + 1) % channels.count
        for offset in channels.indices {
            let channel = channels[(self.turn + offset) % channels.count]
            left -= channel.pump(budget: max(0, left))
        }
        self.removeEndedChannels()
        return left <= 0 && self.channels.contains { $0.canWriteMore }
    }

    private func removeEndedChannels() {
        let ended = self.channels.filter { $0.isEnded || $0.isClosedByClient }
        guard !ended.isEmpty else { return }
        self.channels.removeAll { $0.isEnded || $0.isClosedByClient }
        for channel in ended {
            channel.end()
            channel.free()
            self.context.channels.subtract(1, ordering: .relaxed)
        }
    }

    /// Ends everything: the handlers learn of it, the client is told why when there is a reason to tell, the library
    /// frees the session and closes the descriptor. Channel objects and callback structures go last.
    func tearDown(telling reason: String?) {
        let channels = self.channels
        self.channels = []
        for channel in channels {
            channel.end()
            self.context.channels.subtract(1, ordering: .relaxed)
        }
        // Not earlier: to disconnect frees the library's channels.
        if let reason { self.session.disconnect(reason) }
        self.session.free()
        self.callbacks = nil
    }

    func noteInput() {
        self.lastInput = .now
    }

    func refusedSubsystem(_ name: String) {
        self.logger.debug("SSH subsystem refused", metadata: ["ssh.subsystem": "\(printable(name))"])
    }

    /// A handler enqueued more than there was room for: the bytes are gone, and somebody should know.
    func reportDropped(_ count: Int) {
        guard count > 0 else { return }
        self.logger.warning("output for an operator was dropped", metadata: ["bytes": "\(count)"])
    }
}

extension Connection: ConnectionCallbackTarget {
    func mayOpenChannel() -> Bool {
        let mayOpen = self.channels.count < self.limits.maximumChannels
        if !mayOpen {
            self.logger.notice("SSH channel refused", metadata: ["ssh.channels": "\(self.channels.count)"])
        }
        return mayOpen
    }

    func opened(_ channel: LibSSHChannel) {
        self.channels.append(Channel(id: self.nextChannel, library: channel, connection: self))
        self.nextChannel += 1
        self.context.channels.add(1, ordering: .relaxed)
    }

    func requested(_ name: String, on channel: LibSSHChannel) -> Bool {
        guard name == "break" else { return false }
        let channel = self.channels.first { unsafe $0.native.pointer == channel.pointer }
        return channel?.breakRequested() ?? false
    }
}
