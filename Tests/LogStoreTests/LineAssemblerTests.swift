// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LogStore

/// Collects lines as `|text` and `+text`.
private struct Lines: LineSink {
    var lines: [String] = []
    var times: [WallTime] = []

    mutating func line(_ text: Span<UInt8>, continues: Bool, at time: WallTime) {
        var bytes: [UInt8] = []
        for index in 0..<text.count { bytes.append(text[index]) }
        lines.append((continues ? "+" : "|") + String(decoding: bytes, as: UTF8.self))
        times.append(time)
    }
}

private func assemble(_ pieces: [[UInt8]]) -> [String] {
    var assembler = LineAssembler()
    var lines = Lines()
    for piece in pieces { assembler.feed(piece.span, at: at(0), into: &lines) }
    assembler.finish(into: &lines)
    return lines.lines
}

@Suite("Line assembler")
struct LineAssemblerTests {
    static let samples: [(name: String, input: String, lines: [String])] = [
        ("CR LF", "one\r\ntwo\r\n", ["|one", "|two"]),
        ("LF alone", "one\ntwo\n", ["|one", "|two"]),
        ("CR CR LF", "one\r\r\ntwo\r\r\n", ["|one", "|two"]),
        ("LF CR", "one\n\rtwo\n\r", ["|one", "|two"]),
        ("blank lines stay", "a\r\n\r\n\nb\n", ["|a", "|", "|", "|b"]),
        ("unfinished at the end", "login: ", ["|login: "]),
        ("progress bar leaves its last state", " 10%\r 50%\r100%\r\n", ["|100%"]),
        ("shorter text leaves the rest of the longer", "abcdef\rxy\n", ["|xycdef"]),
        ("BS moves back", "abx\u{8}c\n", ["|abc"]),
        ("BS stops at the first column", "\u{8}\u{8}ab\n", ["|ab"]),
        ("rubbed out", "passwort\u{8} \u{8}d\n", ["|password"]),
        ("CSI K cuts to the end", "loading...\r\u{1B}[Kdone\n", ["|done"]),
        ("CSI K in the middle", "abcdef\r\u{1B}[3C\u{1B}[K\n", ["|abc"]),
        ("CSI 1 K blanks the beginning", "abcdef\u{1B}[3D\u{1B}[1K\n", ["|    ef"]),
        ("CSI 2 K cuts all and keeps the column", "abc\u{1B}[2Kd\n", ["|   d"]),
        ("CR CSI 2 K", "loading\r\u{1B}[2Kdone\n", ["|done"]),
        ("CSI C and D", "ab\u{1B}[2Cc\u{1B}[3Dx\n", ["|abx c"]),
        ("CSI C without text after it leaves nothing", "ab\u{1B}[70C\n", ["|ab"]),
        ("CSI C beyond every screen", "\u{1B}[9999Cx\n", ["|" + String(repeating: " ", count: 255) + "x"]),
        ("CSI G", "abcdef\u{1B}[2GX\n", ["|aXcdef"]),
        ("sysvinit's status column", "Starting sshd\u{1B}[20G[ ok ]\r\n", ["|Starting sshd      [ ok ]"]),
        ("CSI P, @ and X", "abcdef\r\u{1B}[2P\u{1B}[1@\u{1B}[2C\u{1B}[1X\n", ["| c ef"]),
        ("colours vanish", "\u{1B}[1;31mred\u{1B}[0m plain\u{1B}[m\n", ["|red plain"]),
        ("modes vanish", "\u{1B}[?25l\u{1B}[?2004ha\u{1B}[?25hb\n", ["|ab"]),
        ("private K is not ours", "abc\r\u{1B}[?Kd\n", ["|dbc"]),
        ("OSC with BEL", "a\u{1B}]0;title\u{7}b\n", ["|ab"]),
        ("OSC with ST", "a\u{1B}]0;title\u{1B}\\b\n", ["|ab"]),
        ("DCS", "a\u{1B}P1$r0m\u{1B}\\b\n", ["|ab"]),
        ("Linux palette", "a\u{1B}]P0123456b\u{1B}]Rc\n", ["|abc"]),
        ("an OSC that never ends cannot swallow a line", "a\u{1B}]0;title\r\npanic\n", ["|a", "|panic"]),
        ("a broken CSI neither", "a\u{1B}[12\npanic\n", ["|a", "|panic"]),
        ("CAN ends a sequence", "a\u{1B}[1\u{18}2mb\n", ["|a2mb"]),
        ("character sets vanish", "\u{1B}(B\u{1B})0ab\u{1B}=\u{1B}>c\u{1B}7\u{1B}8\n", ["|abc"]),
        (
            "CSI H begins a row", "\u{1B}[2J\u{1B}[1;1HBoot menu\u{1B}[3;1H1. Disk\u{1B}[4;1H2. Net",
            [
                "|Boot menu", "|1. Disk", "|2. Net",
            ]
        ),
        (
            "CSI f A B d E F J", "1\u{1B}[2f2\u{1B}[A3\u{1B}[B4\u{1B}[5d5\u{1B}[E6\u{1B}[F7\u{1B}[J8\n",
            [
                "|1", "|2", "|3", "|4", "|5", "|6", "|7", "|8",
            ]
        ),
        ("ESC c D E M", "1\u{1B}c2\u{1B}D3\u{1B}E4\u{1B}M5\n", ["|1", "|2", "|3", "|4", "|5"]),
        ("NUL, BEL, VT, FF and DEL vanish", "a\0b\u{7}c\u{B}d\u{C}e\u{7F}f\n", ["|abcdef"]),
        ("TAB stays", "a\tb\r\n", ["|a\tb"]),
        ("UTF-8", "grün ☃ 🚀\r\n", ["|grün ☃ 🚀"]),
        ("overwriting UTF-8 character by character", "äöü\rxy\n", ["|xyü"]),
        ("overwriting ASCII by UTF-8", "abc\rä\n", ["|äbc"]),
        ("BS over UTF-8", "aä\u{8}b\n", ["|ab"]),
        ("C1 in UTF-8 is not obeyed", "a\u{9B}31mb\n", ["|a\\xC2\\x9B31mb"]),
    ]

    static let rawSamples: [(name: String, input: [UInt8], lines: [String])] = [
        ("byte that is never UTF-8", [0x61, 0xFF, 0x62, 0x0A], ["|a\\xFFb"]),
        ("Latin-1", [0x67, 0x72, 0xFC, 0x6E, 0x0A], ["|gr\\xFCn"]),
        ("continuation alone", [0x80, 0x0A], ["|\\x80"]),
        ("overlong slash", [0xC0, 0xAF, 0x0A], ["|\\xC0\\xAF"]),
        ("overlong three bytes", [0xE0, 0x80, 0xAF, 0x0A], ["|\\xE0\\x80\\xAF"]),
        ("surrogate", [0xED, 0xA0, 0x80, 0x0A], ["|\\xED\\xA0\\x80"]),
        ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80, 0x0A], ["|\\xF4\\x90\\x80\\x80"]),
        ("cut by LF", [0xE2, 0x98, 0x0A, 0x61, 0x0A], ["|\\xE2\\x98", "|a"]),
        ("cut by the end", [0x61, 0xE2, 0x98], ["|a\\xE2\\x98"]),
        ("8-bit CSI is not obeyed", [0x9B, 0x33, 0x31, 0x6D, 0x0A], ["|\\x9B31m"]),
    ]

    static let all =
        samples.map { ($0.name, Array($0.input.utf8), $0.lines) }
        + rawSamples.map { ($0.name, $0.input, $0.lines) }

    @Test("makes lines", arguments: all)
    func lines(_ name: String, input: [UInt8], expected: [String]) {
        #expect(assemble([input]) == expected)
    }

    @Test("makes the same lines at every split of the input, and byte by byte", arguments: all)
    func splits(_ name: String, input: [UInt8], expected: [String]) {
        for split in 0...input.count {
            #expect(
                assemble([Array(input[..<split]), Array(input[split...])]) == expected,
                "split at \(split)"
            )
        }
        #expect(assemble(input.map { [$0] }) == expected)
    }

    @Test("stamps a line with the arrival of its first byte")
    func stamps() {
        var assembler = LineAssembler()
        var lines = Lines()
        for (time, text) in [
            (0, "a"), (500, "b\r"), (1_000, "\nc\n"), (1_500, "\u{1B}[0m"), (2_000, "d"), (2_100, "\n"),
        ] {
            assembler.feed(Array(text.utf8).span, at: at(Int64(time)), into: &lines)
        }
        #expect(lines.lines == ["|ab", "|c", "|d"])
        #expect(lines.times == [at(0), at(1_000), at(2_000)])
    }

    @Test("flushes a line after two seconds of silence and continues it")
    func silence() {
        var assembler = LineAssembler()
        var lines = Lines()
        for (time, text) in [
            (0, "login: "), (2_000, "root"), (3_999, "\r\n"), (9_000, "x"), (11_000, "\r\n"), (12_000, "y\n"),
        ] {
            assembler.feed(Array(text.utf8).span, at: at(Int64(time)), into: &lines)
        }
        #expect(lines.lines == ["|login: ", "+root", "|x", "|y"])
    }

    @Test("cuts a line at 4,096 bytes, never inside a character", arguments: [4_095, 4_096, 4_097, 9_000])
    func limit(_ count: Int) {
        let ascii = assemble([Array(repeating: UInt8(ascii: "x"), count: count) + [0x0A]])
        #expect(ascii.map { $0.utf8.count - 1 } == chunks(of: count))
        #expect(ascii.map { $0.prefix(1) } == ["|"] + Array(repeating: "+", count: ascii.count - 1))
        let wide = assemble([Array(String(repeating: "☃", count: count).utf8) + [0x0A]])
        #expect(wide.allSatisfy { $0.utf8.count <= 4_097 && !$0.contains("\u{FFFD}") && !$0.contains("\\x") })
        #expect(wide.reduce(0) { $0 + $1.count - 1 } == count)
    }

    private func chunks(of count: Int) -> [Int] {
        stride(from: 0, to: count, by: 4_096).map { min(4_096, count - $0) }
    }

    @Test("survives random bytes, and each line it makes is one line of valid text")
    func noise() {
        var generator = SplitMix(seed: 42)
        for _ in 0..<200 {
            let input = (0..<2_000).map { _ in
                [0x1B, 0x5B, 0x0D, 0x08, UInt8.random(in: 0...255, using: &generator), 0x33, 0x47, 0x4B]
                    .randomElement(using: &generator) ?? 0
            }
            let whole = assemble([input])
            #expect(whole == assemble(input.map { [$0] }))
            for line in whole {
                #expect(line.utf8.count <= 4_097)
                #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{FFFD}" || $0 == "\t" })
            }
        }
    }

    @Test("holds no memory between lines")
    func idle() {
        var assembler = LineAssembler()
        var lines = Lines()
        assembler.feed(Array("half".utf8).span, at: at(0), into: &lines)
        #expect(assembler.hasPendingLine)
        assembler.feed(Array(" a line\r\n".utf8).span, at: at(0), into: &lines)
        #expect(!assembler.hasPendingLine)
        #expect(MemoryLayout<LineAssembler>.size <= 64)
    }
}

/// A small random generator with a seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
