// SPDX-License-Identifier: Apache-2.0

/// Where a session is, or where it failed: the states of `SOLSession` in operators' words.
package enum SessionStage: String, CaseIterable, Sendable {
    case idle
    /// Get Channel Authentication Capabilities, and the cipher suite list when it is needed.
    case probe
    /// Open Session.
    case open
    /// RAKP 1 and 2: name and password.
    case rakp1
    /// RAKP 3 and 4: proof and K_g.
    case rakp3
    /// Set Session Privilege Level.
    case privilege
    /// Who holds the SOL payload?
    case owner
    /// Deactivate Payload, to take it over.
    case release
    /// Activate Payload.
    case activate
    /// The console works.
    case console
    /// Deactivate Payload, to leave.
    case releasing
    /// Close Session.
    case closing
    case ended
}
