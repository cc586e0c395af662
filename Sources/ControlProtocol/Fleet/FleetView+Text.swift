// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// What `list`, `status` and `who` print.
package enum FleetText {
    /// The table of `list`.
    package static func list(_ rows: [ConsoleRow], now: WallMicroseconds) -> String {
        var table = TextTable([
            .init("CONSOLE"), .init("STATE"), .init("FOR", alignsRight: true),
            .init("OUTPUT", alignsRight: true),
            .init("BYTES", alignsRight: true), .init("ATTACHED"),
        ])
        for row in rows {
            var last = row.attached.map { $0.mayWrite ? $0.user + "*" : $0.user }
            if let code = row.errorCode { last.append("(\(code))") }
            table.add([
                row.name, row.state.rawValue, HumanText.age(row.since, now: now),
                HumanText.age(row.lastOutput, now: now), HumanText.bytes(row.outputByteCount),
                last.joined(separator: " "),
            ])
        }
        return table.text
    }

    /// The table of `who`.
    package static func who(_ rows: [WhoRow], now: WallMicroseconds) -> String {
        var table = TextTable([
            .init("NO", alignsRight: true), .init("USER"), .init("CONSOLE"), .init("MODE"),
            .init("FOR", alignsRight: true), .init("IDLE", alignsRight: true), .init("FROM"),
        ])
        for row in rows {
            table.add([
                String(row.number), row.user, row.console, row.mode, HumanText.age(row.since, now: now),
                HumanText.age(row.lastInput ?? row.since, now: now), row.peer,
            ])
        }
        return table.text
    }

    /// The lines of `status`.
    package static func status(_ detail: ConsoleDetail, now: WallMicroseconds) -> String {
        let lines =
            self.head(detail, now: now) + self.session(detail.session) + self.trouble(detail, now: now)
            + detail.counters.map { (self.words($0.name), OperatorText.grouped($0.value)) }
            + detail.who.map { row in
                let idle = HumanText.age(row.lastInput ?? row.since, now: now)
                return ("attached", "\(row.user) (\(row.mode)) from \(row.peer), idle \(idle)")
            }
        let width = lines.map { TerminalSafe.columns(of: $0.0) }.max() ?? 0
        return lines.map { name, value in
            let padding = String(repeating: " ", count: width - TerminalSafe.columns(of: name) + 2)
            return TerminalSafe.text(name) + padding + TerminalSafe.text(value) + "\n"
        }.joined()
    }

    private static func head(_ detail: ConsoleDetail, now: WallMicroseconds) -> [(String, String)] {
        let row = detail.row
        let state = row.state.rawValue + (row.since.map { " for \(HumanText.age($0, now: now))" } ?? "")
        let output =
            row.lastOutput.map { "\(HumanText.age($0, now: now)) ago (\(CivilTime.format($0)))" }
            ?? "none yet"
        return [
            ("console", row.name), ("state", state), ("link", detail.link), ("last output", output),
            ("output bytes", OperatorText.grouped(row.outputByteCount)), ("log", detail.log),
        ]
    }

    private static func session(_ session: SessionDetail?) -> [(String, String)] {
        guard let session else { return [] }
        var lines = [("session", session.stage)]
        if let suite = session.cipherSuite { lines.append(("cipher suite", suite)) }
        if let privilege = session.privilege { lines.append(("privilege", privilege)) }
        if let id = session.bmcSessionID { lines.append(("BMC session", "0x" + String(id, radix: 16))) }
        if let toBMC = session.payloadToBMC, let fromBMC = session.payloadFromBMC {
            lines.append(("payload", "\(toBMC) bytes to the BMC, \(fromBMC) from it"))
        }
        return lines
    }

    private static func trouble(_ detail: ConsoleDetail, now: WallMicroseconds) -> [(String, String)] {
        var lines: [(String, String)] = []
        if let owner = detail.owner { lines.append(("SOL held by", owner)) }
        if let error = detail.lastError {
            let age = error.at.map { ", \(HumanText.age($0, now: now)) ago" } ?? ""
            lines.append(
                (
                    "last error",
                    "\(error.code) at \(error.stage)\(age)" + (error.text.isEmpty ? "" : ": \(error.text)")
                )
            )
            lines.append(("remedy", error.remedy))
        }
        if detail.attempts > 0 { lines.append(("attempts", String(detail.attempts))) }
        if let next = detail.nextAttempt {
            lines.append(("next attempt", "in \(max(0, next - now) / 1_000_000)s"))
        }
        return lines
    }

    private static func words(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }
}
