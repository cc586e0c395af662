// SPDX-License-Identifier: Apache-2.0

package import OperatorSession

/// A command line, understood. What it means for consoles is the server's part; names stay patterns
/// (`web[01-40]`, `@group`, `a,b`) because only the configuration can expand them.
package enum Command: Equatable, Sendable {
    case list(ListOptions)
    case status(StatusOptions)
    case attach(AttachOptions)
    case who(WhoOptions)
    case disconnect(DisconnectOptions)
    case broadcast(BroadcastOptions)
    case log(LogOptions)
    case events(EventsOptions)
    case send(SendOptions)
    case sendBreak(console: String)
    case sysrq(SysrqOptions)
    case down(names: String)
    case up(names: String)
    case reload
    /// Nil: the daemon's own configuration.
    case check(file: String?)
    case hashPassword
    case version(json: Bool)
    /// `help`, `--help`: the text to print, exit status 0.
    case help(String)
    /// A verb that this version knows but does not have: `ExitStatus.unavailable`.
    case notBuilt(Verb)
}

/// `list [NAMES] [--state S,...] [--json]`
package struct ListOptions: Equatable, Sendable {
    /// Nil: all.
    package var names: String?
    /// Empty: all.
    package var states: [FleetState] = []
    package var json = false
}

/// `status NAME [--json]`
package struct StatusOptions: Equatable, Sendable {
    package var console: String
    package var json = false
}

/// `attach NAME [--read-only | --force | --join] [--escape E]`, or the bare `NAME`.
package struct AttachOptions: Equatable, Sendable {
    package var console: String
    package var mode: ModeRequest = .readWrite
    /// What the operator wants as prefix for this attachment; nil: as configured.
    package var escape: EscapePrefix?
    /// True when no verb was given. Then an unknown console may be a misspelt verb: see
    /// `Verb.suggestion(for:)`.
    package var isBareName = false
}

/// `who [NAMES] [--json]`
package struct WhoOptions: Equatable, Sendable {
    package var names: String?
    package var json = false
}

/// `disconnect WHO`: an attachment's number as `who` lists it, a user's name, or `USER:CONSOLE`.
package struct DisconnectOptions: Equatable, Sendable {
    package var who: String
}

/// `broadcast [NAMES] TEXT`
package struct BroadcastOptions: Equatable, Sendable {
    package var names: String?
    package var text: String
}

/// `log NAME [--since T] [--until T] [-n N] [-f] [--raw] [--json]`
package struct LogOptions: Equatable, Sendable {
    package var console: String
    package var since: TimeReference?
    package var until: TimeReference?
    /// Nil: all that `since` and `until` allow, or the last `defaultLines` when neither is given.
    package var lines: Int?
    package var follow = false
    package var raw = false
    package var json = false

    /// How many lines `log NAME` alone shows.
    package static let defaultLines = 100

    /// Only the last so many lines; nil: all that `since` and `until` allow.
    package var lastLines: Int? {
        self.lines ?? (self.since == nil && self.until == nil ? Self.defaultLines : nil)
    }
}

/// `events [NAMES] [--since T] [--until T] [-n N] [--follow] [--json]`
package struct EventsOptions: Equatable, Sendable {
    package var names: String?
    package var since: TimeReference?
    package var until: TimeReference?
    package var lines: Int?
    package var follow = false
    package var json = false
}

/// `send NAME [TEXT] [--key F11]... [--enter]`: the text, then the keys, then Enter.
package struct SendOptions: Equatable, Sendable {
    package var console: String
    package var text: String
    package var keys: [String] = []
    package var enter = false
}

/// `sysrq NAME KEY`
package struct SysrqOptions: Equatable, Sendable {
    package var console: String
    package var key: UInt8
}
