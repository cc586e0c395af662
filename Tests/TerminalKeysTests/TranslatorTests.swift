// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

@Suite("The key translator")
struct TranslatorTests {
    private func translator(_ profile: KeyProfile, term: String = "xterm") -> KeyTranslator {
        KeyTranslator(term: term, profile: profile, isOn: true)
    }

    @Test("sends a translated key as one element among the text")
    func elements() {
        var translator = self.translator(.vtUTF8)
        let outputs = translator.receive(keys("ab^[[21~c^[[H"), now: start)
        #expect(outputs == [.send(keys("ab")), .send(keys("^[0")), .send(keys("c")), .send(keys("^[h"))])
    }

    @Test(
        "lets the keys of 2004 be typed by hand, quickly and slowly",
        arguments: (Array("1234567890!@hk+-?/").map { "^[\($0)" })
            + ["^[^M", "^[^H", "^[^I", "^[^J", "^[Xx", "^[Aa", "^[(", "^[^C", "^[^S", "^[R^[r^[R"],
        KeyProfile.builtIn.map(\.name)
    )
    func byHand(_ notation: String, profile: String) throws {
        let bytes = keys(notation)
        let profile = try #require(KeyProfile.named(profile))
        var quick = self.translator(profile)
        #expect(quick.everything(bytes).sent == bytes)
        var slow = self.translator(profile)
        var sent: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            sent += slow.wakeUp(now: .at(index * 400)).sent
            sent += slow.receive([byte], now: .at(index * 400)).sent
        }
        sent += slow.wakeUp(now: .at(10_000)).sent
        #expect(sent == bytes)
    }

    @Test("makes Alt with a letter what Dell takes, and leaves typed codes alone")
    func dellAlt() {
        var translator = self.translator(.dell)
        #expect(translator.everything(keys("^[a")).sent == keys("^[Aa"))
        #expect(translator.everything(keys("^[h")).sent == keys("^[h"))
        #expect(translator.everything(keys("^[A")).sent == keys("^[A"))
        #expect(translator.everything(keys("^[R")).sent == keys("^[R"))
        #expect(translator.everything(keys("^[r")).sent == keys("^[r"))
        var other = self.translator(.vtUTF8)
        #expect(other.everything(keys("^[a")).sent == keys("^[a"))
    }

    @Test("drops a key without a code, and says so once while it is held")
    func dropped() {
        var translator = self.translator(.pcANSI)
        #expect(
            translator.receive(keys("^[[23~"), now: .at(0)) == [
                .hint("pc-ansi has no code for F11: not sent")
            ]
        )
        #expect(translator.receive(keys("^[[23~"), now: .at(30)).isEmpty)
        #expect(
            translator.receive(keys("^[[24~"), now: .at(60)) == [
                .hint("pc-ansi has no code for F12: not sent")
            ]
        )
        #expect(translator.receive(keys("^[[24~"), now: .at(6000)).hints.count == 1)
    }

    @Test(
        "treats modified keys as it is told",
        arguments: [
            (.drop, "^[[21;5~", ""), (.strip, "^[[21;5~", "^[0"), (.pass, "^[[21;5~", "^[[21;5~"),
            (.drop, "^[[Z", ""), (.strip, "^[[Z", "^I"), (.pass, "^[[Z", "^[[Z"),
        ] as [(ModifiedKeyPolicy, String, String)]
    )
    func modified(policy: ModifiedKeyPolicy, input: String, expected: String) {
        var translator = KeyTranslator(term: "xterm", profile: .vtUTF8, isOn: true, modifiedKeys: policy)
        let outputs = translator.everything(keys(input))
        #expect(outputs.sent == keys(expected))
        #expect(outputs.hints.count == (expected.isEmpty ? 1 : 0))
    }

    @Test("gives a held Esc out by itself, and never joins it to the next key")
    func loneEscape() {
        var translator = self.translator(.vtUTF8)
        #expect(translator.receive([0x1B], now: .at(0)).isEmpty)
        #expect(translator.deadline == .at(100))
        #expect(translator.wakeUp(now: .at(100)) == [.send([0x1B])])
        #expect(translator.receive(keys("^[[21~"), now: .at(120)) == [.send(keys("^[0"))])
        #expect(translator.deadline == nil)
    }

    @Test("translates a line feed and Ctrl-H again once Esc is history")
    func escapeThenControl() {
        var translator = self.translator(.grub)
        #expect(translator.everything([0x1B]).sent == [0x1B])
        #expect(translator.receive([0x0A], now: .at(1000)) == [.send([0x0A])])
        #expect(translator.receive([0x0A], now: .at(1100)) == [.send([0x0D])])
        #expect(translator.everything([0x1B]).sent == [0x1B])
        #expect(translator.receive([0x08], now: .at(3000)) == [.send([0x7F])])
    }

    @Test("switches at any time, and gives out what it held first")
    func switching() {
        var translator = self.translator(.vtUTF8)
        #expect(translator.receive(keys("^[["), now: start).isEmpty)
        #expect(translator.use(.pcANSI, now: start) == [.send(keys("^[["))])
        #expect(translator.receive(keys("^[[21~"), now: start) == [.send(keys("^[[V"))])
        #expect(translator.receive([0x1B], now: start).isEmpty)
        #expect(translator.turn(on: false, now: start) == [.send([0x1B])])
        #expect(!translator.isOn)
        #expect(translator.receive(keys("^[[21~"), now: start) == [.send(keys("^[[21~"))])
        #expect(translator.turn(on: true, now: start).isEmpty)
        #expect(translator.use(.st, now: start).isEmpty)
        #expect(translator.receive(keys("^[[P"), now: start) == [.send(keys("^[[X"))])
    }

    @Test("sends keys by name, on or off", arguments: [true, false])
    func byName(isOn: Bool) {
        var translator = KeyTranslator(term: "xterm", profile: .vtUTF8, isOn: isOn)
        #expect(translator.press(.function(11), now: start) == [.send(keys("^[!"))])
        #expect(translator.press(.controlAltDelete, now: start) == [.send(keys("^[R^[r^[R"))])
        #expect(translator.press(KeyName(.character(0x63), .control), now: start) == [.send([0x03])])
        #expect(
            translator.press(.function(13), now: start) == [.hint("vt-utf8 has no code for F13: not sent")]
        )
    }

    @Test("does not reset a host for a key that was merely typed")
    func noReset() {
        for (sequence, term) in [("^[[3;7~", "xterm"), ("^[^[[3^", "rxvt")] {
            var translator = self.translator(.vtUTF8, term: term)
            let outputs = translator.everything(keys(sequence))
            #expect(outputs.sent.isEmpty)
            #expect(
                outputs.hints == ["Ctrl-Alt-Delete would reset the host and is only sent by name: not sent"]
            )
        }
    }

    @Test(
        "never makes the reset sequence of other input",
        arguments: [
            "^[R^[[24~^[r^[[24~^[R", "^[R^[r^[[24~^[R", "^[R^[r^[[200~^[R^[[201~", "^[[200~^[R^[[201~^[r^[R",
            "^[R^[[200~^[[201~^[r^[R",
        ]
    )
    func noAccident(_ input: String) {
        for cut in 0..<keys(input).count {
            var translator = self.translator(.pcANSI)
            var outputs = translator.receive(Array(keys(input)[..<cut]), now: start)
            outputs += translator.everything(Array(keys(input)[cut...]))
            let sent = String(decoding: outputs.sent, as: UTF8.self)
            #expect(!sent.contains("\u{1B}R\u{1B}r\u{1B}R"), "cut at \(cut)")
            #expect(!outputs.hints.isEmpty)
        }
    }

    @Test(
        "lets the reset sequence pass where it was typed",
        arguments: ["", "x", "^[R^[", "^[R", "^[R^[r", "^[[24~"]
    )
    func typedReset(_ before: String) {
        var translator = self.translator(.pcANSI)
        var outputs = translator.everything(keys(before))
        outputs += translator.everything(keys("^[R^[r^[R"))
        #expect(outputs.sent.suffix(6) == ResetGuard.sequence[...])
    }

    @Test("passes unknown keys in the profile xterm")
    func xtermPasses() {
        var translator = self.translator(.xterm)
        #expect(translator.everything(keys("^[[25~")).sent == keys("^[[25~"))
        #expect(translator.everything(keys("^[[11~")).sent == keys("^[OP"))
        #expect(translator.everything(keys("^[Oa")).sent == keys("^[[1;5A"))
        #expect(translator.everything(keys("^[[3;7~")).sent == keys("^[[3;7~"))
    }
}

@Suite("A paste")
struct PasteTests {
    private func paste(_ bytes: [UInt8], after: [UInt8] = []) -> [(at: Duration, bytes: [UInt8])] {
        var translator = KeyTranslator(term: "xterm", profile: .vtUTF8, isOn: true)
        var releases: [(Duration, [UInt8])] = []
        let input = keys("^[[200~") + bytes + keys("^[[201~") + after
        for output in translator.receive(input, now: start) { releases.append((.zero, [output].sent)) }
        while let deadline = translator.deadline {
            for output in translator.wakeUp(now: deadline) {
                releases.append((deadline - start, [output].sent))
            }
        }
        return releases
    }

    @Test("goes out at no more than 100 bytes in 50 ms, whole and in order")
    func pace() {
        let bytes = (0..<1030).map { UInt8(0x20 + $0 % 90) }
        let releases = self.paste(bytes)
        #expect(releases.flatMap(\.bytes) == bytes)
        #expect(releases.count == 11)
        for (index, release) in releases.enumerated() {
            #expect(release.at == .milliseconds(50) * index)
            #expect(release.bytes.count <= 100)
        }
    }

    @Test("is never cut within a character")
    func characters() {
        let bytes = Array(String(repeating: "aø€😀", count: 100).utf8)
        let releases = self.paste(bytes)
        #expect(releases.flatMap(\.bytes) == bytes)
        for release in releases { #expect(String(validating: release.bytes, as: UTF8.self) != nil) }
    }

    @Test("is not translated, and what follows it waits its turn")
    func order() {
        let bytes = keys("^?^J^[[A") + [UInt8](repeating: 0x61, count: 200)
        let releases = self.paste(bytes, after: keys("^[[21~x"))
        #expect(releases.flatMap(\.bytes) == bytes + keys("^[0x"))
        #expect(releases.contains { $0.bytes == keys("^[0") })
    }

    @Test("of bytes that are no text goes out too")
    func binary() {
        let bytes = [UInt8](repeating: 0xC3, count: 350)
        #expect(self.paste(bytes).flatMap(\.bytes) == bytes)
    }

    @Test("keeps its order when translation is switched off meanwhile")
    func switchedOff() {
        var translator = KeyTranslator(term: "xterm", profile: .vtUTF8, isOn: true)
        let bytes = [UInt8](repeating: 0x61, count: 250)
        var outputs = translator.receive(keys("^[[200~") + bytes + keys("^[[201~"), now: start)
        #expect(translator.waitingByteCount == 150)
        outputs += translator.turn(on: false, now: start)
        outputs += translator.everything(keys("^[[A"))
        #expect(outputs.sent == bytes + keys("^[[A"))
        #expect(translator.waitingByteCount == 0)
    }
}
