// SPDX-License-Identifier: Apache-2.0

/// One object of `audit.jsonl`: who did what to which console, from where, and whether it was allowed.
package struct AuditRecord: Sendable, Equatable {
    package var time: WallTime
    package var server: String
    package var console: String?
    package var user: String
    package var peer: String
    /// How the user proved it: `publickey SHA256:...`, `unix`.
    package var method: String?
    /// A stable word: `login`, `attach`, `detach`, `take-pen`, `break`, `sysrq`, `power`, `refused`.
    package var action: String
    package var allowed: Bool
    package var detail: [(key: String, value: JSONValue)]

    package init(
        time: WallTime,
        server: String,
        console: String? = nil,
        user: String,
        peer: String,
        method: String? = nil,
        action: String,
        allowed: Bool = true,
        detail: [(key: String, value: JSONValue)] = []
    ) {
        self.time = time
        self.server = server
        self.console = console
        self.user = user
        self.peer = peer
        self.method = method
        self.action = action
        self.allowed = allowed
        self.detail = detail
    }

    package static func == (left: AuditRecord, right: AuditRecord) -> Bool {
        left.jsonLine == right.jsonLine
    }

    /// The record as one line of JSON, ended by LF.
    package var jsonLine: [UInt8] {
        var members: [(key: String, value: JSONValue)] = [
            ("time", .string(self.time.description)), ("server", .string(self.server)),
        ]
        if let console = self.console { members.append(("console", .string(console))) }
        members.append(("user", .string(self.user)))
        members.append(("peer", .string(self.peer)))
        if let method = self.method { members.append(("method", .string(method))) }
        members.append(("action", .string(self.action)))
        members.append(("allowed", .bool(self.allowed)))
        if !self.detail.isEmpty { members.append(("detail", .object(self.detail))) }
        return JSONValue.object(members).encoded + [0x0A]
    }
}
