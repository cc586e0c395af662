// SPDX-License-Identifier: Apache-2.0

/// How patiently to try again after a session ended.
///
/// The delays here are before jitter (± 25 %, see `ConsoleHub.Reconnector`) and start afresh after a stable
/// minute.
package enum RetryClass: String, CaseIterable, Sendable {
    /// The BMC answers but no longer knows our session: it is up, so there is nothing to wait for.
    case restarted
    /// The session worked and fell silent.
    case lost
    /// Nobody answers.
    case unreachable
    /// No session slot, or somebody else holds the payload: dead sessions need 60 to 90 s to expire.
    case busy
    /// Somebody took the payload from us: no tug of war.
    case stolen
    /// Name, password, K_g or level refused: BMCs lock accounts.
    case credentials
    /// SOL is switched off, or the BMC cannot do what is asked.
    case disabled

    /// The delay after the first failure.
    package var first: Duration {
        switch self {
        case .restarted, .lost: .zero
        case .unreachable: .seconds(1)
        case .busy, .stolen, .credentials: .seconds(60)
        case .disabled: .seconds(300)
        }
    }

    /// No delay is longer than this.
    package var ceiling: Duration {
        switch self {
        case .restarted: .seconds(5)
        case .lost, .unreachable: .seconds(120)
        case .busy: .seconds(300)
        case .credentials: .seconds(900)
        case .stolen: .seconds(1800)
        case .disabled: .seconds(3600)
        }
    }

    /// The delay after so many failures in a row: 1 after the first.
    package func delay(afterFailures failures: Int) -> Duration {
        guard failures > 1 else { return self.first }
        switch self {
        case .restarted, .lost:
            return min(.seconds(1) * Self.doubled(failures - 2), self.ceiling)
        case .busy:
            return min(self.first + .seconds(30) * min(failures - 1, 100), self.ceiling)
        case .unreachable, .stolen, .credentials, .disabled:
            return min(self.first * Self.doubled(failures - 1), self.ceiling)
        }
    }

    private static func doubled(_ times: Int) -> Int { 1 << min(max(times, 0), 16) }
}
