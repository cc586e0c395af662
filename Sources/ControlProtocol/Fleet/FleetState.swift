// SPDX-License-Identifier: Apache-2.0

/// Where a console stands, in one word: `list --state`, the STATE column, the JSON field `state`.
package enum FleetState: String, CaseIterable, Sendable {
    /// Connected; output is recorded.
    case up
    /// Connected, but the BMC has gone silent and we are finding out why.
    case suspect
    /// Being connected for the first time or after a loss.
    case connecting
    /// Cannot be connected; tried again with growing pauses.
    case down
    /// Somebody else holds the SOL session, and the take-over policy leaves it to them.
    case held
    /// Given away with `down` until `up`.
    case released
}
