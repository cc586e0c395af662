// SPDX-License-Identifier: Apache-2.0

/// Something that was waited for did not come.
package struct TimedOut: Error, CustomStringConvertible {
    package var what: String
    package var limit: Duration
    package var evidence: String

    package var description: String {
        "not within \(self.limit): \(self.what)" + (self.evidence.isEmpty ? "" : "\n\(self.evidence)")
    }
}

/// How long a test waits for anything that should come at once. Generous: the machine may be busy.
package let patience: Duration = .seconds(20)

/// The one way tests wait: asks again and again, at an interval that is longer where asking is work, until it holds.
/// `evidence` is shown when it never does.
package func eventually(
    _ what: String,
    within limit: Duration = patience,
    every interval: Duration = .milliseconds(10),
    evidence: () -> String = { "" },
    _ holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await holds() { return }
        guard ContinuousClock.now < deadline else {
            throw TimedOut(what: what, limit: limit, evidence: evidence())
        }
        try await Task.sleep(for: interval)
    }
}

/// Waits until there is a value.
package func eventually<Value>(
    _ what: String,
    within limit: Duration = patience,
    every interval: Duration = .milliseconds(10),
    evidence: () -> String = { "" },
    _ value: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await eventually(what, within: limit, every: interval, evidence: evidence) {
        found = try await value()
        return found != nil
    }
    guard let found else { throw TimedOut(what: what, limit: limit, evidence: evidence()) }
    return found
}
