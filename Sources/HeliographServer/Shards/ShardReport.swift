// SPDX-License-Identifier: Apache-2.0

import ConsoleHub

/// What a shard tells the supervisor: rare things, never a packet. Bounded by the rate of state changes.
enum ShardReport: Sendable {
    case stateChanged(console: String, from: ConsoleState, to: ConsoleState)
    /// The BMC session ID to keep over restarts; nil: closed in good order.
    case bmcSession(console: String, id: UInt32?)
    /// Nobody answers at the address: resolve the name again.
    case resolveAddress(console: String)
}
