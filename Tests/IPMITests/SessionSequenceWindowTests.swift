// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Session sequence window")
struct SessionSequenceWindowTests {
    typealias Step = (number: UInt32, verdict: SessionSequenceWindow.Verdict)

    @Test(
        "lets each number in once",
        arguments: [
            ("in order", true, [(1, .accepted), (2, .accepted), (3, .accepted)]),
            ("any first number", true, [(4_000_000_000, .accepted), (4_000_000_001, .accepted)]),
            ("repeat of the newest", true, [(5, .accepted), (5, .duplicate)]),
            ("late, once", true, [(5, .accepted), (3, .accepted), (3, .duplicate), (5, .duplicate)]),
            ("skipped numbers", true, [(1, .accepted), (3, .accepted), (5, .accepted), (4, .accepted)]),
            ("64 behind", true, [(100, .accepted), (36, .accepted), (36, .duplicate), (35, .tooOld)]),
            ("jump by 63", true, [(1, .accepted), (64, .accepted), (1, .duplicate), (63, .accepted)]),
            ("jump by 64", true, [(1, .accepted), (65, .accepted), (1, .duplicate), (2, .accepted)]),
            ("jump by 65", true, [(1, .accepted), (66, .accepted), (1, .tooOld), (2, .accepted)]),
            ("far ahead when signed", true, [(1, .accepted), (2_000_000_000, .accepted)]),
            ("far ahead when unsigned", false, [(1, .accepted), (4097, .accepted), (8194, .tooFarAhead)]),
            (
                "refused number is not remembered", false,
                [(1, .accepted), (9999, .tooFarAhead), (2, .accepted)]
            ),
            ("wrap", true, [(.max, .accepted), (1, .accepted), (.max, .duplicate), (2, .accepted)]),
            ("late across the wrap", true, [(.max - 1, .accepted), (2, .accepted), (.max, .accepted)]),
            ("zero", true, [(0, .zero), (1, .accepted), (0, .zero)]),
        ] as [(String, Bool, [Step])]
    )
    func verdicts(_ name: String, isAuthenticated: Bool, steps: [Step]) {
        var window = SessionSequenceWindow(isAuthenticated: isAuthenticated)
        for step in steps {
            let verdict = window.accept(step.number)
            #expect(verdict == step.verdict, "\(name): \(step.number)")
        }
    }

    @Test("agrees with a plain set of numbers")
    func againstModel() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("sequence window, seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var window = SessionSequenceWindow(isAuthenticated: true)
        var seen: Set<UInt32> = []
        var highest: UInt32 = 0
        for _ in 0..<20_000 {
            let low = highest > 80 ? highest - 80 : 1
            let number = UInt32.random(in: low...highest + 12, using: &generator)
            let expected: SessionSequenceWindow.Verdict =
                number + 64 < highest ? .tooOld : seen.contains(number) ? .duplicate : .accepted
            let verdict = window.accept(number)
            #expect(verdict == expected)
            if expected == .accepted {
                seen.insert(number)
                highest = max(highest, number)
            }
        }
    }

    @Test("counts our own packets from 1 and leaves 0 out")
    func counter() {
        var counter = SessionSequenceCounter()
        let numbers = (0..<3).map { _ in counter.next() }
        #expect(numbers == [1, 2, 3])
        counter = SessionSequenceCounter(last: .max)
        let afterWrap = counter.next()
        #expect(afterWrap == 1)
    }
}
