// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import HeliographServer

@Suite("The memory of BMC sessions")
struct SessionMemoryTests {
    private let path = NSTemporaryDirectory() + "heliograph-sessions-\(UInt64.random(in: 0...UInt64.max))"

    private func content() throws -> String { try String(contentsOfFile: self.path, encoding: .utf8) }

    @Test("survives the process, without sessions that were closed")
    func survives() throws {
        defer { try? FileManager.default.removeItem(atPath: self.path) }
        do {
            var memory = SessionMemory(path: self.path)
            memory.remember(7, for: "web01")
            memory.remember(8, for: "web02")
            memory.remember(9, for: "web01")
            memory.remember(nil, for: "web02")
        }
        let again = SessionMemory(path: self.path)
        #expect(again.ids == ["web01": 9])
        #expect(try self.content() == "web01 9\n")
    }

    @Test("passes over torn and foreign lines")
    func torn() throws {
        defer { try? FileManager.default.removeItem(atPath: self.path) }
        try "web01 5\nnonsense\nweb02 x\n\u{0}\u{1}\nweb03 4294967296\nweb04 12".write(
            toFile: self.path,
            atomically: false,
            encoding: .utf8
        )
        let memory = SessionMemory(path: self.path)
        #expect(memory.ids == ["web01": 5, "web04": 12])
    }

    @Test("lasts as long as the process where it cannot be written")
    func unwritable() {
        var memory = SessionMemory(path: "/proc/nowhere/sessions")
        memory.remember(3, for: "web01")
        #expect(memory.ids == ["web01": 3])
    }
}
