// SPDX-License-Identifier: Apache-2.0

import IPMI

/// A set-up message under way: goes out again with the same contents, so that the BMC can answer from its
/// state.
struct SetupRequest: Sendable {
    /// The tag the answer has to repeat; never 0, which anonymous refusals carry.
    let tag: UInt8
    private let datagram: [UInt8]
    private let retries: [Duration]
    private var transmissions = 1
    private(set) var deadline: MonotonicInstant

    init(
        _ datagram: [UInt8],
        tag: UInt8,
        retries: [Duration],
        _ context: inout SessionContext,
        now: MonotonicInstant
    ) {
        self.tag = tag
        self.datagram = datagram
        self.retries = retries
        self.deadline = now + retries.pause(0)
        context.send(datagram)
    }

    /// The deadline has passed: sends again; false when the retries are used up.
    mutating func timedOut(_ context: inout SessionContext, now: MonotonicInstant) -> Bool {
        guard self.transmissions < self.retries.count else { return false }
        context.counters.retransmissions += 1
        context.send(self.datagram)
        self.deadline = now + self.retries.pause(self.transmissions)
        self.transmissions += 1
        return true
    }
}
