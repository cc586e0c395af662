// SPDX-License-Identifier: Apache-2.0

import LogStore
import OperatorSession

/// Who did what, from where: audit.jsonl.
struct AuditTrail: Sendable {
    var writer: LogWriter
    var server: String

    func record(
        _ action: String,
        _ identity: OperatorIdentity,
        console: String? = nil,
        allowed: Bool = true,
        detail: String? = nil
    ) {
        self.writer.audit(
            AuditRecord(
                time: WallTime.now(),
                server: self.server,
                console: console,
                user: identity.user,
                peer: identity.peer,
                method: identity.method,
                action: action,
                allowed: allowed,
                detail: detail.map { [("what", .string($0))] } ?? []
            )
        )
    }
}
