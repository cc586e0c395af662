// SPDX-License-Identifier: Apache-2.0

/// The exit status of a command, the same at both doors.
package enum ExitStatus: UInt8, Equatable, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 64
    case badData = 65
    /// Console or daemon unavailable, or a verb that is not built yet.
    case unavailable = 69
    case notPermitted = 77
}
