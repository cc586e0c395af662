// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("A fleet", .serialized, .timeLimit(.minutes(3)))
struct FleetTests {
    @Test("200 BMCs come up from cold, and every line of every log is right")
    func fleet() async throws {
        let simulator = try await Simulator.start(
            "--load", "lines=1000", "--load-lines", "50",
            count: 200
        )
        let daemon = try await Daemon.start(.init(simulator))
        try await eventually("all are up", within: .seconds(30), every: .milliseconds(100)) {
            try await daemon.helio("list", "--state", "up", "--json").output.components(separatedBy: "\"console\"").count
                == 201
        }
        try await RobustnessTests.expectComplete(daemon, simulator, lines: 50, within: .seconds(60))
        for name in simulator.names {
            #expect(daemon.log(name).texts(.event).count == 1 && daemon.log(name).texts(.alert) == [], "\(name)")
        }
        #expect(try await daemon.stop() == 0)
        let reports = try await simulator.reports()
        #expect(reports.allSatisfy { !$0.active && $0.sessionsOpened == 1 }, "every session is closed in good order")
    }
}
