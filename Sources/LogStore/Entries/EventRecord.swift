// SPDX-License-Identifier: Apache-2.0

/// One object of `events.jsonl`: a change of state, a crash, a gap, an attach, for tools and for the fleet's view.
package struct EventRecord: Sendable, Equatable {
    /// How much an event matters, in the words of the log formats operators know.
    package enum Severity: String, Sendable, CaseIterable {
        case info, notice, warning, error, critical
    }

    package var time: WallTime
    /// The server's name.
    package var server: String
    /// Nil for what concerns the daemon as a whole.
    package var console: String?
    /// A stable word: `connected`, `lost`, `crash`, `attached`.
    package var event: String
    package var severity: Severity
    package var user: String?
    package var peer: String?
    package var detail: [(key: String, value: JSONValue)]

    package init(
        time: WallTime,
        server: String,
        console: String? = nil,
        event: String,
        severity: Severity = .info,
        user: String? = nil,
        peer: String? = nil,
        detail: [(key: String, value: JSONValue)] = []
    ) {
        self.time = time
        self.server = server
        self.console = console
        self.event = event
        self.severity = severity
        self.user = user
        self.peer = peer
        self.detail = detail
    }

    package static func == (left: EventRecord, right: EventRecord) -> Bool {
        left.jsonLine == right.jsonLine
    }

    /// The record as one line of JSON, ended by LF.
    package var jsonLine: [UInt8] {
        var members: [(key: String, value: JSONValue)] = [
            ("time", .string(self.time.description)), ("server", .string(self.server)),
        ]
        if let console = self.console { members.append(("console", .string(console))) }
        members.append(("event", .string(self.event)))
        members.append(("severity", .string(self.severity.rawValue)))
        if let user = self.user { members.append(("user", .string(user))) }
        if let peer = self.peer { members.append(("peer", .string(peer))) }
        if !self.detail.isEmpty { members.append(("detail", .object(self.detail))) }
        return JSONValue.object(members).encoded + [0x0A]
    }
}
