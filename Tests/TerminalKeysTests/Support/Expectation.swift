// SPDX-License-Identifier: Apache-2.0

import TerminalKeys

/// What a key of a terminal must become, derived from the captured tables and the rules beside them; the product's own
/// tables take no part.
struct Expectation {
    enum Result: Equatable {
        case code([UInt8])
        case unchanged
        case dropped
        /// A modified key in the profile `xterm`, which has a form for it where the product knows the key.
        case normalised
    }

    /// How the terminal's name in the table tells its family.
    static func family(of terminal: String) -> TerminalFamily {
        switch terminal {
        case "putty (VT400)": .puttyVT400
        case "putty (SCO)": .puttySCO
        case "putty (rxvt Home/End)": .puttyRxvt
        case "xterm (sunKeyboard, VT220 keypad)": .rxvt
        default:
            TerminalFamily(
                term: String(
                    terminal.hasPrefix("terminfo:") ? terminal.dropFirst(9) : terminal.prefix { $0 != " " }
                )
            )
        }
    }

    /// Captured under several names, or under one that says something else than the key's label.
    private static func name(_ names: Set<String>, _ bytes: [UInt8], _ terminal: String) -> String? {
        if let exception = Self.exceptions[terminal]?[bytes] { return exception.isEmpty ? nil : exception }
        let plain = names.filter { !$0.contains("-") }
        let order: [(String) -> Bool] = [
            // A wyse's Left is its Backspace.
            { $0 == "Left" && terminal.hasPrefix("terminfo:wyse") },
            { $0 == "Backspace" },
            { !$0.hasPrefix("KP_") && !["Find", "Select", "Help"].contains($0) },
            { ["Find", "Select", "Help"].contains($0) },
            // The same with NumLock on and off: taken as on.
            { $0.hasPrefix("KP_") && $0.utf8.count == 4 },
            { $0 == "KP_Decimal" },
            { $0.hasPrefix("KP_") },
        ]
        for rule in order {
            if let name = plain.filter(rule).min() { return name }
        }
        return nil
    }

    /// Where a terminal's table is not followed, and why. Empty: as a modified key.
    private static let exceptions: [String: [[UInt8]: String]] = {
        // terminfo numbers the keys of a VT420 from the first one that sends something; their labels are one higher.
        let labels = [
            keys("^[[17~"): "F6", keys("^[[18~"): "F7", keys("^[[19~"): "F8", keys("^[[20~"): "F9",
            keys("^[[21~"): "F10",
            keys("^[[29~"): "F16",
        ]
        // These have NumLock, /, * and - of the keypad as PF1 to PF4, which are F1 to F4 everywhere else.
        let functionKeys = [keys("^[OQ"): "F2", keys("^[OR"): "F3", keys("^[OS"): "F4"]
        // terminfo's names for the keypad's corners contradict what the programs were seen to send.
        let keypad = [
            keys("^[Oq"): "KP_1", keys("^[Os"): "KP_3", keys("^[Op"): "KP_0", keys("^[On"): "KP_Decimal",
            keys("^[Or"): "KP_2",
        ]
        // These programs send it with NumLock off only, whatever terminfo calls it.
        let cursorKeypad = [
            keys("^[Op"): "KP_Insert", keys("^[Oq"): "KP_End", keys("^[Or"): "KP_Down",
            keys("^[Os"): "KP_PageDown",
            keys("^[Ot"): "KP_Left", keys("^[Ou"): "KP_Begin", keys("^[Ov"): "KP_Right",
            keys("^[Ow"): "KP_Home",
            keys("^[Ox"): "KP_Up", keys("^[Oy"): "KP_PageUp", keys("^[On"): "KP_Delete",
            // terminfo's rxvt gives Ctrl-Shift-arrows what rxvt sends for arrows in application mode.
            keys("^[OA"): "Up", keys("^[OB"): "Down", keys("^[OC"): "Right", keys("^[OD"): "Left",
        ]
        return [
            // F23 and F24 are its Ctrl-F1 and Ctrl-F2.
            "terminfo:rxvt": cursorKeypad.merging([keys("^[[11^"): "", keys("^[[12^"): ""]) { $1 },
            "terminfo:rxvt-unicode": cursorKeypad, "terminfo:mlterm": cursorKeypad,
            "terminfo:vt420": labels, "terminfo:vt525": labels,
            "putty (ESC[n~ keys)": functionKeys, "putty (Linux)": functionKeys, "putty (VT400)": functionKeys,
            "terminfo:nsterm": keypad, "terminfo:putty": keypad,
            "terminfo:putty-sco": keypad, "terminfo:putty-vt100": keypad, "terminfo:teraterm": keypad,
            "terminfo:xterm": keypad, "terminfo:vt100": keypad, "terminfo:vt102": keypad,
            // 7f is Backspace where PuTTY is concerned, also in its SCO mode.
            "terminfo:putty+fnkeys+sco": [[0x7F]: "Backspace"],
            // Without the keypad mode st's keypad is its cursor keys.
            "terminfo:st": [
                keys("^[[1~"): "Home", keys("^[[4~"): "End", keys("^[[5~"): "PageUp",
                keys("^[[6~"): "PageDown",
            ],
            "konsole": [keys("^[OM"): "KP_Enter"],
            // A VT220's keypad has a comma where a PC's has a plus.
            "xterm (sunKeyboard, VT220 keypad)": [keys(","): ","],
        ]
    }()

    /// What `bytes` of this terminal must become.
    static func result(
        _ names: Set<String>,
        _ bytes: [UInt8],
        _ terminal: String,
        _ profile: KeyProfile,
        _ codes: [String: [UInt8]]
    ) -> Result {
        // A shifted F3, or the cursor's position: only the latter matters to firmware.
        if bytes.last == UInt8(ascii: "R"), bytes.starts(with: keys("^[[1;")) { return .unchanged }
        let family = Self.family(of: terminal)
        guard let name = Self.name(names, bytes, terminal) else {
            return Self.modified(names, bytes, family, profile, codes)
        }
        let isPassing = profile.name == "xterm"
        switch name {
        case "Help": return isPassing ? .unchanged : .dropped
        case "KP_Begin": return isPassing ? .code(keys("^[[E")) : .dropped
        case "KP_5" where ["^[[E", "^[OE", "^[[G", "^[[218z"].map(keys).contains(bytes):
            return isPassing ? .code(keys("^[[E")) : .dropped
        case "Escape", "Tab", "Enter": return .unchanged
        default: break
        }
        let plain = Self.plain(name)
        if plain.utf8.count == 1 { return .code(Array(plain.utf8)) }
        if let code = codes[plain], !code.isEmpty { return .code(code) }
        // F13 to F24 are Shift-F1 to Shift-F12 where the sequence says so.
        if isPassing, bytes.contains(UInt8(ascii: ";")) || bytes.last == UInt8(ascii: "$") || bytes.count == 4
        {
            return .normalised
        }
        return isPassing ? .unchanged : .dropped
    }

    private static func modified(
        _ names: Set<String>,
        _ bytes: [UInt8],
        _ family: TerminalFamily,
        _ profile: KeyProfile,
        _ codes: [String: [UInt8]]
    ) -> Result {
        switch (bytes.count, bytes.first) {
        case (1, 0x08): return .code(codes["Backspace"] ?? [])
        case (1, 0x7F): return .code(codes["Backspace"] ?? [])
        case (1, 0x0A): return .code(codes["Enter"] ?? [])
        case (1, _) where family != .at386 || bytes != [0x1D]: return .unchanged
        case (2, 0x1B) where family != .wyse && family != .ibm3151:
            // Alt with a character; ESC Tab is also the Linux console's Shift-Tab.
            let isLetter = bytes == keys("^[x") || bytes == keys("^[b") || bytes == keys("^[f")
            return isLetter && profile.name == "dell" ? .code([0x1B, bytes[1] - 0x20, bytes[1]]) : .unchanged
        case (2, .some(0xC2...0xDF)): return .unchanged
        default: break
        }
        // PuTTY's Ctrl-arrows are those of application mode.
        var names = names
        if names == ["Ctrl-Alt-Up"], bytes == keys("^[^[OA") { names = ["Alt-Up"] }
        // The manual of these boards has a prefix for Alt.
        let alts = names.filter { $0.hasPrefix("Alt-") && !$0.contains("Shift") }.map {
            String($0.dropFirst(4))
        }
        if profile.name == "intel-legacy", alts.count == 1, names.count == 1, let code = codes[alts[0]] {
            return .code(keys("^[}") + code)
        }
        return profile.name == "xterm" ? .normalised : .dropped
    }

    private static func plain(_ name: String) -> String {
        switch name {
        case "KP_Plus": "+"
        case "KP_Minus": "-"
        case "KP_Multiply": "*"
        case "KP_Divide": "/"
        case "Find": "Home"
        case "Select": "End"
        case "KP_Decimal": "."
        default: name.hasPrefix("KP_") ? String(name.dropFirst(3)) : name
        }
    }
}
