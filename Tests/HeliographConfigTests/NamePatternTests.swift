// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("A pattern of names")
struct NamePatternTests {
    @Test(
        "stands for its names in order",
        arguments: [
            ("web01", ["web01"]),
            ("web[01-03]", ["web01", "web02", "web03"]),
            ("web[1-3]", ["web1", "web2", "web3"]),
            ("web[08-11]", ["web08", "web09", "web10", "web11"]),
            ("web[098-101]", ["web098", "web099", "web100", "web101"]),
            ("web[01-02,50]", ["web01", "web02", "web50"]),
            ("web[3,1]", ["web3", "web1"]),
            ("a[1-2]b[1-2]", ["a1b1", "a1b2", "a2b1", "a2b2"]),
            ("a[7]", ["a7"]),
            ("a,b[1,2],c", ["a", "b1", "b2", "c"]),
            ("a, b", ["a", "b"]),
            ("[1-2]", ["1", "2"]),
            ("a[00-01]", ["a00", "a01"]),
            ("a[0-1]", ["a0", "a1"]),
        ]
    )
    func expansion(_ text: String, names: [String]) throws {
        let pattern = try NamePattern(parsing: text)
        #expect(pattern.expanded() == names)
        for name in names { #expect(pattern.matches(name, groups: [])) }
        #expect(!pattern.matches("zzz", groups: ["a", "web"]))
    }

    @Test(
        "says so when its names cannot be told without the consoles",
        arguments: ["db*", "web0?", "@web", "a,@web", "a[1-200000]"]
    )
    func unexpandable(_ text: String) throws {
        #expect(try NamePattern(parsing: text).expanded() == nil)
    }

    @Test(
        "matches",
        arguments: [
            ("db*", "db", true), ("db*", "db17", true), ("db*", "xdb", false), ("*db*", "xdbx", true),
            ("*", "anything", true),
            ("web0?", "web01", true), ("web0?", "web0", false), ("web0?", "web011", false),
            ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxbxxcx", false), ("@web", "n1", true), ("@lab", "n1", false),
            ("x,@web", "n1", true),
            ("web[01-40]", "web7", false), ("web[01-40]", "web07", true), ("web[01-40]", "web007", false),
            ("web[01-40]", "web41", false), ("web[1-40]", "web07", false), ("web[08-112]", "web112", true),
            ("web[08-112]", "web012", false), ("n[1-12]3", "n123", true), ("n[1-12]3", "n13", true),
            ("n[1-12]3", "n33", true),
            ("n[1-12]3", "n143", false), ("r[1-2]*", "r2-left", true),
            ("[1-999999999999999999]", "123456789012345678", true),
            ("[1-999999999999999999]", "1234567890123456789", false), ("a[1-2]", "a", false),
            ("a[0-3]", "a0", true),
        ]
    )
    func matching(_ text: String, name: String, expected: Bool) throws {
        #expect(try NamePattern(parsing: text).matches(name, groups: ["web"]) == expected)
    }

    @Test("matches a name exactly when the name is among its expansion")
    func agreement() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            let low = Int.random(in: 0...120, using: &random)
            let high = low + Int.random(in: 0...40, using: &random)
            let padding = Int.random(in: 1...4, using: &random)
            let first = String(repeating: "0", count: max(0, padding - "\(low)".count)) + "\(low)"
            let last = "\(high)"
            guard let pattern = try? NamePattern(parsing: "n[\(first)-\(last)]x") else {
                Issue.record("[\(first)-\(last)] was refused")
                continue
            }
            let names = Set(try #require(pattern.expanded()))
            for number in 0...170 {
                for width in 1...4 {
                    let digits = "\(number)"
                    let name =
                        "n" + String(repeating: "0", count: max(0, width - digits.count)) + digits + "x"
                    #expect(
                        pattern.matches(name, groups: []) == names.contains(name),
                        "[\(first)-\(last)] \(name)"
                    )
                }
            }
        }
    }

    @Test(
        "is refused",
        arguments: [
            "", ",", "a,", ",a", "a,,b", "a[", "a]", "a[]", "a[1", "a[1-]", "a[-1]", "a[1-2-3]", "a[x]",
            "a[1,]", "a[2-1]",
            "a[1-010]", "a[1;2]", "@", "@a b", "@[1]", "a[1234567890123456789]", "a[[1]]", "a[+1]", "a[1 ]",
            String(repeating: "[1]", count: 65), String(repeating: "a", count: 65_537),
        ]
    )
    func refusal(_ text: String) {
        #expect(throws: ValueError.self) { try NamePattern(parsing: text) }
    }

    @Test("with huge ranges takes neither time nor memory", .timeLimit(.minutes(1)))
    func huge() throws {
        let pattern = try NamePattern(parsing: String(repeating: "[1-999999999999999999]", count: 30) + "*")
        #expect(pattern.expanded() == nil)
        #expect(pattern.matches(String(repeating: "1", count: 1000), groups: []))
        #expect(!pattern.matches(String(repeating: "1", count: 2000), groups: []))
    }

    @Test("knows everything from something")
    func everything() throws {
        #expect(try NamePattern(parsing: "*").matchesEverything)
        #expect(try NamePattern(parsing: "a,**").matchesEverything)
        #expect(try !NamePattern(parsing: "a*").matchesEverything)
        #expect(try NamePattern(parsing: "a,@b,@c").groups == ["b", "c"])
    }

    @Test("tells which of its names are not known, within a budget")
    func missing() throws {
        let pattern = try NamePattern(parsing: "a[1-4],b*,c[1-1000]")
        var budget = 100
        #expect(pattern.missingNames(limit: 2, budget: &budget) { $0 == "a2" } == ["a1", "a3"])
        budget = 100
        #expect(pattern.missingNames(limit: 9, budget: &budget) { $0 == "a2" } == ["a1", "a3", "a4"])
        budget = 5000
        #expect(pattern.missingNames(limit: 9, budget: &budget) { $0.hasPrefix("a") }.count == 9)
    }

    @Test("lets no console bear a command's name or one that files and shells would trip over")
    func consoleNames() {
        for verb in ConsoleName.verbs { #expect(ConsoleName.problem(with: verb) != nil) }
        for name in [
            "", ".", "..", "-a", ".a", "a/b", "a b", "a:b", "ä", "a\n", String(repeating: "a", count: 129),
        ] {
            #expect(ConsoleName.problem(with: name) != nil)
        }
        for name in ["a", "web01", "ts1-p4", "9", "_x", "a.b.c", "List"] {
            #expect(ConsoleName.problem(with: name) == nil)
        }
    }
}
