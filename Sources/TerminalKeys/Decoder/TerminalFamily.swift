// SPDX-License-Identifier: Apache-2.0

/// Which terminals' sequences a decoder knows. One table serves nearly all terminals; a family settles what one byte
/// sequence means where terminals disagree.
package enum TerminalFamily: String, Hashable, Sendable, CaseIterable {
    /// xterm and everything that does not disagree with it: VTE, konsole, kitty, alacritty, PuTTY but for the modes below,
    /// the Linux console, screen, tmux, iTerm2, mintty, Windows Terminal, Sun.
    case common
    /// rxvt, mlterm, and xterm set to a VT220's keypad: what the keypad sends in application mode is sent with NumLock off
    /// only, and means the cursor keys. PuTTY, which says it is an xterm, sends it for the digits too.
    case rxvt
    /// Suckless st: `^[[P` is Delete.
    case st
    /// PuTTY's VT400 mode: Insert, Home, PageUp, Delete, End are `^[[1~` to `^[[5~`. PuTTY does not say so in TERM.
    case puttyVT400 = "putty-vt400"
    /// PuTTY with rxvt's Home and End: End is `^[Ow`. PuTTY does not say so in TERM.
    case puttyRxvt = "putty-rxvt"
    /// PuTTY's SCO mode: F1 to F12 are `^[[M` to `^[[X`.
    case puttySCO = "putty-sco"
    /// SCO's and FreeBSD's consoles: as `puttySCO`, and 7f is Delete.
    case sco
    /// VT100 and VT102: F5 to F10 are keys of the application keypad.
    case vt100
    /// Keyboards whose 7f is Delete, as Backspace is 08: Sun, konsole's VT420PC.
    case rubout
    /// Wyse 50 and 60: arrows are control characters, F1 is Ctrl-A `@` Enter.
    case wyse
    /// AT&T 386: F12 is `^[OA`, PageUp `^[[V`.
    case at386
    /// IBM 3151: F1 is `^[a` and Enter.
    case ibm3151

    /// Takes the TERM of the operator's session.
    package init(term: String) {
        let name = term.lowercased()
        self = Self.terms.first { name == $0.name || name.hasPrefix($0.name + "-") }?.family ?? .common
    }

    /// TERM, or its part before a dash, longest first where one begins with another.
    private static let terms: [(name: String, family: TerminalFamily)] = [
        ("rxvt", .rxvt), ("mlterm", .rxvt),
        ("st", .st), ("stterm", .st), ("simpleterm", .st),
        ("putty-vt400", .puttyVT400), ("putty+fnkeys+vt400", .puttyVT400),
        ("putty-sco", .puttySCO), ("putty+fnkeys+sco", .puttySCO), ("putty-rxvt", .puttyRxvt),
        ("sco", .sco), ("scoansi", .sco), ("cons25", .sco), ("cons25r", .sco), ("cons25w", .sco),
        ("cons43", .sco), ("cons50", .sco), ("cons60", .sco), ("ibmpc3", .puttySCO),
        ("vt100", .vt100), ("vt102", .vt100),
        ("sun", .rubout), ("konsole-vt420pc", .rubout),
        ("wyse50", .wyse), ("wyse60", .wyse), ("wy50", .wyse), ("wy60", .wyse),
        ("at386", .at386), ("at", .at386), ("ibm3151", .ibm3151),
    ]
}
