// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// Something worth a line in the console's log or in the event log, and a count.
package enum SOLEvent: Equatable, Sendable {
    /// Host output was lost inside the BMC.
    case overrun
    /// So many SOL packets are missing in the BMC's numbering: it gave them up before one of ours came
    /// through.
    case gap(packets: Int)
    /// The host sent a break.
    case breakDetected
    /// Our break was acknowledged.
    case breakSent
    /// The BMC cannot hand our input to the host: off, or the serial port is switched elsewhere.
    case hostUnavailable
    case hostAvailable
    /// Nothing heard for so long, keepalives unanswered; the session stays.
    case suspect(silentFor: Duration)
    /// Heard again after so long.
    case recovered(silentFor: Duration)
    /// Input that was accepted into the queue and will not be sent, because the session ends or starts
    /// afresh.
    case inputDiscarded(byteCount: Int)
    /// The BMC sent these characters again under a new number; the copy was left out.
    case duplicateSuppressed(byteCount: Int)
    /// A "0 accepted" is from now on read as "all accepted" (see `SOLWorkaround.zeroCountIsAll`): remember
    /// it.
    case zeroCountLearned
    /// The payload is activated anew within the session.
    case reactivating
    /// Another session is deactivated to make room for ours.
    case takingOver(from: UInt32?, ours: Bool)
    case warning(SOLWarning)
}

/// A deviation that does no harm but explains things later.
package enum SOLWarning: Equatable, Sendable {
    /// The capabilities claim no IPMI 2.0; tried all the same.
    case capabilitiesDenyIPMI20
    /// The capabilities say that K_g is set, but none is configured, or the other way round.
    case bmcKeyMismatch(bmcHasKey: Bool)
    /// The capabilities do not admit our kind of user name.
    case userNameKind
    /// The cipher suite was refused and the next one is tried.
    case cipherSuiteRefused(UInt8)
    /// A lower level is used than the configured one.
    case privilegeLowered(PrivilegeLevel)
    /// K_g was refused; logged in without it, as the workaround allows.
    case bmcKeyDropped
    /// The payload size the BMC named is senseless; this one is used.
    case payloadSize(claimed: Int, used: Int)
    /// The activation named another UDP port; ignored.
    case payloadPort(Int)
    /// SOL runs without encryption.
    case unencrypted
    /// A deactivation notice came although the payload is still ours.
    case unfoundedDeactivation
}
