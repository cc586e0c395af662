// SPDX-License-Identifier: Apache-2.0

/// The sequences of one key, in `ByteNotation`.
struct KeySequences {
    let name: KeyName
    let sequences: [String]

    init(_ name: KeyName, _ sequences: String...) {
        self.name = name
        self.sequences = sequences
    }

    init(_ key: Key, _ modifiers: KeyModifiers, _ sequences: String...) {
        self.name = KeyName(key, modifiers)
        self.sequences = sequences
    }
}

// What operators' terminals send, as captured from the real programs or read from terminfo. Forms that follow a rule are
// not here: xterm's and konsole's modifiers, rxvt's `^ $ @`, and the ESC that PuTTY and rxvt put in front for Alt; see
// `KeyGrammar`. A sequence that means several keys on one terminal stands under the plainest: the terminal cannot be
// asked which was meant.
extension TerminalFamily {
    /// What this family adds to `commonTable`, or takes from it by giving the sequence to another key.
    var ownTable: [KeySequences] {
        switch self {
        case .common: []
        case .rxvt: Self.rxvtTable
        case .st: Self.stTable
        case .puttyVT400: Self.puttyVT400Table
        case .puttyRxvt: [KeySequences(.end, "^[Ow")]
        case .puttySCO: Self.scoTable
        case .sco: Self.scoTable + Self.ruboutTable
        case .vt100: Self.vt100Table
        case .rubout: Self.ruboutTable
        case .wyse: Self.wyseTable
        case .at386: Self.at386Table
        case .ibm3151: Self.ibm3151Table
        }
    }

    static let commonTable: [KeySequences] = [
        // xterm and PuTTY VT100+; rxvt and PuTTY; Linux and cygwin; Sun.
        KeySequences(.function(1), "^[OP", "^[[11~", "^[[[A", "^[[224z"),
        KeySequences(.function(2), "^[OQ", "^[[12~", "^[[[B", "^[[225z"),
        KeySequences(.function(3), "^[OR", "^[[13~", "^[[[C", "^[[226z"),
        KeySequences(.function(4), "^[OS", "^[[14~", "^[[[D", "^[[227z"),
        KeySequences(.function(5), "^[OT", "^[[15~", "^[[[E", "^[[228z"),
        KeySequences(.function(6), "^[OU", "^[[17~", "^[[229z"),
        KeySequences(.function(7), "^[OV", "^[[18~", "^[[230z"),
        KeySequences(.function(8), "^[OW", "^[[19~", "^[[231z"),
        KeySequences(.function(9), "^[OX", "^[[20~", "^[[232z"),
        KeySequences(.function(10), "^[OY", "^[[21~", "^[[233z"),
        KeySequences(.function(11), "^[OZ", "^[[23~", "^[[234z"),
        KeySequences(.function(12), "^[O[", "^[[24~", "^[[235z"),
        // Also Shift-F3 to Shift-F10 of rxvt and PuTTY.
        KeySequences(.function(13), "^[[25~"),
        KeySequences(.function(14), "^[[26~"),
        KeySequences(.function(15), "^[[28~"),
        KeySequences(.function(16), "^[[29~"),
        KeySequences(.function(17), "^[[31~"),
        KeySequences(.function(18), "^[[32~"),
        KeySequences(.function(19), "^[[33~"),
        KeySequences(.function(20), "^[[34~"),
        KeySequences(.function(11), [.control], "^[[42~"),
        KeySequences(.function(12), [.control], "^[[43~"),

        KeySequences(.up, "^[[A", "^[OA"),
        KeySequences(.down, "^[[B", "^[OB"),
        KeySequences(.right, "^[[C", "^[OC"),
        KeySequences(.left, "^[[D", "^[OD"),
        // xterm; application cursor keys; tmux, screen, PuTTY, Linux; rxvt; Sun.
        KeySequences(.home, "^[[H", "^[OH", "^[[1~", "^[[7~", "^[[214z"),
        KeySequences(.end, "^[[F", "^[OF", "^[[4~", "^[[8~", "^[[220z"),
        // `^[[4h` is st's, `^[[L` that of TERM ansi.
        KeySequences(.insert, "^[[2~", "^[[4h", "^[[L", "^[[247z"),
        KeySequences(.delete, "^[[3~"),
        KeySequences(.pageUp, "^[[5~", "^[[216z"),
        KeySequences(.pageDown, "^[[6~", "^[[222z"),
        KeySequences(.backspace, "^?", "^H"),
        KeySequences(.tab, [.shift], "^[[Z"),

        // rxvt. Its Shift-arrows follow no rule.
        KeySequences(.up, [.control], "^[Oa"),
        KeySequences(.down, [.control], "^[Ob"),
        KeySequences(.right, [.control], "^[Oc"),
        KeySequences(.left, [.control], "^[Od"),
        KeySequences(.up, [.shift], "^[[a"),
        KeySequences(.down, [.shift], "^[[b"),
        KeySequences(.right, [.shift], "^[[c"),
        KeySequences(.left, [.shift], "^[[d"),

        // The keypad. In application mode PuTTY sends the same with NumLock on and off: taken as on.
        KeySequences(.keypad(.begin), "^[[E", "^[OE", "^[[G", "^[OG", "^[[218z"),
        KeySequences(.keypad(.enter), "^J", "^[OM"),
        KeySequences(.keypad(.plus), "^[Ok", "^[Ol"),
        KeySequences(.keypad(.minus), "^[Om"),
        KeySequences(.keypad(.multiply), "^[Oj"),
        KeySequences(.keypad(.divide), "^[Oo"),
        KeySequences(.keypad(.decimal), "^[On"),
        KeySequences(.keypad(.zero), "^[Op"),
        KeySequences(.keypad(.one), "^[Oq"),
        KeySequences(.keypad(.two), "^[Or"),
        KeySequences(.keypad(.three), "^[Os"),
        KeySequences(.keypad(.four), "^[Ot"),
        KeySequences(.keypad(.five), "^[Ou"),
        KeySequences(.keypad(.six), "^[Ov"),
        KeySequences(.keypad(.seven), "^[Ow"),
        KeySequences(.keypad(.eight), "^[Ox"),
        KeySequences(.keypad(.nine), "^[Oy"),
    ]

    private static let rxvtTable: [KeySequences] = [
        KeySequences(.keypad(.insert), "^[Op"),
        KeySequences(.keypad(.end), "^[Oq"),
        KeySequences(.keypad(.down), "^[Or"),
        KeySequences(.keypad(.pageDown), "^[Os"),
        KeySequences(.keypad(.left), "^[Ot"),
        KeySequences(.keypad(.begin), "^[Ou"),
        KeySequences(.keypad(.right), "^[Ov"),
        KeySequences(.keypad(.home), "^[Ow"),
        KeySequences(.keypad(.up), "^[Ox"),
        KeySequences(.keypad(.pageUp), "^[Oy"),
        KeySequences(.keypad(.delete), "^[On"),
    ]

    private static let stTable: [KeySequences] = [
        KeySequences(.keypad(.down), "^[Or"),
        KeySequences(.keypad(.left), "^[Ot"),
        KeySequences(.keypad(.right), "^[Ov"),
        KeySequences(.keypad(.up), "^[Ox"),
        KeySequences(.delete, "^[[P"),
        KeySequences(.delete, [.control], "^[[M"),
        KeySequences(.delete, [.shift], "^[[2K"),
        KeySequences(.insert, [.control], "^[[L"),
        KeySequences(.home, [.shift], "^[[2J"),
        KeySequences(.end, [.shift], "^[[K"),
        KeySequences(.end, [.control], "^[[J"),
    ]

    private static let puttyVT400Table: [KeySequences] = [
        KeySequences(.insert, "^[[1~"),
        KeySequences(.home, "^[[2~"),
        KeySequences(.pageUp, "^[[3~"),
        KeySequences(.delete, "^[[4~"),
        KeySequences(.end, "^[[5~"),
    ]

    private static let scoTable: [KeySequences] = [
        KeySequences(.function(1), "^[[M"),
        KeySequences(.function(2), "^[[N"),
        KeySequences(.function(3), "^[[O"),
        KeySequences(.function(4), "^[[P"),
        KeySequences(.function(5), "^[[Q"),
        KeySequences(.function(6), "^[[R"),
        KeySequences(.function(7), "^[[S"),
        KeySequences(.function(8), "^[[T"),
        KeySequences(.function(9), "^[[U"),
        KeySequences(.function(10), "^[[V"),
        KeySequences(.function(11), "^[[W"),
        KeySequences(.function(12), "^[[X"),
        // F13 to F24 are Shift-F1 to Shift-F12 there; F14's `^[[Z` stays Shift-Tab.
        KeySequences(.function(13), "^[[Y"),
        KeySequences(.function(15), "^[[a"),
        KeySequences(.function(16), "^[[b"),
        KeySequences(.function(17), "^[[c"),
        KeySequences(.function(18), "^[[d"),
        KeySequences(.function(19), "^[[e"),
        KeySequences(.function(20), "^[[f"),
        KeySequences(.function(21), "^[[g"),
        KeySequences(.function(22), "^[[h"),
        KeySequences(.function(23), "^[[i"),
        KeySequences(.function(24), "^[[j"),
        KeySequences(.function(1), [.control], "^[[k"),
        KeySequences(.function(2), [.control], "^[[l"),
        KeySequences(.function(3), [.control], "^[[m"),
        KeySequences(.function(4), [.control], "^[[n"),
        KeySequences(.function(5), [.control], "^[[o"),
        KeySequences(.function(6), [.control], "^[[p"),
        KeySequences(.function(7), [.control], "^[[q"),
        KeySequences(.function(8), [.control], "^[[r"),
        KeySequences(.function(9), [.control], "^[[s"),
        KeySequences(.function(10), [.control], "^[[t"),
        KeySequences(.function(11), [.control], "^[[u"),
        KeySequences(.function(12), [.control], "^[[v"),
        KeySequences(.function(1), [.control, .shift], "^[[w"),
        KeySequences(.function(5), [.control, .shift], "^[[@"),
        KeySequences(.pageUp, "^[[I"),
        KeySequences(.pageDown, "^[[G"),
    ]

    private static let ruboutTable: [KeySequences] = [KeySequences(.delete, "^?")]

    private static let vt100Table: [KeySequences] = [
        KeySequences(.function(5), "^[Ot"),
        KeySequences(.function(6), "^[Ou"),
        KeySequences(.function(7), "^[Ov"),
        KeySequences(.function(8), "^[Ol"),
        KeySequences(.function(9), "^[Ow"),
        KeySequences(.function(10), "^[Ox"),
    ]

    private static let at386Table: [KeySequences] = [
        KeySequences(.function(12), "^[OA"),
        KeySequences(.insert, "^[[@"),
        KeySequences(.delete, "^[[P"),
        KeySequences(.pageUp, "^[[V"),
        KeySequences(.pageDown, "^[[U"),
        KeySequences(.end, "^[[Y"),
        KeySequences(.tab, [.shift], "^]"),
    ]

    // F1 to F16: Ctrl-A, a letter from @ on, Enter.
    private static let wyseTable: [KeySequences] =
        "@ABCDEFGHIJKLMNO".enumerated().map { index, letter in
            KeySequences(.function(UInt8(index + 1)), "^A\(letter)^M")
        } + [
            KeySequences(.left, "^H"),
            KeySequences(.down, "^J"),
            KeySequences(.up, "^K"),
            KeySequences(.right, "^L"),
            KeySequences(.home, "^^"),
            KeySequences(.insert, "^[Q"),
            KeySequences(.delete, "^[W"),
            KeySequences(.pageUp, "^[J"),
            KeySequences(.pageDown, "^[K"),
            KeySequences(.tab, [.shift], "^[I"),
            KeySequences(.keypad(.enter), "^[7"),
        ]

    // F1 to F12: ESC, a letter from a on, Enter. F13 to F24: ESC, !, the same.
    private static let ibm3151Table: [KeySequences] =
        "abcdefghijkl".enumerated().flatMap { index, letter in
            [
                KeySequences(.function(UInt8(index + 1)), "^[\(letter)^M"),
                KeySequences(.function(UInt8(index + 13)), "^[!\(letter)^M"),
            ]
        } + [
            KeySequences(.up, "^[A"),
            KeySequences(.down, "^[B"),
            KeySequences(.right, "^[C"),
            KeySequences(.left, "^[D"),
            KeySequences(.home, "^[H"),
            KeySequences(.insert, "^[P ^H"),
            KeySequences(.delete, "^[Q"),
            KeySequences(.tab, [.shift], "^[2"),
        ]
}
