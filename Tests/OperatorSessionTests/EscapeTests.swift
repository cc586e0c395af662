// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

/// One row: what is typed after the prefix, and what must come of it.
struct EscapeRow: Sendable, CustomTestStringConvertible {
    var keys: String
    var action: OperatorEffect?
    /// True where the operator is shown something by the session itself.
    var shows = false

    init(_ keys: String, _ action: OperatorEffect?, shows: Bool = false) {
        self.keys = keys
        self.action = action
        self.shows = shows
    }

    var testDescription: String { EscapePrefix.name(of: self.keys.utf8) }

    static let all: [EscapeRow] = [
        .init(".", .detach), .init("?", nil, shows: true), .init("a", .setMode(.readWrite)),
        .init("f", .setMode(.force)), .init("j", .setMode(.join)), .init("B", .sendBreak),
        .init("Sh", .sysrq(0x68)), .init("S0", .sysrq(0x30)), .init("SR", .sysrq(0x52)),
        .init("S?", nil, shows: true),
        .init("Scy", .sysrq(0x63), shows: true), .init("Scn", nil, shows: true),
        .init("SbY", .sysrq(0x62), shows: true),
        .init("Soy", .sysrq(0x6F), shows: true), .init("Siy", .sysrq(0x69), shows: true),
        .init("Sey", .sysrq(0x65), shows: true), .init("Suy", .sysrq(0x75), shows: true),
        .init("Su\u{1B}", nil, shows: true), .init("S\u{1B}", nil, shows: true),
        .init("l0", .breakSequence(0x30)), .init("lz", .breakSequence(0x7A)),
        .init("l?", .listBreakSequences),
        .init("K?", .keyTranslation(.list)), .init("Kb", .keyTranslation(.choose(0x62))),
        .init("K\r", .keyTranslation(.toggle)), .init("kF11\r", .sendKey("F11"), shows: true),
        .init("t", .redraw), .init("i", .information), .init("w", .who(all: false)),
        .init("u", .who(all: true)),
        .init("p", .playback(lines: 60)), .init("r", .playback(lines: 20)),
        .init("/panic\r", .search("panic"), shows: true),
        .init("nhello world\r", .note("hello world"), shows: true),
        .init("bcoffee\n", .broadcast("coffee"), shows: true), .init("d", .consoleDown),
        .init("o", .consoleReopen),
        .init("P", .powerMenu), .init("x", .listConsoles),
        .init(";web02\r", .moveTo(console: "web02"), shows: true),
        .init("L", .toggleLog), .init("z", .suspend), .init("!a", .task(0x61)), .init("!?", .listTasks),
        .init("\r", nil), .init("\n", nil), .init("n\r", nil, shows: true),
        .init("nab\u{3}", nil, shows: true),
    ]
}

@Suite("The escapes")
struct EscapeTests {
    @Test("are recognised after every prefix, cut anywhere", arguments: EscapeRow.all)
    func everyCut(_ row: EscapeRow) {
        for prefix in prefixes {
            let typed = Array("ls\r".utf8) + prefix.bytes + Array(row.keys.utf8) + Array("vi\r".utf8)
            var whole = SessionHarness(prefix)
            whole.type(typed)
            #expect(whole.sent == Array("ls\rvi\r".utf8), "\(prefix.name)")
            #expect(whole.actions == (row.action.map { [$0] } ?? []), "\(prefix.name)")
            #expect(whole.shown.isEmpty == !row.shows, "\(prefix.name)")
            for cut in 1..<typed.count {
                var parts = SessionHarness(prefix)
                parts.type(Array(typed[..<cut]))
                parts.type(Array(typed[cut...]))
                #expect(parts.joined == whole.joined, "\(prefix.name) cut at \(cut)")
            }
            var single = SessionHarness(prefix)
            for byte in typed { single.type([byte]) }
            #expect(single.joined == whole.joined, "\(prefix.name) byte by byte")
        }
    }

    @Test("keep their place between text", arguments: prefixes)
    func order(_ prefix: EscapePrefix) {
        var harness = SessionHarness(prefix)
        harness.type(Array("a\r".utf8) + prefix.bytes + Array("Bb\r".utf8) + prefix.bytes + Array("tc".utf8))
        #expect(
            harness.joined == [
                .send(Array("a\r".utf8)), .sendBreak, .send(Array("b\r".utf8)), .redraw, .send([0x63]),
            ]
        )
    }

    @Test("let the prefix itself be typed", arguments: prefixes)
    func prefixTyped(_ prefix: EscapePrefix) {
        guard let last = prefix.bytes.last else { return }
        var harness = SessionHarness(prefix)
        harness.type(prefix.bytes + [last] + Array(".x".utf8))
        #expect(harness.joined == [.send(prefix.bytes + Array(".x".utf8))])
    }

    @Test("send every octal character", arguments: prefixes)
    func octal(_ prefix: EscapePrefix) {
        for value in 0...255 {
            let digits = String(value, radix: 8)
            let text = "\r" + String(repeating: "0", count: 3 - digits.count) + digits
            var harness = SessionHarness(prefix)
            harness.type([0x0D] + prefix.bytes + [0x5C] + Array(text.utf8.dropFirst()))
            #expect(harness.sent == [0x0D, UInt8(value)])
        }
    }

    @Test("pass every key through that is no command, prefix included", arguments: prefixes)
    func unknownKeys(_ prefix: EscapePrefix) {
        let commands = Set(EscapeCommand.table.map(\.key) + [0x0D, 0x0A] + prefix.bytes.suffix(1))
        for key in UInt8.min...UInt8.max where !commands.contains(key) {
            let typed = [0x0D] + prefix.bytes + [key] + Array("x\r".utf8)
            for cut in 1..<typed.count {
                var harness = SessionHarness(prefix)
                harness.type(Array(typed[..<cut]))
                harness.type(Array(typed[cut...]))
                harness.end()
                #expect(harness.joined == [.send(typed)], "key \(key) cut at \(cut)")
            }
        }
    }

    @Test(
        "pass arguments through that mean nothing",
        arguments: ["S%", "S ", "l%", "lA", "!%", "\\9", "\\08", "\\400", "\\12x"]
    )
    func badArguments(_ keys: String) {
        var harness = SessionHarness()
        harness.type([0x05, 0x63] + Array(keys.utf8))
        #expect(harness.joined == [.send([0x05, 0x63] + Array(keys.utf8))])
    }

    @Test("begin again when the prefix follows a prefix that came to nothing")
    func prefixAfterPrefix() {
        var harness = SessionHarness()
        harness.type([0x05, 0x63, 0x05, 0x63] + Array(".".utf8))
        #expect(harness.joined == [.send([0x05, 0x63]), .detach])
    }

    @Test("find a prefix that begins inside a false start")
    func overlap() throws {
        var doubled = SessionHarness(try EscapePrefix(parsing: "^A^A^B"))
        doubled.type([1, 1, 1, 2] + Array(".".utf8))
        #expect(doubled.joined == [.send([1]), .detach])
        var long = SessionHarness(try EscapePrefix(parsing: "^A^B^A^A^B"))
        long.type([1, 2, 1, 1, 2, 1, 2, 1, 2, 1, 1, 2])
        long.type("t")
        // The first five are a prefix; then comes 1, which is no command, and begins the next.
        #expect(long.joined == [.send([1, 2, 1, 1, 2, 1, 2]), .redraw])
    }

    @Test("count only at the start of a line where the preset says so")
    func afterNewline() {
        var harness = SessionHarness(.ssh)
        harness.type("a~.")
        #expect(harness.joined == [.send(Array("a~.".utf8))])
        harness.type("\r~~.")
        #expect(harness.sent == Array("a~.\r~.".utf8))
        harness.type("\n~t~t")
        #expect(harness.actions == [.redraw, .redraw])
        harness.type("~.")
        #expect(harness.actions.last == .detach)
    }

    @Test("reach an inner ssh and an inner Heliograph by typing the prefix")
    func nested() {
        // ~~. for the inner ssh; ^Ecc. for the inner Heliograph.
        var outerSSH = SessionHarness(.ssh)
        outerSSH.type("~~.")
        #expect(outerSSH.joined == [.send(Array("~.".utf8))])
        var outer = SessionHarness(.conserver)
        outer.type([0x05, 0x63, 0x63, 0x2E])
        var inner = SessionHarness(.conserver)
        inner.type(outer.sent)
        #expect(inner.joined == [.detach])
    }
}
