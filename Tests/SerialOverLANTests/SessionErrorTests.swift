// SPDX-License-Identifier: Apache-2.0

import SerialOverLAN
import Testing

@Suite("A session error")
struct SessionErrorTests {
    @Test("has a remedy of one line for every code", arguments: SessionError.Code.allCases)
    func remedy(_ code: SessionError.Code) {
        #expect(code.remedy.count > 20)
        #expect(code.remedy.hasSuffix("."))
        #expect(!code.remedy.contains("\n"))
    }

    @Test("has a code that can be typed and searched for", arguments: SessionError.Code.allCases)
    func code(_ code: SessionError.Code) {
        #expect(code.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
    }

    @Test("says code, stage and detail")
    func description() {
        #expect("\(SessionError(.noReply, stage: .probe))" == "no-reply (probe)")
        #expect("\(SessionError(.solLimit, stage: .activate, detail: "why"))" == "sol-limit (activate): why")
    }

    @Test(
        "is tried again with patience",
        arguments: [
            (.restarted, [0, 1, 2, 4, 5, 5]),
            (.lost, [0, 1, 2, 4, 8, 16]),
            (.unreachable, [1, 2, 4, 8, 16, 32]),
            (.busy, [60, 90, 120, 150, 180, 210]),
            (.stolen, [60, 120, 240, 480, 960, 1800]),
            (.credentials, [60, 120, 240, 480, 900, 900]),
            (.disabled, [300, 600, 1200, 2400, 3600, 3600]),
        ] as [(RetryClass, [Int])]
    )
    func delays(_ retry: RetryClass, seconds: [Int]) {
        #expect((1...6).map { retry.delay(afterFailures: $0) } == seconds.map { .seconds($0) })
        #expect(retry.delay(afterFailures: 100_000) == retry.ceiling)
        #expect(retry.delay(afterFailures: 0) == retry.first)
    }

    @Test("does not start a tug of war over a stolen console")
    func stolen() {
        #expect(SessionError.Code.solStolen.retry == .stolen)
        #expect(RetryClass.stolen.first >= .seconds(60))
    }
}

@Suite("A workaround")
struct WorkaroundTests {
    @Test("has a name that can be configured", arguments: SOLWorkaround.allCases)
    func name(_ workaround: SOLWorkaround) {
        #expect(SOLWorkaround(rawValue: workaround.rawValue) == workaround)
        #expect(workaround.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
    }

    @Test("is never both automatic and a loss of protection")
    func protection() {
        #expect(SOLWorkaround.allCases.filter { $0.isAutomatic && $0.weakensProtection }.isEmpty)
    }
}
