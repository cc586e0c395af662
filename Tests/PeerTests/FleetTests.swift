// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("A fleet", .serialized, .timeLimit(.minutes(3)))
struct FleetTests {
    @Test("200 BMCs come up from cold, and every line of every log is right")
    func fleet() async throws {
        let simulator = try await Simulator.start(
            "--load",
            "lines=1000",
            "--load-lines",
            "50",
            count: 200
        )
        let daemon = try await Daemon.start(.init(simulator))
        try await eventually("all are up", within: .seconds(30), every: .milliseconds(100)) {
            try await daemon.helio("list", "--state", "up", "--json").output.components(
                separatedBy: "\"console\""
            ).count
                == 201
        }
        try await RobustnessTests.expectComplete(daemon, simulator, lines: 50, within: .seconds(60))
        for name in simulator.names {
            let log = daemon.log(name)
            let hasFailed = log.texts(.event).contains { $0.contains("error=") }
            #expect(!hasFailed && log.texts(.alert) == [], "\(name)")
        }
        #expect(try await daemon.stop() == 0)
        try await simulator.wait(for: "a close in good order") { !$0.active && $0.sessionsOpened == 1 }
    }
}
