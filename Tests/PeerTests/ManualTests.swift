// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("The manual", .timeLimit(.minutes(1)))
struct ManualTests {
    /// The repository, found from this file.
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static func pages() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.root + "/man")
            .filter { ("1"..."8").contains(($0 as NSString).pathExtension) }.sorted()
    }

    @Test("passes mandoc's lint")
    func lint() async throws {
        let pages = try Self.pages()
        for page in ["heliographd.8", "helio.1", "heliograph.yaml.5"] { #expect(pages.contains(page)) }
        for page in pages {
            let outcome = try await ChildProcess.run("mandoc", ["-T", "lint", Self.root + "/man/" + page])
            // Our own pages refer to each other before they are installed.
            let complaints = outcome.output.split(separator: "\n").filter {
                !$0.contains("referenced manual not found: Xr helio")
            }
            #expect(complaints == [])
        }
    }

    @Test("has a paragraph for every error code of a session")
    func codes() throws {
        let source = Self.root + "/Sources/SerialOverLAN/Reports/SessionError+Code.swift"
        let text = try String(contentsOfFile: source, encoding: .utf8)
        let codes = text.matches(of: /case [a-zA-Z0-9]+ = "([a-z0-9-]+)"/).map { String($0.output.1) }
        #expect(codes.count > 20)
        let page = try String(contentsOfFile: Self.root + "/man/heliographd.8", encoding: .utf8)
        let trouble = try #require(page.range(of: ".Sh TROUBLESHOOTING"))
        let items = Set(
            page[trouble.upperBound...].split(separator: "\n").filter { $0.hasPrefix(".It ") }
                .flatMap { $0.split(separator: " ").dropFirst().map(String.init) }
        )
        let missing = codes.filter { !items.contains($0) }
        #expect(missing == [])
    }
}
