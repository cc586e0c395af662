// SPDX-License-Identifier: Apache-2.0

// What `--json` prints. Every member is always there; what is not known is null. Times are RFC 3339 in UTC.

extension ConsoleRow {
    /// One element of `list --json`.
    package var json: JSON { .object(self.members) }

    fileprivate var members: [JSON.Member] {
        [
            .init("console", .string(self.name)),
            .init("state", .string(self.state.rawValue)),
            .init("since", .time(self.since)),
            .init("last_output", .time(self.lastOutput)),
            .init("output_bytes", .unsigned(self.outputByteCount)),
            .init("attached", .array(self.attached.map(\.json))),
            .init("error", .optional(self.errorCode)),
        ]
    }
}

extension AttachedOperator {
    fileprivate var json: JSON {
        .object([.init("user", .string(self.user)), .init("writes", .bool(self.mayWrite))])
    }
}

extension WhoRow {
    /// One element of `who --json`.
    package var json: JSON {
        .object([
            .init("number", .integer(Int64(self.number))),
            .init("user", .string(self.user)),
            .init("console", .string(self.console)),
            .init("mode", .string(self.mode)),
            .init("peer", .string(self.peer)),
            .init("since", .time(self.since)),
            .init("last_input", .time(self.lastInput)),
        ])
    }
}

extension ConsoleDetail {
    /// All of `status --json`.
    package var json: JSON {
        .object(
            self.row.members + [
                .init("link", .string(self.link)),
                .init("log", .string(self.log)),
                .init("session", self.session?.json ?? .null),
                .init("owner", .optional(self.owner)),
                .init("last_error", self.lastError?.json ?? .null),
                .init("attempts", .integer(Int64(self.attempts))),
                .init("next_attempt", .time(self.nextAttempt)),
                .init("counters", .object(self.counters.map { .init($0.name, .unsigned($0.value)) })),
                .init("who", .array(self.who.map(\.json))),
            ]
        )
    }
}

extension SessionDetail {
    fileprivate var json: JSON {
        .object([
            .init("stage", .string(self.stage)),
            .init("cipher_suite", .optional(self.cipherSuite)),
            .init("privilege", .optional(self.privilege)),
            .init("bmc_session_id", self.bmcSessionID.map { .unsigned(UInt64($0)) } ?? .null),
            .init("payload_to_bmc", self.payloadToBMC.map { .integer(Int64($0)) } ?? .null),
            .init("payload_from_bmc", self.payloadFromBMC.map { .integer(Int64($0)) } ?? .null),
        ])
    }
}

extension ErrorDetail {
    fileprivate var json: JSON {
        .object([
            .init("code", .string(self.code)),
            .init("stage", .string(self.stage)),
            .init("text", .string(self.text)),
            .init("remedy", .string(self.remedy)),
            .init("at", .time(self.at)),
        ])
    }
}
