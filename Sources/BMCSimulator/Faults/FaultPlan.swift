// SPDX-License-Identifier: Apache-2.0

/// What goes wrong, when and how often. With the same seed the same datagrams in the same order meet the same fate.
/// Times count from the start of the simulation.
package struct FaultPlan: Equatable, Sendable {
    /// A stretch of time in which no datagram passes in either direction.
    package struct Blackout: Equatable, Sendable {
        package var start: Duration
        package var length: Duration

        package init(start: Duration, length: Duration) {
            self.start = start
            self.length = length
        }
    }

    /// A share of the datagrams that arrives later than the rest, and so out of order.
    package struct LateDelivery: Equatable, Sendable {
        package var fraction: Double
        package var delay: Duration

        package init(fraction: Double, delay: Duration) {
            self.fraction = fraction
            self.delay = delay
        }
    }

    package var seed: UInt64

    // The network, in both directions.
    package var loss = 0.0
    package var duplication = 0.0
    package var late: LateDelivery?
    /// On top of every datagram's way.
    package var delay: Duration = .zero
    package var blackouts: [Blackout] = []

    // The BMC.
    package var rebootAt: [Duration] = []
    package var rebootEvery: Duration?
    /// How long a rebooting BMC is silent.
    package var rebootTakes: Duration = .seconds(1)
    /// Somebody else takes the SOL payload.
    package var theftAt: [Duration] = []
    /// How long the thief keeps it; nil: until somebody deactivates it.
    package var theftHolds: Duration?
    /// From the start a session of somebody else's has the SOL payload.
    package var payloadIsBusy = false
    /// Every session slot is taken.
    package var slotsAreFull = false
    /// The BMC has another password than the console believes.
    package var passwordIsWrong = false
    /// RAKP 2 and 4 come this much later than they could.
    package var rakpDelay: Duration = .zero
    /// This share of SOL packets with characters is refused with a NACK.
    package var inputNACK = 0.0
    /// Of each SOL packet at most this many characters are taken.
    package var inputAcceptAtMost: Int?
    /// This share of answers is followed by rubbish: torn, altered and random datagrams from the BMC's own address.
    package var hostile = 0.0

    // The host.
    package var panicAt: [Duration] = []

    package init(seed: UInt64 = 1) {
        self.seed = seed
    }

    /// True if datagrams pass as they are, so that the links need not look at each.
    var networkIsTransparent: Bool {
        self.loss == 0 && self.duplication == 0 && self.late == nil && self.delay == .zero
            && self.blackouts.isEmpty
            && self.hostile == 0
    }
}
