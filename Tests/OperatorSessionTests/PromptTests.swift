// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

@Suite("A prompt")
struct PromptTests {
    private func note(_ keys: String) -> SessionHarness {
        var harness = SessionHarness()
        harness.type([0x05, 0x63, 0x6E])
        harness.type(keys)
        return harness
    }

    @Test(
        "edits its line",
        arguments: [
            ("abc\r", "abc"), ("abx\u{7F}c\r", "abc"), ("abx\u{8}c\r", "abc"), ("xyz\u{15}abc\r", "abc"),
            ("abc xyz \u{17}d\r", "abc d"), ("aü\u{7F}b\r", "ab"), ("\u{7F}\u{7F}a\r", "a"), ("日本\r", "日本"),
            ("a\u{1B}[D\u{1B}OHb\r", "ab"), ("a\u{1B}[1;5Db\r", "ab"), ("a\u{1}\u{2}b\t\r", "ab"),
        ]
    )
    func editing(_ keys: String, line: String) {
        let harness = self.note(keys)
        #expect(harness.actions == [.note(line)])
        #expect(harness.sent.isEmpty)
    }

    @Test("shows what is typed and rubs out what is erased")
    func echo() {
        let harness = self.note("ab\u{7F}日\u{7F}\r")
        #expect(harness.shown.hasSuffix("note (Esc cancels): ab\u{8} \u{8}日\u{8} \u{8}\u{8} \u{8}\r\n"))
    }

    @Test("is cancelled by Enter alone, ^C and ^G", arguments: ["\r", "\u{3}", "abc\u{3}", "abc\u{7}"])
    func cancelling(_ keys: String) {
        let harness = self.note(keys)
        #expect(harness.actions.isEmpty)
        #expect(harness.shown.hasSuffix("[heliograph: cancelled]\r\n"))
        #expect(!harness.session.isPrompting)
    }

    @Test("is cancelled by a lone Esc after a moment")
    func escape() {
        var harness = self.note("abc\u{1B}")
        #expect(harness.session.isPrompting)
        #expect(harness.session.deadline == harness.now + LinePrompt.escapePatience)
        harness.pass(LinePrompt.escapePatience)
        #expect(!harness.session.isPrompting)
        harness.type("ls\r")
        #expect(harness.sent == Array("ls\r".utf8))
        #expect(harness.actions.isEmpty)
    }

    @Test("is cancelled by Esc at once when something else follows, which goes to the console")
    func escapeThenText() {
        let harness = self.note("abc\u{1B}ls\r")
        #expect(harness.sent == Array("ls\r".utf8))
        #expect(harness.actions.isEmpty)
    }

    @Test("takes a bounded line and rings the bell beyond")
    func bounded() {
        let text = String(repeating: "x", count: LinePrompt.maximumLength)
        let harness = self.note(text + "yz\r")
        #expect(harness.actions == [.note(text)])
        #expect(harness.shown.contains("\u{7}\u{7}"))
    }

    @Test("hands on nothing that steers a terminal")
    func harmless() {
        let harness = self.note("a\u{9B}31m\u{202E}b\r")
        #expect(harness.actions == [.note("a?31m?b")])
    }

    @Test(
        "changes the prefix to keys pressed, to a preset or to what the configuration would take",
        arguments: [
            ([0x18, 0x18], "^X^X"), (Array("conman".utf8), "&"), (Array("^Ez".utf8), "^Ez"), ([0x1D], "^]"),
            (Array("&x".utf8) + [0x7F], "&"), ([0x03], "^C"),
        ] as [([UInt8], String)]
    )
    func prefix(_ keys: [UInt8], name: String) {
        var harness = SessionHarness(.telnet)
        harness.type([0x1D, 0x65] + keys + [0x0D])
        #expect(harness.session.prefix.name == name)
        #expect(harness.shown.contains("escape is now \(name) "))
        harness.type(harness.session.prefix.bytes + [0x2E])
        #expect(harness.actions.last == .detach)
    }

    @Test("keeps the prefix when the new one is impossible")
    func impossiblePrefix() {
        var harness = SessionHarness()
        harness.type([0x05, 0x63, 0x65] + Array("é\r".utf8))
        #expect(harness.session.prefix == .conserver)
        #expect(harness.actions.isEmpty)
        #expect(harness.shown.contains("escape unchanged: an escape prefix consists of ASCII keys"))
    }
}
