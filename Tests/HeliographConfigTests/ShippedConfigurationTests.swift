// SPDX-License-Identifier: Apache-2.0

import Foundation
import HeliographConfig
import Testing

@Suite("The configuration that is shipped")
struct ShippedConfigurationTests {
    private func text() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "conf/heliograph.yaml"), encoding: .utf8)
    }

    @Test("loads without a word, and says what the defaults are")
    func asShipped() throws {
        let result = Files.load(try self.text())
        #expect(result.diagnostics.isEmpty)
        #expect(result.configuration == Configuration())
    }

    @Test("loads without a word when everything in it is put to use")
    func uncommented() throws {
        // Text has exactly one space after its "#"; the rest are settings.
        let lines = try self.text().split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.hasPrefix("#"), line != "#" else { return line }
            return line.hasPrefix("# ") && !line.hasPrefix("#  ") ? line : line.dropFirst()
        }
        let result = Files.load(lines.joined(separator: "\n"))
        #expect(result.diagnostics.map(\.description) == [])
        let configuration = try #require(result.configuration)
        #expect(configuration.users.count == 3)
        #expect(configuration.consoles.count == 49)
        #expect(Set(configuration.consoles.map(\.link.kind)) == Set(ConsoleLink.Kind.allCases))
        #expect(configuration.bmcProfiles.count == 3)
        #expect(configuration.notify.count == 3)
        #expect(configuration.http != nil)
    }
}
