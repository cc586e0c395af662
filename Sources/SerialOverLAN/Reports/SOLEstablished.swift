// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// What was agreed with the BMC when the console came up.
package struct SOLEstablished: Equatable, Sendable {
    package var cipherSuite: UInt8
    package var privilege: PrivilegeLevel
    /// To be kept over restarts: it names our leftover session when this one ends without a word.
    package var bmcSessionID: UInt32
    /// SOL itself is encrypted.
    package var encrypted: Bool
    /// Largest SOL payload, header included, that the BMC takes, as used (not as claimed).
    package var payloadSizeToBMC: Int
    /// Largest SOL payload the BMC says it sends.
    package var payloadSizeFromBMC: Int
    /// The BMC session that held the payload before us and was deactivated.
    package var takenOverFrom: UInt32?
}
