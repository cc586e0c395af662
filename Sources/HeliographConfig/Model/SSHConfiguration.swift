// SPDX-License-Identifier: Apache-2.0

/// `ssh:` — the SSH door.
package struct SSHConfiguration: Equatable, Sendable {
    /// Empty: no SSH door. Port 0 lets the system choose.
    package var listen = [HostPort(host: "0.0.0.0", port: 2200), HostPort(host: "::", port: 2200)]
    /// The directory of the host keys, made at first start.
    package var hostKeys = "/var/lib/heliograph/ssh"
    /// A file whose text is shown before authentication.
    package var banner: String?
    package var authentication: [SSHLoginMethod] = [.publicKey]
    package var loginGrace: Duration = .seconds(30)
    package var maxConnections = 500
    /// Nil: never.
    package var idleTimeout: Duration?

    package init() {}
}

/// The ways to prove who one is at the SSH door.
package enum SSHLoginMethod: String, CaseIterable, Sendable {
    case publicKey = "publickey"
    case password
    case keyboardInteractive = "keyboard-interactive"
}

/// `control:` — the Unix socket that `helio` talks to.
package struct ControlConfiguration: Equatable, Sendable {
    package var socket = "/run/heliograph/control.sock"
    /// The Unix group that may use the socket.
    package var group = "heliograph"
    /// Whether `group` was written. A default group that does not exist on the system is no mistake.
    package var groupIsExplicit = false

    package init() {}
}

/// `http:` — metrics and read-only pages.
package struct HTTPConfiguration: Equatable, Sendable {
    package var listen = [HostPort(host: "127.0.0.1", port: 9623)]
    /// Serve `/metrics/consoles` too: five samples for every console.
    package var consoleMetrics = false

    package init() {}
}
