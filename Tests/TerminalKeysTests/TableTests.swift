// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

@Suite("A key of a real terminal")
struct TableTests {
    /// What the tables say of a profile: measured where it was, with what the type of firmware has in common.
    private func codes(of profile: KeyProfile) throws -> [String: [UInt8]] {
        let profiles = try KeyData.profiles()
        let common: [String: [UInt8]] = [
            "Enter": [0x0D], "Tab": [0x09], "Escape": [0x1B], "Backspace": [0x08],
        ]
        let own =
            switch profile.name {
            case "xterm": try #require(profiles["seabios"])
            case "dell": try #require(profiles["vt-utf8"]).merging(profiles["dell"] ?? [:]) { $1 }
            default: try #require(profiles[profile.name])
            }
        return common.merging(own) { $1 }
    }

    @Test("becomes what the firmware takes, for every terminal", arguments: KeyProfile.builtIn.map(\.name))
    func everyTerminal(name: String) throws {
        let profile = try #require(KeyProfile.named(name))
        let codes = try self.codes(of: profile)
        let terminals = try KeyData.terminals()
        #expect(terminals.count == 66)
        var checked = 0
        for (terminal, sequences) in terminals {
            for (bytes, names) in sequences {
                var translator = KeyTranslator(
                    family: Expectation.family(of: terminal),
                    profile: profile,
                    isOn: true
                )
                let outputs = translator.everything(bytes)
                let expected = Expectation.result(names, bytes, terminal, profile, codes)
                let comment: Comment =
                    "\(terminal) \(names.sorted()) \(ByteNotation.text(bytes)) gave \(ByteNotation.text(outputs.sent)), \(outputs.hints)"
                switch expected {
                case .code(let code):
                    #expect(outputs == [.send(code)], comment)
                case .unchanged: #expect(outputs.sent == bytes, comment)
                case .dropped:
                    #expect(outputs.sent.isEmpty && outputs.hints.count == 1, comment)
                case .normalised: #expect(!outputs.sent.isEmpty && outputs.count == 1, comment)
                }
                checked += 1
            }
        }
        #expect(checked > 2000)
    }

    @Test("leaves as one element, whatever the pieces it comes in", arguments: KeyProfile.builtIn.map(\.name))
    func everySplit(name: String) throws {
        let profile = try #require(KeyProfile.named(name))
        var seen: Set<[UInt8]> = []
        for (terminal, sequences) in try KeyData.terminals() {
            for bytes in sequences.keys where bytes.count > 1 && seen.insert(bytes).inserted {
                let fresh = KeyTranslator(
                    family: Expectation.family(of: terminal),
                    profile: profile,
                    isOn: true
                )
                var whole = fresh
                let expected = whole.everything(bytes)
                for cut in 1..<bytes.count {
                    var translator = fresh
                    let first = translator.receive(Array(bytes[..<cut]), now: start)
                    let second = translator.everything(Array(bytes[cut...]))
                    #expect(first.isEmpty, "\(terminal) \(ByteNotation.text(bytes)) cut at \(cut)")
                    #expect(second == expected, "\(terminal) \(ByteNotation.text(bytes)) cut at \(cut)")
                }
            }
        }
        #expect(seen.count > 350)
    }

    @Test("has an xterm's form in the profile xterm, modifiers and all")
    func normalForms() throws {
        let terminals = try KeyData.terminals()
        let xterm = try #require(terminals["xterm"])
        // What xterm sends for each modified key, where that is one sequence and no key of another name's.
        var forms: [String: [UInt8]] = [:]
        for (bytes, names) in xterm where names.count == 1 && bytes.starts(with: keys("^[[")) {
            if let name = names.first, name.contains("-") { forms[name] = bytes }
        }
        #expect(forms.count > 60)
        for terminal in [
            "konsole", "kitty", "rxvt-unicode", "putty (Xterm 216+)", "vte (GNOME Terminal library)",
        ] {
            var matching = 0
            for (bytes, names) in try #require(terminals[terminal]) where names.count == 1 {
                guard let name = names.first, let form = forms[name], bytes.count > 2 else { continue }
                var translator = KeyTranslator(family: .common, profile: .xterm, isOn: true)
                let sent = translator.everything(bytes).sent
                // PuTTY's Ctrl-arrows are those of application mode.
                if name == "Ctrl-Alt-Up", bytes == keys("^[^[OA") { continue }
                // rxvt's Shift-F3 to Shift-F10 are F13 to F20 elsewhere, and F13 has no form of its own.
                if sent != form, bytes == sent { continue }
                #expect(sent == form, "\(terminal) \(name) \(ByteNotation.text(bytes))")
                matching += 1
            }
            #expect(matching > 15, "\(terminal)")
        }
    }

    @Test("has a sequence that no other one begins with", arguments: TerminalFamily.allCases)
    func noAmbiguity(family: TerminalFamily) {
        #expect(!KeyTrie.of(family).hasAmbiguity)
    }

    @Test(
        "is settled by TERM where terminals disagree",
        arguments: [
            ("xterm-256color", "^[[P", nil), ("st-256color", "^[[P", .delete),
            ("scoansi", "^[[P", .function(4)), ("at386", "^[[P", .delete),
            ("xterm", "^[Ow", .keypad(.seven)), ("vt100", "^[Ow", .function(9)), ("putty-rxvt", "^[Ow", .end),
            ("xterm", "^[OA", .up), ("at386", "^[OA", .function(12)),
            ("xterm", "^[[2~", .insert), ("putty-vt400", "^[[2~", .home),
            ("xterm", "^?", .backspace), ("sun", "^?", .delete), ("cons25", "^?", .delete),
            ("xterm", "^H", .backspace), ("wyse60", "^H", .left),
            ("", "^[OP", .function(1)), ("no-such-terminal", "^[OP", .function(1)),
        ] as [(String, String, KeyName?)]
    )
    func byTERM(term: String, sequence: String, expected: KeyName?) {
        var decoder = TerminalDecoder(term: term)
        let bytes = keys(sequence)
        #expect(
            decoder.receive(bytes, now: start) == [expected.map { .key($0, bytes: bytes) } ?? .unknown(bytes)]
        )
    }
}
