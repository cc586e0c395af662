// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

@Suite("What Heliograph says on a terminal")
struct OperatorTextTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        "counts skipped bytes",
        arguments: [
            (1, "1 byte skipped"), (999, "999 bytes skipped"), (1234, "1,234 bytes skipped"),
            (1_234_567, "1,234,567 bytes skipped"), (0, "0 bytes skipped"),
        ]
    )
    func gap(_ count: Int, words: String) {
        #expect(self.text(OperatorText.gap(byteCount: count)) == "\r\n[heliograph: \(words)]\r\n")
    }

    @Test("fits 80 by 24 with its help, whatever the prefix", arguments: prefixes)
    func helpFits(_ prefix: EscapePrefix) {
        let lines = self.text(OperatorText.help(prefix: prefix)).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        #expect(lines.count <= 24)
        #expect(lines.allSatisfy { $0.count <= 79 })
        for command in EscapeCommand.table {
            #expect(lines.contains { $0.contains(command.help) }, "\(command.help)")
        }
    }

    @Test("fits 80 by 24 with the sysrq keys and says which ask")
    func sysrqFits() {
        let text = self.text(OperatorText.sysrqHelp())
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24)
        #expect(lines.allSatisfy { $0.count <= 79 })
        #expect(text.components("(asks)") == 6)
    }

    @Test("greets with console, mode, company and escape")
    func banner() {
        var banner = AttachBanner(console: "web01", mode: .spectator, prefix: .conserver)
        #expect(
            self.text(OperatorText.banner(banner)) == """
                \r
                [heliograph: web01, spectator (read-only); nobody else here]\r
                [heliograph: escape ^Ec: ^Ec. detaches, ^Ec? helps]\r

                """
        )
        banner.mode = .readWrite
        banner.others = [("bob", .joined), ("carol", .spectator)]
        banner.penRemark = "the pen was taken from bob"
        banner.keyProfile = "off (vt-utf8)"
        banner.trouble = "not connected: no-reply, next attempt in 12s"
        banner.recordsInput = true
        banner.message = ["Maintenance on Friday"]
        #expect(
            self.text(OperatorText.banner(banner)) == """
                \r
                [heliograph: Maintenance on Friday]\r
                [heliograph: web01, read-write; also here: bob (writing), carol]\r
                [heliograph: the pen was taken from bob]\r
                [heliograph: escape ^Ec: ^Ec. detaches, ^Ec? helps; BIOS keys off (vt-utf8)]\r
                [heliograph: what you type here is recorded]\r
                [heliograph: not connected: no-reply, next attempt in 12s]\r

                """
        )
    }

    @Test(
        "says why an attachment ended",
        arguments: [
            (.byOperator, "as you asked"), (.disconnected(by: "root"), "disconnected by root"),
            (.idle(.seconds(90)), "idle for 1m30s"), (.shutdown, "heliographd is stopping"),
            (.moved(to: "web02"), "moving to web02"), (.inputEnded, "your input ended"),
            (.consoleRemoved, "the console was removed from the configuration"),
            (.accessRevoked, "you may no longer attach to it"),
        ] as [(DetachReason, String)]
    )
    func detached(_ reason: DetachReason, words: String) {
        let line = self.text(OperatorText.detached(from: "web01", reason))
        #expect(line == "\r\n[heliograph: detached from web01: \(words)]\r\n")
    }

    @Test("never lets foreign text steer the terminal")
    func harmless() {
        let evil = "a\u{1B}]0;x\u{7}\u{9B}2J\u{202E}\r\nb\u{7F}"
        for bytes in [
            OperatorText.status(evil), OperatorText.message(from: evil, evil), OperatorText.block([evil]),
            OperatorText.block(evil), OperatorText.penTaken(by: evil, prefix: .ssh),
            OperatorText.detached(from: evil, .disconnected(by: evil)),
            OperatorText.banner(AttachBanner(console: evil, mode: .readWrite, prefix: .telnet)),
        ] {
            let lines = self.text(bytes).split(separator: "\r\n").joined()
            // `block` of a text keeps its newlines; they are the only ones.
            #expect(lines.unicodeScalars.allSatisfy(TerminalSafe.isHarmless))
        }
    }

    @Test(
        "makes text harmless and leaves the rest alone",
        arguments: [
            ("plain", "plain"), ("grüße 日本 🙂", "grüße 日本 🙂"), ("a\tb", "a b"), ("\u{1B}[31mred", "?[31mred"),
            ("a\u{85}b", "a?b"), ("\u{200B}\u{FEFF}", "??"), ("", ""),
        ]
    )
    func terminalSafe(_ text: String, safe: String) {
        #expect(TerminalSafe.text(text) == safe)
    }

    @Test(
        "measures text in columns",
        arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("🙂", 2), ("ü", 1), ("", 0)]
    )
    func columns(_ text: String, count: Int) {
        #expect(TerminalSafe.columns(of: text) == count)
    }

    @Test(
        "words durations",
        arguments: [(5, "5s"), (60, "1m"), (90, "1m30s"), (3600, "1h"), (9000, "2h30m"), (90_000, "1d1h")]
    )
    func durations(_ seconds: Int, words: String) {
        #expect(OperatorText.duration(.seconds(seconds)) == words)
    }
}

extension String {
    fileprivate func components(_ part: String) -> Int { self.split(separator: part).count - 1 }
}
