// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("The demonstration", .serialized, .timeLimit(.minutes(1)))
struct DemoTests {
    @Test("prints a line that attaches, and leaves nothing behind")
    func demo() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let scratch = try ScratchDirectory()
        let programs = (try Programs.path("heliographd") as NSString).deletingLastPathComponent
        let demo = try ChildProcess(
            root.appendingPathComponent("conf/demo").path,
            [programs],
            environment: [
                "DEMO_PORT": String(try Ports.free(kind: .tcp)),
                "DEMO_BMC_PORT": String(try Ports.free(3, kind: .udp)), "TMPDIR": scratch.path,
            ]
        )
        try await demo.output.wait(for: "Ctrl-C here ends the demonstration")
        let line = try #require(
            demo.output.text.split(separator: "\n").first { $0.contains("demo:sim3@") }
        )
        let words = line.split(separator: " ").map(String.init)
        let terminal = try Terminal()
        let client = try ChildProcess(
            words[0],
            ["-F", "/dev/null", "-tt"] + words.dropFirst(),
            input: .terminal(terminal)
        )
        try await terminal.output.wait(for: "[heliograph: sim3, ")
        try await terminal.output.wait(for: "helps]")
        let mark = terminal.output.count
        // It may still be connecting; what is typed then goes nowhere.
        try await eventually("a login", every: .milliseconds(300), evidence: { terminal.output.text }) {
            terminal.type("\r")
            return terminal.output.contains("sim3 login: ", from: mark)
        }
        demo.signal(SIGINT)
        #expect(try await demo.waitForExit() == 0)
        try await client.waitForExit()
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(left == [])
    }
}
