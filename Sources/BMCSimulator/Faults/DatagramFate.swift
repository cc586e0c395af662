// SPDX-License-Identifier: Apache-2.0

/// Decides for one direction of one BMC's network what becomes of each datagram.
struct DatagramFate: Sendable {
    enum Direction: UInt64, Sendable {
        case toBMC = 1
        case fromBMC = 2
    }

    private var generator: SeededGenerator

    init(seed: UInt64, stream: UInt64, direction: Direction) {
        self.generator = SeededGenerator(seed: seed, stream: stream &* 4 &+ direction.rawValue)
    }

    /// How long each copy of the datagram travels; none if it is lost. Draws the same number of times for each
    /// datagram of a plan, so that changing one fraction does not reshuffle the others.
    mutating func copies(_ plan: FaultPlan, elapsed: Duration) -> [Duration] {
        let isLost = self.generator.chance(plan.loss)
        let isDoubled = self.generator.chance(plan.duplication)
        let firstDelay = self.travelTime(plan)
        let secondDelay = self.travelTime(plan)
        guard !isLost, !Self.isBlackedOut(plan, elapsed) else { return [] }
        return isDoubled ? [firstDelay, secondDelay] : [firstDelay]
    }

    private mutating func travelTime(_ plan: FaultPlan) -> Duration {
        guard let late = plan.late, self.generator.chance(late.fraction) else { return plan.delay }
        return plan.delay + late.delay
    }

    private static func isBlackedOut(_ plan: FaultPlan, _ elapsed: Duration) -> Bool {
        plan.blackouts.contains { $0.start <= elapsed && elapsed < $0.start + $0.length }
    }

    /// Rubbish derived from a real datagram: cut, one bit altered, or random bytes of its length.
    mutating func mutilated(_ datagram: [UInt8]) -> [UInt8] {
        guard !datagram.isEmpty else { return [] }
        var copy = datagram
        let position = Int(self.generator.next() % UInt64(datagram.count))
        switch self.generator.next() % 3 {
        case 0: copy.removeLast(datagram.count - position)
        case 1: copy[position] ^= 1 << UInt8(self.generator.next() % 8)
        default: for index in copy.indices { copy[index] = UInt8(truncatingIfNeeded: self.generator.next()) }
        }
        return copy
    }

    mutating func isHostile(_ plan: FaultPlan) -> Bool { self.generator.chance(plan.hostile) }
}
