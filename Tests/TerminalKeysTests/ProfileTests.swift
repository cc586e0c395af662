// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

@Suite("A key profile")
struct ProfileTests {
    @Test(
        "agrees with what was measured",
        arguments: [
            ("vt-utf8", "vt-utf8"), ("vt-utf8", "vt100plus"), ("pc-ansi", "pc-ansi"), ("vt100", "vt100"),
            ("intel-legacy", "intel-legacy"), ("dell", "dell"), ("xterm", "seabios"), ("xterm", "ttyterm"),
            ("grub", "grub"), ("edk2-xtermr6", "edk2-xtermr6"), ("edk2-vt400", "edk2-vt400"),
            ("edk2-linux", "edk2-linux"), ("edk2-sco", "edk2-sco"),
        ]
    )
    func measured(name: String, table: String) throws {
        let profile = try #require(KeyProfile.named(name))
        let codes = try #require(try KeyData.profiles()[table])
        #expect(codes.count >= 20)
        for (key, code) in codes {
            #expect(profile.encode(try KeyName(parsing: key)) ?? [] == code, "\(key)")
        }
        // And has no keys that were not measured, but for what all have in common.
        let common = ["Up", "Down", "Left", "Right", "Enter", "Tab", "Escape", "Backspace"]
        let more = profile.keys.map(\.description).filter {
            codes[$0]?.isEmpty ?? true && !common.contains($0)
        }
        switch name {
        case "dell", "intel-legacy": #expect(more.isEmpty)
        case "xterm": #expect(more.sorted() == ["KP_Begin", "Shift-Tab"])
        case "grub": #expect(more.isEmpty)
        default: #expect(more == ["Ctrl-Alt-Delete"])
        }
    }

    @Test(
        "has no code for",
        arguments: [
            ("pc-ansi", "F11"), ("vt100", "F12"), ("edk2-sco", "Home"), ("vt-utf8", "F13"),
            ("grub", "Ctrl-Up"),
        ]
    )
    func noCode(profile: String, key: String) throws {
        #expect(KeyProfile.named(profile)?.encode(try KeyName(parsing: key)) == nil)
    }

    @Test(
        "encodes by name",
        arguments: [
            ("vt-utf8", "KP_Home", "^[h"), ("vt-utf8", "KP_5", "5"), ("vt-utf8", "KP_Plus", "+"),
            ("vt-utf8", "KP_Enter", "^M"), ("vt-utf8", "y", "y"), ("vt-utf8", "Ctrl-C", "^C"),
            ("vt-utf8", "Alt-x", "^[x"),
            ("dell", "Alt-x", "^[Xx"), ("dell", "Ctrl-M", "^[^M"), ("vt-utf8", "Ctrl-M", "^M"),
            ("dell", "F1", "^[1"),
            ("intel-legacy", "Alt-F1", "^[}^[OP"), ("intel-legacy", "Alt-x", "^[}x"),
            ("xterm", "Ctrl-F1", "^[[1;5P"),
            ("xterm", "Shift-F5", "^[[15;2~"), ("xterm", "Ctrl-Alt-Home", "^[[1;7H"),
            ("vt-utf8", "Space", " "),
        ]
    )
    func byName(profile: String, key: String, bytes: String) throws {
        #expect(KeyProfile.named(profile)?.encode(try KeyName(parsing: key)) == keys(bytes))
    }

    @Test(
        "has one name, and aliases that lead to it",
        arguments: ["VT-UTF8", "vt100+", "ansi", "seabios", "ipxe", "ttyterm"]
    )
    func names(alias: String) throws {
        #expect(KeyProfile.named(alias) != nil)
        #expect(KeyProfile.named("no-such-profile") == nil)
        #expect(Set(KeyProfile.builtIn.map(\.name)).count == KeyProfile.builtIn.count)
    }

    @Test("can be defined, alone or from another")
    func custom() throws {
        let alone = try KeyProfile(name: "sun-x64", keys: [("F2", "^E")])
        #expect(alone.encode(.function(2)) == [0x05])
        #expect(alone.encode(.function(1)) == nil)
        #expect(alone.encode(.up) == keys("^[[A"))
        let derived = try KeyProfile(name: "ours", base: .vtUTF8, keys: [("F11", "\\e[23~"), ("Del", "")])
        #expect(derived.encode(.function(11)) == keys("^[[23~"))
        #expect(derived.encode(.function(10)) == keys("^[0"))
        #expect(derived.encode(.delete) == nil)
        let modified = try KeyProfile(name: "hp", keys: [("Ctrl-F1", "^[[64~")])
        var translator = KeyTranslator(term: "xterm", profile: modified, isOn: true)
        #expect(translator.everything(keys("^[[1;5P")) == [.send(keys("^[[64~"))])
    }

    @Test(
        "is refused",
        arguments: [
            ("vt-utf8", "F1", "^[1", "cannot be called \"vt-utf8\""),
            ("Ours", "F1", "^[1", "cannot be called"),
            ("", "F1", "^[1", "cannot be called"), ("ours", "F1x", "^[1", "did you mean F1?"),
            ("ours", "F1", "\\q", "is not understood"),
            ("ours", "F1", String(repeating: "a", count: 33), "at most 32"),
        ]
    )
    func refused(name: String, key: String, bytes: String, message: String) throws {
        let error = try #require(throws: KeyProfileError.self) {
            try KeyProfile(name: name, keys: [(key, bytes)])
        }
        #expect(error.description.contains(message))
    }

    @Test("is refused if it gives a key twice")
    func twice() throws {
        let error = try #require(throws: KeyProfileError.self) {
            try KeyProfile(name: "ours", keys: [("Del", "a"), ("Delete", "b")])
        }
        #expect(error == .repeated(.delete))
    }
}
