// SPDX-License-Identifier: Apache-2.0

import Glibc
import OperatorSession

/// The operator's terminal: its size and its modes.
struct Terminal: ~Copyable {
    private var original: termios?

    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Nil when input or output is not a terminal.
    static var current: OperatorTerminal? {
        guard self.isInteractive else { return nil }
        let size = self.size
        return OperatorTerminal(type: Environment.value("TERM") ?? "", columns: size.columns, rows: size.rows)
    }

    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// True between `makeRaw` or `hideTyping` and `restore`.
    var isChanged: Bool { self.original != nil }

    /// Every key comes as it is typed, and nothing that is printed is changed. Harmless when it is so already.
    mutating func makeRaw() {
        guard var modes = self.modes() else { return }
        unsafe cfmakeraw(&modes)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &modes)
    }

    /// Turns the echo off, for passwords.
    mutating func hideTyping() {
        guard var modes = self.modes() else { return }
        modes.c_lflag &= ~tcflag_t(ECHO)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes)
    }

    private mutating func modes() -> termios? {
        var modes = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &modes) == 0 else { return nil }
        if self.original == nil { self.original = modes }
        return modes
    }

    /// Puts the modes back as they were found. Harmless when nothing was changed.
    mutating func restore() {
        guard var modes = self.original else { return }
        // TCSANOW: a terminal whose output is stopped must not keep us from ending.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &modes)
        self.original = nil
    }

    deinit {
        guard var modes = self.original else { return }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &modes)
    }
}
