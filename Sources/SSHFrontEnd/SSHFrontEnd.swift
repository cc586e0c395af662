// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Logging
package import OperatorSession
import Synchronization

/// The SSH door: listeners, host keys, logins, and one outlet and handler per channel.
///
///     listeners --> reception thread (key exchange, login) --> worker threads (channels) <--> ChannelHandler, Outlet
///
/// Started once and stopped once.
package final class SSHFrontEnd: Sendable {
    private struct Running {
        var workerThreads: [Thread] = []
        var receptionThread: Thread?
        var keyThread: Thread?
        var reception: Mailbox<ReceptionCommand>?
        var workers: [Worker] = []
        var addresses: [ListenAddress] = []
        var context: FrontEndContext?
    }

    private let configuration: SSHFrontEndConfiguration
    private let authenticator: any SSHAuthenticator
    private let gateway: any OperatorGateway
    private let logger: Logger
    private let running = Mutex(Running())

    package init(
        configuration: SSHFrontEndConfiguration,
        authenticator: any SSHAuthenticator,
        gateway: any OperatorGateway,
        logger: Logger
    ) {
        self.configuration = configuration
        self.authenticator = authenticator
        self.gateway = gateway
        self.logger = logger
    }

    /// Where it listens, with the ports the system chose; empty before `start`.
    package var boundAddresses: [ListenAddress] { self.running.withLock { $0.addresses } }

    /// Numbers for metrics.
    package var status: SSHFrontEndStatus {
        guard let context = self.running.withLock({ $0.context }) else { return SSHFrontEndStatus() }
        return context.ledger.withLock { ledger in
            SSHFrontEndStatus(
                connections: ledger.connections,
                unauthenticated: ledger.unauthenticated,
                channels: context.channels.load(ordering: .relaxed),
                refused: ledger.refused
            )
        }
    }

    /// Loads or makes the host keys, binds the listeners and starts the threads. Takes some milliseconds; an RSA key that
    /// is missing is made in the background.
    package func start() throws(SSHFrontEndError) {
        let context = FrontEndContext(
            configuration: self.configuration,
            authenticator: self.authenticator,
            gateway: self.gateway,
            logger: self.logger,
            banner: try self.readBanner(),
            decoyHash: try PasswordHash.make("decoy")
        )
        let store = try HostKeyStore(directory: self.configuration.hostKeyDirectory)
        let bind = try LibSSHBind(allowsLegacyAlgorithms: self.configuration.allowsLegacyAlgorithms)
        let missing = try self.loadKeys(store, into: bind)
        let mailbox = try Mailbox<ReceptionCommand>()
        var workers: [Worker] = []
        for _ in 0..<max(1, self.configuration.workerCount) { workers.append(try Worker()) }
        let listeners = try self.listen()
        let addresses = listeners.compactMap(boundAddress)
        let parts = Parts(context: context, listeners: listeners, store: store, bind: bind, workers: workers)
        let workerThreads = try Self.startWorkers(parts)
        let receptionThread = try Self.startReception(parts, mailbox)
        let keyThread = missing.isEmpty ? nil : self.makeKeys(missing, store, mailbox)
        self.running.withLock {
            $0 = Running(
                workerThreads: workerThreads,
                receptionThread: receptionThread,
                keyThread: keyThread,
                reception: mailbox,
                workers: workers,
                addresses: addresses,
                context: context
            )
        }
        self.checkLibrary()
        self.logger.info(
            "SSH front end listens",
            metadata: ["ssh.listen": "\(addresses.map(\.description).joined(separator: " "))"]
        )
    }

    /// Stops listening, tells every operator, ends their channels with exit status 69, and waits for the threads: at most
    /// about `deadline`. Blocks the caller; does nothing the second time.
    package func stop(message: String, within deadline: Duration = .seconds(3)) {
        let running = self.running.withLock { running in
            defer { running = Running() }
            return running
        }
        // The reception first: it is done at once, and then no session is on its way to a worker any more.
        running.reception?.post(.stop(message: message))
        running.receptionThread?.join()
        for worker in running.workers {
            worker.mailbox.post(.stop(message: message, deadline: .now + deadline))
        }
        for thread in running.workerThreads { thread.join() }
        // Seconds, and only soon after the very first start: OpenSSL may not be at work when the process exits.
        running.keyThread?.join()
    }

    // MARK: Start

    /// What the threads are made of.
    ///
    /// Unchecked: the bind is made on the starting thread and used by the reception thread only.
    @safe private struct Parts: @unchecked Sendable {
        let context: FrontEndContext
        let listeners: [Int32]
        let store: HostKeyStore
        let bind: LibSSHBind
        let workers: [Worker]
    }

    private static func startWorkers(_ parts: Parts) throws(SSHFrontEndError) -> [Thread] {
        var threads: [Thread] = []
        for (index, worker) in parts.workers.enumerated() {
            let thread = try self.startThread("ssh-worker-\(index + 1)", parts.context.logger) {
                () throws(SSHFrontEndError) in
                try WorkerLoop(context: parts.context, worker: worker).run()
            }
            threads.append(thread)
        }
        return threads
    }

    private static func startReception(
        _ parts: Parts,
        _ mailbox: Mailbox<ReceptionCommand>
    ) throws(SSHFrontEndError) -> Thread {
        try self.startThread("ssh-reception", parts.context.logger) { () throws(SSHFrontEndError) in
            let reception = try Reception(
                context: parts.context,
                listeners: parts.listeners,
                store: parts.store,
                bind: parts.bind,
                workers: parts.workers,
                mailbox: mailbox
            )
            reception.run()
        }
    }

    private static func startThread(
        _ name: String,
        _ logger: Logger,
        _ body: @escaping @Sendable () throws(SSHFrontEndError) -> Void
    ) throws(SSHFrontEndError) -> Thread {
        let thread = Thread(name: name) {
            do throws(SSHFrontEndError) {
                try body()
            } catch {
                logger.critical("SSH thread failed", metadata: ["thread": "\(name)", "reason": "\(error)"])
            }
        }
        guard let thread else { throw .system("pthread_create", EAGAIN) }
        return thread
    }

    private func readBanner() throws(SSHFrontEndError) -> String? {
        guard let path = self.configuration.bannerPath else { return nil }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SSHFrontEndError(.bannerUnreadable, "cannot read \(path): \(systemErrorText(errno))")
        }
        defer { close(descriptor) }
        let text = String(decoding: readAll(descriptor, limit: 16 * 1024), as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// Loads the host keys and makes what is quickly made; returns the kinds that are still missing.
    private func loadKeys(
        _ store: HostKeyStore,
        into bind: LibSSHBind
    ) throws(SSHFrontEndError) -> [HostKeyStore.Kind] {
        var missing: [HostKeyStore.Kind] = []
        for kind in HostKeyStore.Kind.allCases {
            if let key = try store.load(kind) {
                try self.use(key, kind, bind)
            } else if kind == .rsa {
                missing.append(kind)
            } else {
                try self.use(try store.make(kind), kind, bind)
            }
        }
        return missing
    }

    private func use(
        _ key: consuming LibSSHKey,
        _ kind: HostKeyStore.Kind,
        _ bind: LibSSHBind
    ) throws(SSHFrontEndError) {
        self.logger.debug(
            "SSH host key",
            metadata: ["ssh.key.type": "\(kind.rawValue)", "ssh.key": "\(key.fingerprint)"]
        )
        guard bind.add(key) else {
            throw SSHFrontEndError(.hostKeyUnusable, "libssh does not take the \(kind.rawValue) host key")
        }
    }

    private func makeKeys(
        _ kinds: [HostKeyStore.Kind],
        _ store: HostKeyStore,
        _ mailbox: Mailbox<ReceptionCommand>
    ) -> Thread? {
        let logger = self.logger
        return Thread(name: "ssh-keygen") {
            for kind in kinds {
                do throws(SSHFrontEndError) {
                    _ = try store.make(kind)
                    mailbox.post(.hostKeyMade(kind))
                } catch {
                    logger.error("SSH host key not made", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    private func listen() throws(SSHFrontEndError) -> [Int32] {
        var listeners: [Int32] = []
        var missing: SSHFrontEndError?
        for address in self.configuration.listen {
            for result in Listener.open(address) {
                switch result {
                case .success(let descriptor): listeners.append(descriptor)
                case .failure(let error) where address.host == "::" || address.host == "*":
                    // A machine without IPv6 is no reason not to start.
                    missing = error
                    self.logger.warning("SSH listener left out", metadata: ["reason": "\(error)"])
                case .failure(let error):
                    for listener in listeners { close(listener) }
                    throw error
                }
            }
        }
        guard !listeners.isEmpty else {
            throw missing ?? SSHFrontEndError(.cannotListen, "no address to listen at is configured")
        }
        return listeners
    }

    /// Breaks are recognised by a log line of the library (see `RequestNames`), which another version may word otherwise.
    private func checkLibrary() {
        let version = LibSSHSession.loadedVersion
        guard !version.hasPrefix("0.10.") else { return }
        self.logger.warning(
            "this version of libssh was not tested; ~B of ssh may not send a break",
            metadata: ["libssh.version": "\(version)"]
        )
    }
}

/// The door in numbers.
package struct SSHFrontEndStatus: Equatable, Sendable {
    /// Connections at present, logged in or not.
    package var connections = 0
    package var unauthenticated = 0
    package var channels = 0
    /// Connections refused at the door since the start.
    package var refused = 0
}
