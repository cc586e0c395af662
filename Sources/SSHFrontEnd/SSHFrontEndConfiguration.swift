// SPDX-License-Identifier: Apache-2.0

/// What the SSH door needs to know at its start: where to listen, which keys to show, whom to keep waiting.
package struct SSHFrontEndConfiguration: Sendable {
    /// Where to listen; port 0 takes a free one, told by `SSHFrontEnd.boundAddresses`.
    package var listen: [ListenAddress]
    /// The directory of the host keys, made at first start with mode 0700.
    package var hostKeyDirectory: String
    /// A file whose text is shown before authentication; read once, at start.
    package var bannerPath: String?
    /// Everything that bounds what strangers and operators may take.
    package var limits: SSHLimits
    /// Also offers `diffie-hellman-group14-sha1` and `aes128-cbc`, for clients that know nothing better.
    package var allowsLegacyAlgorithms: Bool
    /// Ends a connection on which the operator typed nothing for so long; nil never does.
    package var idleTimeout: Duration?
    /// The threads that serve operators.
    package var workerCount: Int

    package init(
        listen: [ListenAddress],
        hostKeyDirectory: String,
        bannerPath: String? = nil,
        limits: SSHLimits = SSHLimits(),
        allowsLegacyAlgorithms: Bool = false,
        idleTimeout: Duration? = nil,
        workerCount: Int = 2
    ) {
        self.listen = listen
        self.hostKeyDirectory = hostKeyDirectory
        self.bannerPath = bannerPath
        self.limits = limits
        self.allowsLegacyAlgorithms = allowsLegacyAlgorithms
        self.idleTimeout = idleTimeout
        self.workerCount = workerCount
    }
}

/// The bounds of the SSH door. The defaults suit a machine room; only `loginGrace` and `maximumConnections` have
/// names in the configuration file.
package struct SSHLimits: Equatable, Sendable {
    /// Time from the connection to a successful login.
    package var loginGrace: Duration = .seconds(30)
    /// Connections at once, logged in or not.
    package var maximumConnections = 500
    /// Connections that have not logged in yet, in total and for one source (an IPv4 address, an IPv6 /64).
    package var maximumUnauthenticated = 256
    package var maximumUnauthenticatedPerSource = 64
    /// New connections from one source: this many at once, and so many a second in the long run.
    package var connectionBurstPerSource = 100
    package var connectionsPerSecondPerSource = 20
    /// Refused keys and passwords on one connection before it is closed, as OpenSSH counts them.
    package var maximumTries = 6
    /// How long a connection is not listened to after each wrong password.
    package var failureDelay: Duration = .seconds(1)
    /// Wrong passwords from one source before its connections are refused at the door; one is forgotten every
    /// `failureForgiveness`.
    package var maximumFailuresPerSource = 30
    package var failureForgiveness: Duration = .seconds(10)
    /// Sessions multiplexed over one connection.
    package var maximumChannels = 10
    /// Bytes held for one operator who does not read.
    package var outletCapacity = 256 * 1024
    /// How long the kernel keeps a connection whose peer acknowledges nothing, or reads nothing.
    package var peerTimeout: Duration = .seconds(600)

    package init() {}
}
