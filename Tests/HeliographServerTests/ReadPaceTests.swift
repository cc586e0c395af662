// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import HeliographServer

@Suite("The pace of reading a socket")
struct ReadPaceTests {
    /// How many of the reads of one second were followed by a rest, when so many datagrams come with each read.
    private func rests(reads: Int, datagramsEach: Int) -> Int {
        var pace = ReadPace()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        return (0..<reads).filter { index in
            let now = start + .microseconds(Int64(index * 1_000_000 / reads))
            return pace.rest(after: datagramsEach, now: now) != nil
        }.count
    }

    @Test(
        "rests only where many datagrams come one by one",
        arguments: [
            ("quiet", 100, 1, false), ("busy", 2000, 1, true), ("busy, in small batches", 1000, 4, true),
            ("so busy that batches make themselves", 1000, 64, false), ("too busy", 12_000, 1, false),
        ] as [(String, Int, Int, Bool)]
    )
    func load(_ name: String, reads: Int, datagramsEach: Int, isResting: Bool) {
        let rests = self.rests(reads: reads, datagramsEach: datagramsEach)
        // The first windows are needed to see what the load is.
        #expect(isResting ? rests > reads * 8 / 10 : rests == 0, "\(name): \(rests) of \(reads)")
    }

    @Test("does not rest after a silence, whatever came before it")
    func silence() {
        var pace = ReadPace()
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        for _ in 0..<400 {
            now = now + .milliseconds(1)
            _ = pace.rest(after: 2, now: now)
        }
        #expect(pace.rest(after: 1, now: now + .seconds(5)) == nil)
    }
}
