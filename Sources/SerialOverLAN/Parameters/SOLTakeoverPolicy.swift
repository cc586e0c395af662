// SPDX-License-Identifier: Apache-2.0

/// What to do when the BMC says that somebody already holds its SOL payload.
///
/// "Ours" means a session of an earlier run or an earlier attempt of this server whose BMC session ID was
/// kept (`SOLParameters.ourPreviousBMCSessionIDs`). Whatever the policy, a session that is taken from us
/// *while it runs* ends as `sol-stolen` and is not taken back at once: two loggers that steal from each other
/// never end.
package enum SOLTakeoverPolicy: String, CaseIterable, Sendable {
    /// Deactivate nobody, not even our own leftover; wait for the BMC's session timeout.
    case never
    /// Deactivate our own leftover only.
    case ifOurs = "if-ours"
    /// Also deactivate a session the BMC itself calls gone: Get Session Info for the owner answers "no such
    /// session". IPMI reports no idle time, so a session that exists counts as alive, and so does one the BMC
    /// refuses to tell about: taking a colleague's BIOS screen away needs `always`.
    case ifIdle = "if-idle"
    /// Deactivate whoever holds it.
    case always
}
