// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

@Suite("The decoder of an operator's terminal")
struct DecoderTests {
    @Test(
        "takes apart",
        arguments: [
            ("plain text", "hello", [.text(keys("hello"))]),
            (
                "text around a key", "a^[[Ab",
                [.text(keys("a")), .key(.up, bytes: keys("^[[A")), .text(keys("b"))]
            ),
            (
                "keys in a row", "^[OP^[[11~",
                [.key(.function(1), bytes: keys("^[OP")), .key(.function(1), bytes: keys("^[[11~"))]
            ),
            ("Linux F keys", "^[[[Ex", [.key(.function(5), bytes: keys("^[[[E")), .text(keys("x"))]),
            ("PuTTY's F12", "^[O[x", [.key(.function(12), bytes: keys("^[O[")), .text(keys("x"))]),
            ("Backspace", "a^?", [.text(keys("a")), .key(.backspace, bytes: [0x7F])]),
            ("Ctrl-H", "^H", [.key(.backspace, bytes: [0x08])]),
            ("line feed of a keypad", "^J", [.key(.keypad(.enter), bytes: [0x0A])]),
            ("Enter and Tab as text", "^M^I", [.text([0x0D, 0x09])]),
            ("konsole's Ctrl-F1", "^[O5P", [.key(KeyName(.function(1), .control), bytes: keys("^[O5P"))]),
            (
                "xterm's Ctrl-Shift-F5", "^[[15;6~",
                [.key(KeyName(.function(5), [.control, .shift]), bytes: keys("^[[15;6~"))]
            ),
            ("iTerm2's Meta", "^[[1;9H", [.key(KeyName(.home, .alt), bytes: keys("^[[1;9H"))]),
            (
                "rxvt's Shift-Home", "^[[7$x",
                [.key(KeyName(.home, .shift), bytes: keys("^[[7$")), .text(keys("x"))]
            ),
            ("rxvt's Ctrl-End", "^[[8^", [.key(KeyName(.end, .control), bytes: keys("^[[8^"))]),
            (
                "rxvt's Ctrl-Shift-Delete", "^[[3@",
                [.key(KeyName(.delete, [.control, .shift]), bytes: keys("^[[3@"))]
            ),
            ("Alt by another ESC", "^[^[[A", [.key(KeyName(.up, .alt), bytes: keys("^[^[[A"))]),
            ("Alt and Ctrl of rxvt", "^[^[[3^", [.key(.controlAltDelete, bytes: keys("^[^[[3^"))]),
            (
                "Esc three times and a key", "^[^[^[OP",
                [.unknown([0x1B]), .key(KeyName(.function(1), .alt), bytes: keys("^[^[OP"))]
            ),
            ("Alt with a letter", "^[x", [.unknown(keys("^[x"))]),
            ("Alt with a digit", "^[1", [.unknown(keys("^[1"))]),
            ("Alt and Enter", "^[^M", [.unknown(keys("^[^M"))]),
            ("Alt and Backspace", "^[^?", [.unknown(keys("^[^?"))]),
            ("ESC before a character of two bytes", "^[ø", [.unknown([0x1B]), .text(keys("ø"))]),
            ("9b, which is no CSI", "\\x9bA", [.text([0x9B, 0x41])]),
            ("an unknown sequence", "^[[?9;1zx", [.unknown(keys("^[[?9;1z")), .text(keys("x"))]),
            ("an unknown SS3", "^[Oz", [.unknown(keys("^[Oz"))]),
            (
                "a sequence broken by a key", "^[[1^[OP",
                [.unknown(keys("^[[1")), .key(.function(1), bytes: keys("^[OP"))]
            ),
            ("a sequence broken by Enter", "^[O^M", [.unknown(keys("^[O")), .text([0x0D])]),
            ("an unknown form of the Linux keys", "^[[[Z", [.unknown(keys("^[[[Z"))]),
        ] as [(String, String, [TerminalToken])]
    )
    func tokens(_ name: String, input: String, expected: [TerminalToken]) {
        let bytes = keys(input)
        var whole = TerminalDecoder(family: .common)
        #expect(whole.receive(bytes, now: start) == expected)
        #expect(whole.deadline == nil)
        var pieces = TerminalDecoder(family: .common)
        #expect(bytes.flatMap { pieces.receive([$0], now: start) }.joined == expected)
        for cut in 1..<max(1, bytes.count) {
            var decoder = TerminalDecoder(family: .common)
            let tokens =
                decoder.receive(Array(bytes[..<cut]), now: start)
                + decoder.receive(Array(bytes[cut...]), now: start)
            #expect(tokens.joined == expected, "cut at \(cut)")
        }
    }

    @Test(
        "lets reports of the terminal pass in one piece",
        arguments: [
            "^[[24;80R", "^[[1;2R", "^[[1;1R", "^[[?1;2c", "^[[>41;379;0c", "^[[0n", "^[[I", "^[[O",
            "^[[<0;10;20M",
            "^[[<0;10;20m", "^[[M !\"", "^[[M ^?\\xff", "^[[8;24;80t", "^[[?2004;1$y", "^[[4;1$y",
            "^[[27;5;13~",
            "^[[97;5u", "^[[200;5~",
        ]
    )
    func reports(_ notation: String) {
        let report = keys(notation)
        for cut in 0..<report.count {
            var decoder = TerminalDecoder(family: .common)
            let tokens =
                decoder.receive(Array(report[..<cut]), now: start)
                + decoder.receive(Array(report[cut...]), now: start)
            #expect(tokens == [.unknown(report)], "cut at \(cut)")
        }
    }

    @Test(
        "lets strings of the terminal pass",
        arguments: ["^[]11;rgb:0000/0000/0000^G", "^[P>|XTerm(379)^[\\\\"]
    )
    func strings(_ notation: String) {
        var decoder = TerminalDecoder(family: .common)
        #expect(decoder.receive(keys(notation), now: start).bytes == keys(notation))
    }

    @Test("gives a lone ESC out after its time-out, by itself")
    func loneEscape() {
        var decoder = TerminalDecoder(family: .common, escapeTimeout: .milliseconds(80))
        #expect(decoder.receive([0x1B], now: .at(0)).isEmpty)
        #expect(decoder.deadline == .at(80))
        #expect(decoder.wakeUp(now: .at(79)).isEmpty)
        #expect(decoder.wakeUp(now: .at(80)) == [.unknown([0x1B])])
        #expect(decoder.deadline == nil)
        #expect(decoder.receive(keys("1"), now: .at(500)) == [.text(keys("1"))])
    }

    @Test("counts the time from the last byte")
    func slowSequence() {
        var decoder = TerminalDecoder(family: .common)
        for (index, byte) in keys("^[[24").enumerated() {
            #expect(decoder.receive([byte], now: .at(index * 90)).isEmpty)
        }
        #expect(decoder.deadline == .at(3 * 90 + 100))
        #expect(decoder.receive(keys("~"), now: .at(4 * 90)) == [.key(.function(12), bytes: keys("^[[24~"))])
    }

    @Test("does not join a late byte to what is held, even if nobody woke it")
    func lateByte() {
        var decoder = TerminalDecoder(family: .common)
        #expect(decoder.receive([0x1B], now: .at(0)).isEmpty)
        #expect(decoder.receive(keys("[A"), now: .at(100)) == [.unknown([0x1B]), .text(keys("[A"))])
    }

    @Test("never cuts a character of UTF-8", arguments: ["ø", "€", "😀", "aø€😀z"])
    func characters(_ text: String) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var decoder = TerminalDecoder(family: .common)
            let tokens =
                decoder.receive(Array(bytes[..<cut]), now: start)
                + decoder.receive(Array(bytes[cut...]), now: start)
            #expect(tokens.bytes == bytes)
            for token in tokens {
                #expect(String(validating: token.bytes, as: UTF8.self) != nil, "cut at \(cut)")
            }
        }
    }

    @Test(
        "gives half a character out after the time-out",
        arguments: [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] as [[UInt8]]
    )
    func halfCharacter(_ bytes: [UInt8]) {
        var decoder = TerminalDecoder(family: .common)
        #expect(decoder.receive(bytes, now: .at(0)).isEmpty)
        #expect(decoder.wakeUp(now: .at(100)) == [.text(bytes)])
    }

    @Test("takes the brackets off a paste, wherever it is cut, and finds no keys in it")
    func paste() {
        let pasted = keys("line 1^M^[[A^?^[OP^[[20x^[ø")
        let input = keys("a^[[200~") + pasted + keys("^[[201~^[[B")
        let expected: [TerminalToken] = [
            .text(keys("a")), .paste(pasted), .key(.down, bytes: keys("^[[B")),
        ]
        for cut in 0...input.count {
            var decoder = TerminalDecoder(family: .common)
            let tokens =
                decoder.receive(Array(input[..<cut]), now: start)
                + decoder.receive(Array(input[cut...]), now: start)
            #expect(tokens.joined == expected, "cut at \(cut)")
            #expect(decoder.deadline == nil)
        }
    }

    @Test("ends a paste that stops without its end")
    func endlessPaste() {
        var decoder = TerminalDecoder(family: .common)
        #expect(decoder.receive(keys("^[[200~abc^["), now: .at(0)).joined == [.paste(keys("abc"))])
        #expect(decoder.deadline == .at(5000))
        #expect(decoder.wakeUp(now: .at(5000)) == [.paste([0x1B])])
        #expect(decoder.receive(keys("^[[A"), now: .at(6000)) == [.key(.up, bytes: keys("^[[A"))])
    }

    @Test("holds no more than its bound")
    func bound() {
        var decoder = TerminalDecoder(family: .common)
        let endless = keys("^[[") + [UInt8](repeating: 0x31, count: 1000)
        let tokens = decoder.receive(endless, now: start)
        #expect(tokens.first == .unknown(Array(endless[..<TerminalDecoder.longestSequence])))
        #expect(tokens.bytes == endless)
    }

    @Test("loses and changes nothing in random input, cut at random", arguments: TerminalFamily.allCases)
    func random(family: TerminalFamily) {
        // Mostly what sequences are made of, so that they arise.
        let alphabet = keys("^[^[^[[[OO[0123459;~ABMPRz$^@?^?^H^J^Aaq^M\\xc3\\xb8\\xe2\\x00")
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let input = (0..<200).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            var whole = TerminalDecoder(family: family)
            var expected = whole.receive(input, now: start)
            whole.release(into: &expected)
            var pieces = TerminalDecoder(family: family)
            var tokens: [TerminalToken] = []
            var rest = input[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...7, using: &generator))
                rest = rest.dropFirst(piece.count)
                pieces.receive(Array(piece), now: start, into: &tokens)
            }
            pieces.release(into: &tokens)
            #expect(tokens.joined == expected.joined, "seed \(seed)")
            #expect(expected.bytes == input, "seed \(seed)")
        }
    }
}
