// SPDX-License-Identifier: Apache-2.0

/// How a console is reached.
package enum ConsoleLink: Equatable, Sendable {
    /// IPMI 2.0 Serial over LAN.
    case sol(BMCLink)
    /// The IPMI 1.5 vendor Serial over LAN of Intel boards.
    case sol15(BMCLink)
    case telnet(TelnetLink)
    case ssh(SSHLink)
    case device(DeviceLink)
    /// A Unix stream socket.
    case unix(path: String)
    case tcp(HostPort)
    /// A program whose standard input and output, or terminal, are the console; run without a shell.
    case exec([String])

    /// The word for it in the configuration.
    package var kind: Kind {
        switch self {
        case .sol: .sol
        case .sol15: .sol15
        case .telnet: .telnet
        case .ssh: .ssh
        case .device: .device
        case .unix: .unix
        case .tcp: .tcp
        case .exec: .exec
        }
    }

    /// The transports, by the key that chooses them in a console's entry.
    package enum Kind: String, CaseIterable, Sendable {
        case sol
        case sol15
        case telnet
        case ssh
        case device
        case unix
        case tcp
        case exec
    }
}

/// A BMC and everything needed to log in to it: defaults, profile and console already put together.
package struct BMCLink: Equatable, Sendable {
    package var host: String
    package var port: UInt16 = 623
    /// The profile that was used, for messages; nil when there was none.
    package var profile: String?
    /// Empty: the BMC's null user.
    package var user = ""
    /// Nil: the empty password.
    package var password: SecretReference?
    package var kg: SecretReference?
    package var cipherSuite: CipherSuiteSetting = .automatic
    package var privilege: BMCPrivilege = .operator
    package var takeover: TakeoverPolicy = .ifIdle
    package var workarounds: [Workaround] = []
    package var timeouts = BMCTimeouts()
    /// Silence of the SOL payload after which it is activated anew though the session lives; nil = never.
    package var solProbe: Duration?

    package init(host: String) {
        self.host = host
    }
}

/// A console server's or a host's telnet port.
package struct TelnetLink: Equatable, Sendable {
    package var address: HostPort
    /// What is said before the console is reached.
    package var chat: [ChatStep] = []

    package init(address: HostPort) {
        self.address = address
    }
}

/// One step of a `chat:`: wait for a text, then send one.
package struct ChatStep: Equatable, Sendable {
    package var expect: String
    package var send: Answer

    package init(expect: String, send: Answer) {
        self.expect = expect
        self.send = send
    }

    package enum Answer: Equatable, Sendable {
        case text(String)
        case secret(SecretReference)
    }
}

/// A console behind somebody else's SSH server.
package struct SSHLink: Equatable, Sendable {
    /// Nil: the daemon's own user.
    package var user: String?
    package var address: HostPort
    package var knownHosts: String?
    package var identityFile: String?
    package var password: SecretReference?

    package init(user: String?, address: HostPort) {
        self.user = user
        self.address = address
    }
}

/// A serial device of this machine.
package struct DeviceLink: Equatable, Sendable {
    package var path: String
    package var baud = 115_200
    package var flow: FlowControl = .none
    package var dataBits = 8
    package var parity: Parity = .none
    package var stopBits = 1

    package init(path: String) {
        self.path = path
    }

    package enum FlowControl: String, CaseIterable, Sendable {
        case none
        case hardware
        case software
    }

    package enum Parity: String, CaseIterable, Sendable {
        case none
        case even
        case odd
    }
}
