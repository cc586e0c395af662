// SPDX-License-Identifier: Apache-2.0

import IPMI
import SerialOverLAN
import Testing

@testable import ConsoleHub

@Suite("The reconnector")
struct ReconnectorTests {
    private let start = MonotonicInstant.now

    /// The wait after each of so many failures, seen from the moment of the failure.
    private func waits(_ retry: RetryClass, count: Int, seed: UInt64) -> [Duration] {
        var reconnector = Reconnector(seed: seed)
        var now = self.start
        reconnector.open()
        return (0..<count).map { _ in
            reconnector.loginBegan()
            reconnector.failed(retry, now: now)
            let wait = reconnector.deadline.map { $0 - now } ?? .zero
            now += wait
            reconnector.timedOut(now: now)
            #expect(reconnector.phase == .due)
            return wait
        }
    }

    @Test(
        "waits from about 1 s to 120 s for a BMC that does not answer, spread by a quarter",
        arguments: 0..<10
    )
    func unreachable(seed: UInt64) {
        let waits = self.waits(.unreachable, count: 12, seed: seed)
        for (index, wait) in waits.enumerated() {
            let nominal = min(Duration.seconds(1) * (1 << min(index, 7)), .seconds(120))
            #expect(
                wait >= nominal * 0.75 && wait <= nominal * 1.25,
                "failure \(index + 1), seed \(seed): \(wait)"
            )
        }
    }

    @Test("tries at once after the first loss")
    func lost() {
        var reconnector = Reconnector(seed: 1)
        reconnector.open()
        reconnector.loginBegan()
        reconnector.established(now: self.start)
        reconnector.failed(.lost, now: self.start + .seconds(5))
        #expect(reconnector.phase == .due)
    }

    @Test("forgets failures only after a stable minute", arguments: [(59, 4), (60, 1)])
    func stability(seconds: Int, failures: Int) {
        var reconnector = Reconnector(seed: 1)
        reconnector.open()
        for _ in 0..<3 {
            reconnector.loginBegan()
            reconnector.failed(.unreachable, now: self.start)
            reconnector.timedOut(now: self.start + .seconds(200))
        }
        reconnector.loginBegan()
        reconnector.established(now: self.start)
        reconnector.failed(.unreachable, now: self.start + .seconds(seconds))
        #expect(reconnector.failures == failures)
    }

    @Test("skips the wait when somebody hurries it, at most every 5 s")
    func hurry() {
        var reconnector = Reconnector(seed: 1)
        reconnector.open()
        reconnector.loginBegan()
        reconnector.failed(.credentials, now: self.start)
        reconnector.hurry(now: self.start + .seconds(1))
        #expect(reconnector.phase == .due)
        reconnector.loginBegan()
        reconnector.failed(.credentials, now: self.start + .seconds(2))
        reconnector.hurry(now: self.start + .seconds(3))
        #expect(reconnector.deadline != nil)
        reconnector.hurry(now: self.start + .seconds(7))
        #expect(reconnector.phase == .due)
    }

    @Test("wants nothing after close, whatever comes late")
    func close() {
        var reconnector = Reconnector(seed: 1)
        reconnector.open()
        reconnector.loginBegan()
        reconnector.close()
        reconnector.failed(.lost, now: self.start)
        reconnector.timedOut(now: self.start + .seconds(1000))
        reconnector.hurry(now: self.start + .seconds(1000))
        #expect(reconnector.phase == .idle && reconnector.deadline == nil)
    }
}

@Suite("The fleet's pace")
struct TokenBucketTests {
    @Test("lets a burst through, then the rate")
    func pace() {
        let start = MonotonicInstant.now
        var bucket = TokenBucket(rate: 10, burst: 5, now: start)
        func taken(at seconds: Double) -> Int {
            (0..<100).filter { _ in bucket.take(now: start + .milliseconds(Int(seconds * 1000))) }.count
        }
        expect(taken(at: 0), is: 5)
        expect(taken(at: 0.05), is: 0)
        expect(taken(at: 0.1), is: 1)
        expect(taken(at: 0.45), is: 3)
        expect(taken(at: 0.5), is: 1)
        expect(taken(at: 100), is: 5)
    }

    @Test("has no limit at rate 0")
    func unlimited() {
        let start = MonotonicInstant.now
        var bucket = TokenBucket(rate: 0, burst: 1, now: start)
        let granted = (0..<1000).filter { _ in bucket.take(now: start) }.count
        #expect(granted == 1000)
    }
}

@Suite("The timer wheel")
struct TimerWheelTests {
    @Test("fires every deadline once, never early and at most a tick late", arguments: 0..<10)
    func deadlines(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let start = MonotonicInstant.now
        var wheel = TimerWheel(tick: .milliseconds(50), slots: 16, start: start)
        var due: [Int: MonotonicInstant] = [:]
        for id in 0..<200 {
            let deadline = start + .milliseconds(Int.random(in: 1...5000, using: &generator))
            due[id] = deadline
            wheel.set(id, at: wheel.tickNumber(of: deadline))
        }
        var now = start
        while now < start + .seconds(6) {
            now += .milliseconds(Int.random(in: 10...120, using: &generator))
            wheel.advance(to: now) { id, _ in
                guard let deadline = due.removeValue(forKey: id) else {
                    Issue.record("\(id) fired twice, seed \(seed)")
                    return
                }
                #expect(now >= deadline && now - deadline <= .milliseconds(50 + 120), "seed \(seed)")
            }
        }
        #expect(due.isEmpty, "seed \(seed)")
    }

    @Test("fires everything after the machine slept for longer than a turn")
    func slept() {
        let start = MonotonicInstant.now
        var wheel = TimerWheel(tick: .milliseconds(50), slots: 8, start: start)
        for id in 0..<20 { wheel.set(id, at: wheel.tickNumber(of: start + .milliseconds(100 * id + 1))) }
        var fired: Set<Int> = []
        wheel.advance(to: start + .seconds(3600)) { id, _ in fired.insert(id) }
        #expect(fired == Set(0..<20))
    }
}

@Suite("The gate before the log")
struct LogGateTests {
    @Test("leaves output with the BMC for 2.5 s, then takes and counts it, and recovers")
    func patience() {
        let start = MonotonicInstant.now
        var gate = LogGate()
        expect(gate.admits(logHasRoom: true, now: start), is: true)
        expect(gate.admits(logHasRoom: false, now: start), is: false)
        expect(gate.admits(logHasRoom: false, now: start + .milliseconds(2499)), is: false)
        expect(gate.admits(logHasRoom: false, now: start + .milliseconds(2500)), is: true)
        #expect(gate.isDiscarding)
        expect(gate.admits(logHasRoom: true, now: start + .seconds(3)), is: true)
        #expect(!gate.isDiscarding)
        expect(gate.admits(logHasRoom: false, now: start + .seconds(4)), is: false)
    }
}

@Suite("The fields of an event line")
struct LogFieldsTests {
    @Test(
        "are quoted so that a line stays one line and cannot be forged",
        arguments: [
            ("plain", "a k=plain"), ("", "a k=\"\""), ("two words", "a k=\"two words\""),
            ("a=b", "a k=\"a=b\""), ("say \"hi\"", "a k=\"say \\\"hi\\\"\""), ("x\ny", "a k=\"x?y\""),
            ("\u{1b}[2J", "a k=\"?[2J\""), ("back\\slash x", "a k=\"back\\\\slash x\""),
        ]
    )
    func quoting(value: String, expected: String) {
        #expect(String(decoding: LogFields("a").with("k", value).bytes, as: UTF8.self) == expected)
    }
}
