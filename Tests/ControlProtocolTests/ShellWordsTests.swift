// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Testing

@Suite("A command line from ssh")
struct ShellWordsTests {
    @Test(
        "is split as a shell would, without expansions",
        arguments: [
            ("", []), ("   ", []), ("list", ["list"]), ("  list   --json ", ["list", "--json"]),
            ("a\tb\nc", ["a", "b", "c"]), ("'a b'", ["a b"]), ("\"a b\"", ["a b"]), ("a\\ b", ["a b"]),
            ("a'b c'd", ["ab cd"]), ("''", [""]), ("\"\"", [""]), ("a '' b", ["a", "", "b"]),
            ("'db*'", ["db*"]), ("web[01-40,50]", ["web[01-40,50]"]), ("'a\\b'", ["a\\b"]),
            ("\"a\\b\"", ["a\\b"]), ("\"a\\\"b\"", ["a\"b"]), ("\"a\\\\b\\$c\\`\"", ["a\\b$c`"]),
            ("'it'\\''s'", ["it's"]), ("$HOME `x` a;b|c", ["$HOME", "`x`", "a;b|c"]), ("a\\\nb", ["ab"]),
            ("\"a\\\nb\"", ["ab"]), ("grüße '日 本'", ["grüße", "日 本"]), ("\\\\", ["\\"]),
        ] as [(String, [String])]
    )
    func splitting(_ line: String, words: [String]) throws {
        #expect(try ShellWords.split(line) == words)
    }

    @Test(
        "is refused when a shell would ask for more",
        arguments: [
            ("'a", .unclosed("'")), ("a 'b' \"c", .unclosed("\"")), ("a\\", .trailingBackslash),
            ("\"a\\\"", .unclosed("\"")), ("\"a\\", .unclosed("\"")),
        ] as [(String, ShellWordsError)]
    )
    func refusal(_ line: String, error: ShellWordsError) {
        #expect(throws: error) { try ShellWords.split(line) }
        #expect(throws: UsageError("\(error)", hint: "quote as in a shell")) {
            try CommandParser.parse(line: line)
        }
    }

    @Test("comes back from quoting unchanged", arguments: Array(1...40) as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            String(
                decoding: (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    UInt8.random(in: 1...126, using: &random)
                },
                as: UTF8.self
            )
        }
        let quoted = words.map { word in
            "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                + "'"
        }
        #expect(try ShellWords.split(quoted.joined(separator: " ")) == words, "seed \(seed)")
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
