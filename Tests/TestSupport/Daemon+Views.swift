// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `status NAME --json`, as far as tests look at it.
package struct ConsoleStatus: Decodable, Sendable {
    package struct Session: Decodable, Sendable {
        package var stage: String
        package var cipherSuite: String?
        package var privilege: String?
        package var bmcSessionId: UInt32?
    }

    package struct LastError: Decodable, Sendable {
        package var code: String
        package var stage: String
        package var text: String
        package var remedy: String
    }

    package var console: String
    package var state: String
    package var error: String?
    package var session: Session?
    package var lastError: LastError?
    package var owner: String?
    package var counters: [String: UInt64]
}

/// A line of events.jsonl, as far as tests look at it.
package struct EventLine: Decodable, Sendable {
    package var console: String?
    package var event: String
    package var error: String?
}

extension Daemon {
    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    package func status(_ console: String = "sim") async throws -> ConsoleStatus {
        let outcome = try await self.helio("status", console, "--json")
        guard outcome.status == 0 else {
            throw ChildProcess.Failure(description: "status: \(outcome.output)\(outcome.errors)")
        }
        return try Self.decoder.decode([ConsoleStatus].self, from: Data(outcome.output.utf8))[0]
    }

    /// Waits until a console is in a state.
    @discardableResult
    package func wait(
        for state: String,
        of console: String = "sim",
        within limit: Duration = patience
    ) async throws -> ConsoleStatus {
        try await eventually(
            "\(console) is \(state)",
            within: limit,
            every: .milliseconds(50),
            evidence: { self.evidence(console) }
        ) {
            () -> ConsoleStatus? in
            let status = try await self.status(console)
            return status.state == state ? status : nil
        }
    }

    /// Waits until a console's newest error has a code.
    @discardableResult
    package func wait(
        forError code: String,
        of console: String = "sim",
        within limit: Duration = patience
    ) async throws -> ConsoleStatus {
        try await eventually(
            "\(console) fails by \(code)",
            within: limit,
            every: .milliseconds(50),
            evidence: { self.evidence(console) }
        ) {
            () -> ConsoleStatus? in
            let status = try await self.status(console)
            return status.lastError?.code == code ? status : nil
        }
    }

    /// Waits until a console's log has an entry with this text, of this kind.
    package func wait(
        forLog text: String,
        kind: ConsoleLog.Kind = .output,
        of console: String = "sim",
        within limit: Duration = patience
    ) async throws {
        try await eventually(
            "\"\(text)\" in the log",
            within: limit,
            every: .milliseconds(20),
            evidence: { self.evidence(console) }
        ) {
            // Megabytes are searched for bytes first.
            self.logContains(text, of: console)
                && self.log(console).entries.contains { $0.kind == kind && $0.text.contains(text) }
        }
    }

    /// Whether a console's log has these bytes somewhere.
    package func logContains(_ text: String, of console: String = "sim") -> Bool {
        let contents = FileManager.default.contents(atPath: self.logPath(console)) ?? Data()
        return contents.withUnsafeBytes { ByteCollector.contains(Array(text.utf8), in: $0) }
    }

    private func logPath(_ console: String) -> String { self.logDirectory + "/console/\(console).log" }

    /// What is in a console's log now.
    package func log(_ console: String = "sim") -> ConsoleLog {
        ConsoleLog(contentsOf: self.logPath(console))
    }

    package var events: [EventLine] {
        guard let text = try? String(contentsOfFile: self.logDirectory + "/events.jsonl", encoding: .utf8)
        else {
            return []
        }
        return text.split(separator: "\n").compactMap {
            try? Self.decoder.decode(EventLine.self, from: Data($0.utf8))
        }
    }

    /// The end of a console's log and of the daemon's own words, for failures.
    private func evidence(_ console: String) -> String {
        "\(self.log(console).text.suffix(2000))\n\(self.diagnostics.suffix(2000))"
    }
}
