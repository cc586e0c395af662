// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@testable import SerialOverLAN

@Suite("Liveness")
struct LivenessTests {
    private let timing = SOLTiming()
    private let start = MonotonicInstant.testStart

    private func at(_ seconds: Double) -> MonotonicInstant { self.start + .seconds(1) * seconds }

    /// Lets time pass and writes down what was ordered when.
    private func orders(
        _ liveness: inout Liveness,
        until end: Double,
        limit: Int = 1000
    ) -> [(seconds: Double, order: Liveness.Order)] {
        var orders: [(Double, Liveness.Order)] = []
        while liveness.deadline <= self.at(end), orders.count < limit {
            let now = liveness.deadline
            let order = liveness.timedOut(now: now, self.timing)
            if order != .nothing { orders.append(((now - self.start) / .seconds(1), order)) }
            if case .silent = order { break }
            if order == .forgotten { break }
        }
        return orders
    }

    @Test("asks by the clock, counted from the last answered command")
    func clock() {
        var liveness = Liveness(clockDue: self.at(12), now: self.start)
        #expect(self.orders(&liveness, until: 12).map(\.order) == [.ask])
        liveness.answered(nextIn: .seconds(12), now: self.at(12.1))
        #expect(liveness.deadline == self.at(24.1))
    }

    @Test("asks by the clock although SOL packets keep coming")
    func clockDespiteOutput() {
        var liveness = Liveness(clockDue: self.at(12), now: self.start)
        for second in 1...11 {
            _ = liveness.heard(now: self.at(Double(second)))
            liveness.heardOutput(now: self.at(Double(second)), self.timing)
        }
        #expect(liveness.deadline == self.at(12))
    }

    @Test("asks once when output has stopped for three seconds")
    func silence() {
        var liveness = Liveness(clockDue: self.at(60), now: self.start)
        _ = liveness.heard(now: self.at(1))
        liveness.heardOutput(now: self.at(1), self.timing)
        #expect(self.orders(&liveness, until: 4).map(\.seconds) == [4])
        _ = liveness.heard(now: self.at(4))
        liveness.answered(nextIn: .seconds(12), now: self.at(4))
        #expect(liveness.deadline == self.at(16))
    }

    @Test("is suspicious after two unanswered keepalives and survives a black-out of 30 s")
    func blackout() {
        var liveness = Liveness(clockDue: self.at(3), now: self.start)
        let orders = self.orders(&liveness, until: 33)
        #expect(orders.prefix(3).map(\.seconds) == [3, 4, 6])
        #expect(orders[2].order == .askAndProbe(since: .seconds(6)))
        #expect(!orders.contains { $0.order == .forgotten })
        #expect(liveness.isSuspect)
        #expect(liveness.heard(now: self.at(33)) == .seconds(33))
        #expect(!liveness.isSuspect)
    }

    @Test("gives up when nothing is heard for 50 s")
    func silent() {
        var liveness = Liveness(clockDue: self.at(3), now: self.start)
        let last = self.orders(&liveness, until: 100).last
        #expect((50...52).contains(last?.seconds ?? 0))
        if case .silent? = last?.order {} else { Issue.record("ended with \(String(describing: last))") }
    }

    @Test("notices a BMC that answers probes but not us within 8 s of its last word")
    func forgotten() {
        var liveness = Liveness(clockDue: self.at(3), now: self.start)
        _ = self.orders(&liveness, until: 6)
        liveness.probeAnswered(now: self.at(6.01), self.timing)
        let last = self.orders(&liveness, until: 100).last
        #expect(last?.order == .forgotten)
        #expect((last?.seconds ?? 99) <= 8.1)
    }

    @Test("does not suspect a BMC that sends output but is too busy to answer")
    func busy() {
        var liveness = Liveness(clockDue: self.at(12), now: self.start)
        for tenths in stride(from: 0, to: 600, by: 5) {
            let now = self.at(Double(tenths) / 10)
            _ = liveness.heard(now: now)
            while liveness.deadline <= now {
                let order = liveness.timedOut(now: now, self.timing)
                #expect(order == .ask || order == .nothing)
            }
        }
        #expect(!liveness.isSuspect)
    }
}
