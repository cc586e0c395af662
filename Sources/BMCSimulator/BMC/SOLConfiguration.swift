// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// How a simulated BMC does Serial over LAN: sizes, retries and the habits of firmware families.
package struct SOLConfiguration: Equatable, Sendable {
    /// What happens to a packet when all retries are used up.
    package enum Exhaustion: String, Equatable, Sendable, CaseIterable {
        /// The specification: the characters are lost.
        case drop
        /// OpenBMC: the same characters again under the next number.
        case renumber
    }

    /// What happens when the host prints more than the buffer holds.
    package enum Overflow: String, Equatable, Sendable, CaseIterable {
        /// The host is held by hardware flow control.
        case hold
        /// Characters are lost; the next packet says so by the overrun bit.
        case overrun
    }

    /// What happens to output while nobody has the payload.
    package enum WhileDetached: String, Equatable, Sendable, CaseIterable {
        case discard
        /// Goes into the buffer, under the rule of `Overflow`.
        case keep
        /// The host is held: not a character before somebody listens.
        case hold
    }

    /// How the loser of the payload learns of it.
    package enum TheftNotice: String, Equatable, Sendable, CaseIterable {
        /// The status bit "SOL deactivating" in a packet without characters.
        case deactivatingBit = "bit"
        /// A SOL Activating request (OpenBMC).
        case solActivating = "request"
        /// Not at all (ipmi_sim, Supermicro X8, Dell R610).
        case silent
    }

    /// Parameter 1.
    package var isEnabled = true
    /// Parameter 2.
    package var forcesEncryption = false
    package var forcesAuthentication = false
    package var minimumPrivilege = PrivilegeLevel.user
    /// Parameter 3: how long a partly filled packet waits for more, and how many characters end the wait. Zero: at once.
    package var accumulateInterval: Duration = .zero
    package var sendThreshold = 96
    /// Parameter 4.
    package var retryCount = 7
    package var retryInterval: Duration = .milliseconds(500)
    /// Parameters 5 and 6: 0Ah is 115,200 bit/s.
    package var bitRate: UInt8 = 0x0A

    /// Largest payload the BMC sends, and what it says it accepts; four bytes of header included.
    package var outboundSize = 255
    package var inboundSize = 255
    package var exhaustion = Exhaustion.drop
    /// A retransmission carries what was printed since, too (ipmi_sim).
    package var growsRetries = false
    /// Input and its number must be the next; anything else is dropped without an answer (OpenBMC).
    package var isStrictAboutInput = false
    /// Of each packet at most this many characters are taken.
    package var acceptAtMost: Int?
    package var bufferCapacity = 16 * 1024
    package var overflow = Overflow.hold
    package var whileDetached = WhileDetached.discard
    package var theftNotice = TheftNotice.deactivatingBit

    package init() {}

    /// Characters in a full packet: one byte counts them.
    var charactersPerPacket: Int { max(1, min(255, self.outboundSize - 4)) }
}
