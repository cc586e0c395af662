// SPDX-License-Identifier: Apache-2.0

extension KeyProfile {
    /// The profiles that come with Heliograph, the one to try first in front.
    package static let builtIn: [KeyProfile] = [
        .vtUTF8, .pcANSI, .vt100, .intelLegacy, .dell, .xterm, .grub, .edk2XtermR6, .edk2VT400, .edk2Linux,
        .edk2SCO,
    ]

    /// Other names that firmware and its manuals have for them.
    private static let otherNames: [(String, KeyProfile)] = [
        ("vt-utf-8", .vtUTF8), ("vtutf8", .vtUTF8), ("vt100+", .vtUTF8), ("vt100plus", .vtUTF8),
        ("ems", .vtUTF8),
        ("ansi", .pcANSI), ("pcansi", .pcANSI), ("seabios", .xterm), ("ipxe", .xterm), ("ttyterm", .xterm),
        ("intel", .intelLegacy),
    ]

    /// The profile with this name or alias; case does not count.
    package static func named(_ name: String) -> KeyProfile? {
        let name = name.lowercased()
        return Self.builtIn.first { $0.name == name } ?? Self.otherNames.first { $0.0 == name }?.1
    }

    // Measured on OVMF 2022.11 and 2025.02 unless said otherwise; every sequence gives that one key and nothing more.

    /// OVMF since 2023; documented for Dell, Intel, Hitachi, Quanta, Oracle, AMI Aptio, Microsoft EMS.
    package static let vtUTF8 = KeyProfile(
        "vt-utf8",
        "VT-UTF8, VT100+: most servers, OVMF since 2023, Windows EMS",
        Self.plainKeys(
            functions: ["^[1", "^[2", "^[3", "^[4", "^[5", "^[6", "^[7", "^[8", "^[9", "^[0", "^[!", "^[@"],
            editing: Self.vtUTF8Editing,
            delete: "^[-"
        )
    )

    private static let vtUTF8Editing: [(KeyName, String)] = [
        (.home, "^[h"), (.end, "^[k"), (.insert, "^[+"), (.pageUp, "^[?"), (.pageDown, "^[/"),
    ]

    /// OVMF until 2023. F11 and F12 have no code.
    package static let pcANSI = KeyProfile(
        "pc-ansi",
        "PC-ANSI: OVMF until 2023, older UEFI",
        Self.plainKeys(
            functions: ["^[[M", "^[[N", "^[[O", "^[[P", "^[[Q", "^[[R", "^[[S", "^[[T", "^[[U", "^[[V"],
            editing: [
                (.home, "^[[H"), (.end, "^[[F"), (.insert, "^[[@"), (.pageUp, "^[[I"), (.pageDown, "^[[G"),
            ],
            delete: "^[[X"
        )
    )

    /// The type VT100 of edk2's terminal driver. F11 and F12 have no code.
    package static let vt100 = KeyProfile(
        "vt100",
        "VT100 of UEFI firmware",
        Self.plainKeys(
            functions: ["^[OP", "^[OQ", "^[Ow", "^[Ox", "^[Ot", "^[Ou", "^[Oq", "^[Or", "^[Op", "^[OM"],
            editing: [
                (.home, "^[[H"), (.end, "^[[K"), (.insert, "^[[@"), (.pageUp, "^[[?"), (.pageDown, "^[[/"),
            ],
            delete: "^[[P"
        )
    )

    /// From Intel's manuals, not tried: SCB2, SE7500CW2 and their generation.
    package static let intelLegacy = KeyProfile(
        "intel-legacy",
        "Intel server boards of about 2001 to 2003",
        Self.plainKeys(
            functions: [
                "^[OP", "^[OQ", "^[OR", "^[OS", "^[OT", "^[OU", "^[OV", "^[OW", "^[OX", "^[OY", "^[OZ",
                "^[O1",
            ],
            editing: [
                (.home, "^[[H"), (.end, "^[[K"), (.insert, "^[[L"), (.pageUp, "^[[M"), (.pageDown, "^[[2J"),
            ],
            delete: "^?",
            resets: false
        ),
        style: .altPrefix(ByteNotation.table("^[}"))
    )

    /// From Dell's set-up screen, not tried: vt-utf8 with Ctrl-M, H, I, J and Alt.
    package static let dell = KeyProfile(
        "dell",
        "Dell PowerEdge: vt-utf8 with Alt and Ctrl keys",
        Self.vtUTF8.codes.merging(
            [
                KeyName(.character(UInt8(ascii: "M")), .control): ByteNotation.table("^[^M"),
                KeyName(.character(UInt8(ascii: "H")), .control): ByteNotation.table("^[^H"),
                KeyName(.character(UInt8(ascii: "I")), .control): ByteNotation.table("^[^I"),
                KeyName(.character(UInt8(ascii: "J")), .control): ByteNotation.table("^[^J"),
            ],
            uniquingKeysWith: { $1 }
        ),
        style: .altLetterTwice
    )

    /// xterm's normal forms; measured on SeaBIOS, iPXE and edk2's TTYTERM, which all take them, and 08 for Backspace.
    package static let xterm = KeyProfile(
        "xterm",
        "xterm: SeaBIOS, iPXE, TTYTERM, Linux",
        Self.plainKeys(
            functions: ["^[OP", "^[OQ", "^[OR", "^[OS"] + Self.numbered.map { "^[[\($0)~" },
            editing: Self.xtermEditing + [(KeyName(.tab, .shift), "^[[Z"), (.keypad(.begin), "^[[E")],
            delete: "^[[3~",
            resets: false
        ),
        style: .xterm
    )

    private static let xtermEditing: [(KeyName, String)] = [
        (.home, "^[[H"), (.end, "^[[F"), (.insert, "^[[2~"), (.pageUp, "^[[5~"), (.pageDown, "^[[6~"),
    ]

    /// Measured on GRUB 2.06: as xterm, but for F3, F4, F5 and Insert.
    package static let grub = KeyProfile(
        "grub",
        "GRUB 2 on a serial terminal",
        Self.plainKeys(
            functions: ["^[OP", "^[OQ", "^[[[C", "^[[[D", "^[[[E"]
                + Self.numbered.dropFirst().map { "^[[\($0)~" },
            editing: [
                (.home, "^[[H"), (.end, "^[[F"), (.insert, "^[[@"), (.pageUp, "^[[5~"), (.pageDown, "^[[6~"),
            ],
            delete: "^[[3~",
            backspace: "^?",
            resets: false
        )
    )

    /// The number of F5 to F12 in xterm's and the VT220's sequences.
    private static let numbered = [15, 17, 18, 19, 20, 21, 23, 24]

    // These end a sequence after the digits: with the terminal's tilde, a tilde would be typed as well. They have no code
    // for Home, End, Insert, PageUp and PageDown.

    /// The type XTERM R6 of edk2's terminal driver.
    package static let edk2XtermR6 = KeyProfile(
        "edk2-xtermr6",
        "XTERM R6 of UEFI firmware",
        Self.plainKeys(
            functions: ["^[OP", "^[OQ", "^[OR", "^[OS"] + Self.numbered.map { "^[[\($0)" },
            delete: "^?"
        )
    )

    /// The type VT400 of edk2's terminal driver.
    package static let edk2VT400 = KeyProfile(
        "edk2-vt400",
        "VT400 of UEFI firmware",
        Self.plainKeys(functions: ([11, 12, 13, 14] + Self.numbered).map { "^[[\($0)" }, delete: "^?")
    )

    /// The type LINUX of edk2's terminal driver.
    package static let edk2Linux = KeyProfile(
        "edk2-linux",
        "LINUX of UEFI firmware",
        Self.plainKeys(
            functions: ["^[[[A", "^[[[B", "^[[[C", "^[[[D", "^[[[E"]
                + Self.numbered.dropFirst().map { "^[[\($0)" },
            delete: "^?"
        )
    )

    /// The type SCO of edk2's terminal driver.
    package static let edk2SCO = KeyProfile(
        "edk2-sco",
        "SCO of UEFI firmware",
        Self.plainKeys(
            functions: [
                "^[[M", "^[[N", "^[[O", "^[[P", "^[[Q", "^[[R", "^[[S", "^[[T", "^[[U", "^[[V", "^[[W",
                "^[[X",
            ],
            delete: "^?"
        )
    )

    /// What every firmware takes: arrows, Enter, Tab, Escape, and 08 for Backspace.
    static let plainKeys: [KeyName: [UInt8]] = Self.plainKeys(functions: [], delete: nil, resets: false)

    private static func plainKeys(
        functions: [String],
        editing: [(KeyName, String)] = [],
        delete: String?,
        backspace: String = "^H",
        resets: Bool = true
    ) -> [KeyName: [UInt8]] {
        var rows: [(KeyName, String)] = [
            (.up, "^[[A"), (.down, "^[[B"), (.right, "^[[C"), (.left, "^[[D"),
            (.enter, "^M"), (.tab, "^I"), (.escape, "^["), (.backspace, backspace),
        ]
        rows += functions.enumerated().map { (.function(UInt8($0.offset + 1)), $0.element) } + editing
        if let delete { rows.append((.delete, delete)) }
        if resets { rows.append((.controlAltDelete, ByteNotation.text(ResetGuard.sequence))) }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.0, ByteNotation.table($0.1)) })
    }
}
