// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

@Suite("An escape prefix")
struct EscapePrefixTests {
    @Test(
        "is read from presets, caret notation, octal and literals",
        arguments: [
            ("conserver", [0x05, 0x63], false, "^Ec"),
            ("conman", [0x26], false, "&"),
            ("ssh", [0x7E], true, "~"),
            ("telnet", [0x1D], false, "^]"),
            ("^Ec", [0x05, 0x63], false, "^Ec"),
            ("^ec", [0x05, 0x63], false, "^Ec"),
            ("^X^X", [0x18, 0x18], false, "^X^X"),
            ("\\005c", [0x05, 0x63], false, "^Ec"),
            ("\\177", [0x7F], false, "^?"),
            ("^?", [0x7F], false, "^?"),
            ("^@", [0x00], false, "^@"),
            ("^", [0x5E], false, "^"),
            ("\\^A", [0x5E, 0x41], false, "^A"),
            ("\\\\", [0x5C], false, "\\"),
            ("~", [0x7E], false, "~"),
            ("#.", [0x23, 0x2E], false, "#."),
        ] as [(String, [UInt8], Bool, String)]
    )
    func parsing(_ text: String, bytes: [UInt8], onlyAfterNewline: Bool, name: String) throws {
        let prefix = try EscapePrefix(parsing: text)
        #expect(prefix.bytes == bytes)
        #expect(prefix.onlyAfterNewline == onlyAfterNewline)
        #expect(prefix.name == name)
    }

    @Test(
        "refuses what cannot be typed or would eat other keys",
        arguments: [
            ("", .empty), ("123456789", .tooLong), ("a\n", .newline), ("^M", .newline), ("^J", .newline),
            ("^[", .escapeKey), ("\\033x", .escapeKey), ("é", .notASCII), ("\\377", .notASCII),
            ("^1", .badControl),
            ("\\8", .badOctal), ("\\05", .badOctal), ("\\", .badOctal), ("\\400", .badOctal),
        ] as [(String, EscapePrefixError)]
    )
    func refusal(_ text: String, error: EscapePrefixError) {
        #expect(throws: error) { try EscapePrefix(parsing: text) }
        #expect(!"\(error)".isEmpty)
    }

    @Test("knows the command that its last key hides")
    func hiddenCommand() throws {
        #expect(try EscapePrefix(parsing: "^Xa").hiddenCommand == UInt8(ascii: "a"))
        for (name, prefix) in EscapePrefix.presets { #expect(prefix.hiddenCommand == nil, "\(name)") }
    }

    @Test("is taken from keys that the configuration has read")
    func fromKeys() throws {
        let configuration = try OperatorSession.Configuration(keys: [0x7E], onlyAfterNewline: true)
        #expect(configuration.prefix == .ssh)
        #expect(throws: EscapePrefixError.empty) {
            try OperatorSession.Configuration(keys: [], onlyAfterNewline: false)
        }
    }

    @Test("shares no command key between two rows of the escape table")
    func keysAreUnique() {
        let keys = EscapeCommand.table.map(\.key)
        #expect(Set(keys).count == keys.count)
        // Every key of the interface's table, `\` for octal included; newline is no row.
        #expect(Set(keys) == Set(".?asfjBSlKktiwupr/nbdoPx;Lze!\\".utf8))
    }
}
