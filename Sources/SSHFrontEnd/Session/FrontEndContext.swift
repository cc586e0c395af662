// SPDX-License-Identifier: Apache-2.0

import Logging
import OperatorSession
import Synchronization

/// What all threads of the door share: settings that do not change, and the ledger of connections.
final class FrontEndContext: Sendable {
    let configuration: SSHFrontEndConfiguration
    let authenticator: any SSHAuthenticator
    let gateway: any OperatorGateway
    let logger: Logger
    /// Shown before authentication.
    let banner: String?
    /// What an unknown user's password is compared with, so that it takes as long as a known one's.
    let decoyHash: String
    let ledger: Mutex<SourceLedger>
    /// Channels open at present, on all workers.
    let channels = Atomic<Int>(0)

    init(
        configuration: SSHFrontEndConfiguration,
        authenticator: any SSHAuthenticator,
        gateway: any OperatorGateway,
        logger: Logger,
        banner: String?,
        decoyHash: String
    ) {
        self.configuration = configuration
        self.authenticator = authenticator
        self.gateway = gateway
        self.logger = logger
        self.banner = banner
        self.decoyHash = decoyHash
        self.ledger = Mutex(SourceLedger(limits: configuration.limits))
    }
}

/// A session that has logged in, on its way from the reception thread to its worker.
///
/// Unchecked: the library's session, and the callbacks it still points to, are used by one thread at a time. Reception
/// lets go of both when it posts this, and the worker installs its own callbacks before it drops the old ones.
@safe struct AuthenticatedSession: @unchecked Sendable {
    let id: UInt64
    let session: LibSSHSession
    let callbacks: LoginCallbacks
    let peer: PeerAddress
    let identity: OperatorIdentity
    let console: String?
    let forcedCommand: String?
    let permitsTerminal: Bool
}

/// What a worker is told.
enum WorkerCommand: Sendable {
    case adopt(AuthenticatedSession)
    /// An outlet has something, or its handler can take input again.
    case outlet(ChannelKey)
    /// Tells everybody, ends everything, and is done at the deadline at the latest.
    case stop(message: String, deadline: ContinuousClock.Instant)
}

/// What the reception is told.
enum ReceptionCommand: Sendable {
    /// A host key was made in the background.
    case hostKeyMade(HostKeyStore.Kind)
    case stop(message: String)
}
