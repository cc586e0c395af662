// SPDX-License-Identifier: Apache-2.0

/// Random numbers that are the same for the same seed on every machine (SplitMix64): a failure names its seed,
/// and the seed gives the failure back.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    package init(seed: UInt64) {
        self.state = seed
    }

    /// A generator of its own for each part of a run, so that one part drawing more numbers does not change another.
    package init(seed: UInt64, stream: UInt64) {
        self.state = seed
        let first = self.next()
        self.state = first ^ (stream &* 0x9e37_79b9_7f4a_7c15)
        _ = self.next()
    }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True in `fraction` of the calls. Draws nothing when the answer is certain, so a plan without a fault costs nothing.
    package mutating func chance(_ fraction: Double) -> Bool {
        guard fraction > 0 else { return false }
        guard fraction < 1 else { return true }
        return Double(self.next() >> 11) * 0x1p-53 < fraction
    }
}
