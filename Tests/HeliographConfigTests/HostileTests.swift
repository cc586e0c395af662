// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

/// A small generator that gives the same numbers for the same seed everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        // SplitMix64.
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("A hostile configuration")
struct HostileTests {
    private static let pieces: [String] = [
        "[", "]", "{", "}", ":", ",", "\"", "'", "&a", "*a", "*a : ", "? ", "- ", "|", ">", "#", "\n", "\r",
        "\t", "  ", "!", "!!map ",
        "%", "@", "`", "\u{0}", "\u{FEFF}", "\u{85}", "\u{2028}", "\u{E000}", "[1-99999]",
        "[0-999999999999999999]", "99999999999999999999",
        "-9223372036854775808", "null", "~", "<<: *a", "---", "...", "{console}", "1h", "1TiB", "^", "\\",
        "\\377", "include: c.yaml",
        "name: ", "name: a\nname: a\n", "consoles:\n", "sol: ", "é", "🦊",
    ]

    private func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0...6, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes.removeSubrange(at..<end)
            case 1:
                bytes.insert(
                    contentsOf: Array(bytes[at..<end]),
                    at: Int.random(in: 0...bytes.count, using: &random)
                )
            case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
            default:
                bytes.insert(
                    contentsOf: Array((Self.pieces.randomElement(using: &random) ?? "").utf8),
                    at: at
                )
            }
        }
        return bytes
    }

    @Test("never traps, whatever was done to a good one", arguments: [1, 2, 3, 4] as [UInt64])
    func mutated(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var refused = 0
        for round in 0..<250 {
            var files = Files(["conf.d/i.yaml": "bmc_profiles: { intel: {} }"])
            files.texts["c.yaml"] = self.mutate(Array(fullExample.utf8), &random)
            let result = files.load("c.yaml")
            #expect(
                (result.configuration == nil) == result.diagnostics.contains { $0.severity == .error },
                "seed \(seed), round \(round)"
            )
            if result.hasErrors { refused += 1 }
            for diagnostic in result.diagnostics {
                #expect(!diagnostic.message.isEmpty && diagnostic.message.utf8.allSatisfy { $0 >= 0x20 })
                #expect(diagnostic.position.line >= 1 && diagnostic.position.column >= 1)
            }
        }
        #expect(refused > 100)
    }

    @Test("made of pieces never traps", arguments: [11, 12, 13, 14] as [UInt64])
    func pieces(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for round in 0..<1000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                text += Self.pieces.randomElement(using: &random) ?? ""
            }
            let result = Files.load(text)
            #expect(result.hasErrors == (result.configuration == nil), "seed \(seed), round \(round)")
        }
    }

    @Test("cut off anywhere never traps")
    func truncated() {
        let text = Array(fullExample.utf8)
        for length in stride(from: 0, to: text.count, by: 7) {
            var files = Files([:])
            files.texts["c.yaml"] = Array(text[..<length])
            let result = files.load("c.yaml")
            #expect(result.hasErrors == (result.configuration == nil), "length \(length)")
        }
    }

    @Test("for ten thousand machines is read in reasonable time", .timeLimit(.minutes(1)))
    func fleet() throws {
        let entries = (1...10_000).map {
            "  - { name: n\($0), sol: \"bmc\($0)\", groups: [r\($0 / 40)], note: x }\n"
        }
        let configuration = try #require(Files.load("consoles:\n" + entries.joined()).configuration)
        #expect(configuration.consoles.count == 10_000)
    }

    @Test("may have one hundred thousand consoles, and not one more")
    func limit() throws {
        let half =
            "consoles: [{ name: 'a[1-50000]', sol: 'a[1-50000]' }, { name: 'b[1-500]n[1-100]', sol: 'b[1-500]n[1-100]' }"
        #expect(try #require(Files.load(half + "]").configuration).consoles.count == 100_000)
        #expect(
            Files.diagnostics(half + ", { name: c, sol: c }]") == [
                "c.yaml:1:110: more than 100000 consoles in all"
            ]
        )
    }
}
