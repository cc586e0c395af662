// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A session at a glance, for `status` and metrics.
package struct SOLStatus: Equatable, Sendable {
    package var stage: SessionStage
    package var cipherSuite: UInt8?
    package var privilege: PrivilegeLevel?
    package var bmcSessionID: UInt32?
    package var encrypted = false
    package var payloadSizeToBMC: Int?
    package var payloadSizeFromBMC: Int?
    /// Keepalives go unanswered; the session stays for now.
    package var isSuspect = false
    /// The BMC says that the host takes no input.
    package var isHostUnavailable = false
    /// Bytes typed and not yet acknowledged by the BMC.
    package var queuedInputByteCount = 0
    package var counters = SOLCounters()
}

/// What went over the wire since the session began.
package struct SOLCounters: Equatable, Sendable {
    package var packetsToBMC: UInt64 = 0
    package var packetsFromBMC: UInt64 = 0
    package var outputBytes: UInt64 = 0
    package var inputBytes: UInt64 = 0
    /// Packets of ours that were sent more than once.
    package var retransmissions: UInt32 = 0
    /// SOL packets of the BMC that brought nothing new, or came too late.
    package var duplicates: UInt32 = 0
    /// Packets dropped for a wrong AuthCode, length, checksum or protection.
    package var bad: UInt32 = 0
    /// SOL packets left unacknowledged because the log could not take them.
    package var withheld: UInt32 = 0
    package var nacks: UInt32 = 0
    package var overruns: UInt32 = 0
    /// SOL packets of the BMC missing in its numbering: it gave them up, and with them maybe output.
    package var gaps: UInt32 = 0
    package var suppressedBytes: UInt64 = 0

    package init() {}
}
