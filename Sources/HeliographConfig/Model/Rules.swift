// SPDX-License-Identifier: Apache-2.0

/// One rule of a set in `crash_rules:`.
package struct CrashRule: Equatable, Sendable {
    package var name: String
    /// A regular expression over one line of output.
    package var match: String
    package var severity: Severity

    package init(name: String, match: String, severity: Severity) {
        self.name = name
        self.match = match
        self.severity = severity
    }

    package enum Severity: String, CaseIterable, Sendable {
        case info
        case warning
        case error
        case critical
    }
}

/// One entry of `notify:`.
package struct NotifyRule: Equatable, Sendable {
    package var on: [Event]
    /// Consoles it is for; nil = all.
    package var consoles: NamePattern?
    package var action: Action

    package init(on: [Event], consoles: NamePattern?, action: Action) {
        self.on = on
        self.consoles = consoles
        self.action = action
    }

    package enum Event: String, CaseIterable, Sendable {
        case crash
        case consoleDown = "console_down"
        case consoleUp = "console_up"
        case consoleSilent = "console_silent"
        case gap
        case attach
        case detach
        case takeover
        case bmcLoginFailed = "bmc_login_failed"
        case diskFull = "disk_full"
        case reloadFailed = "reload_failed"
    }

    package enum Action: Equatable, Sendable {
        /// Run without a shell; `{console}`, `{event}` and others are filled in, and the event comes as JSON on
        /// standard input.
        case exec([String])
        case webhook(String)
        /// A facility of the local syslog.
        case syslog(String)
        /// The address of an Alertmanager.
        case alertmanager(String)
    }
}
