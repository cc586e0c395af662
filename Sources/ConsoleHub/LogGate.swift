// SPDX-License-Identifier: Apache-2.0

import IPMI

/// What to do with output while the log is behind: first leave it with the BMC (SOL is stop-and-wait, so an
/// acknowledgement withheld is free flow control); after a bound below the BMC's patience (typically 7
/// retries 500 ms apart) take it, acknowledge it and count it as lost, so that the session lives on.
struct LogGate: Sendable {
    /// Output is taken although the log cannot keep it.
    private(set) var isDiscarding = false
    private var behindSince: MonotonicInstant?

    private static let patience: Duration = .milliseconds(2500)

    /// Whether output may be taken now.
    mutating func admits(logHasRoom: Bool, now: MonotonicInstant) -> Bool {
        guard !logHasRoom else {
            self.behindSince = nil
            self.isDiscarding = false
            return true
        }
        let since = self.behindSince ?? now
        self.behindSince = since
        self.isDiscarding = now - since >= Self.patience
        return self.isDiscarding
    }
}
