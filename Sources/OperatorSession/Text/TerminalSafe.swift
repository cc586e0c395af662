// SPDX-License-Identifier: Apache-2.0

/// Makes text from elsewhere (names, notes, a console's lines, a BMC's words) harmless on a terminal.
package enum TerminalSafe {
    /// Replaces control characters (C0, DEL, C1) and characters that reorder or hide text by a visible `?`.
    /// A tab becomes a space.
    package static func text(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                safe.append(" ")
            } else {
                safe.append(self.isHarmless(scalar) ? scalar : "?")
            }
        }
        return String(safe)
    }

    /// The same for bytes that are probably UTF-8; what is not becomes U+FFFD.
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        self.text(String(decoding: bytes, as: UTF8.self))
    }

    /// False for characters that steer a terminal or deceive a reader.
    package static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x20, 0x7F..<0xA0: false
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
            false
        case 0xE0000...0xE0FFF: false
        default: true
        }
    }

    /// Columns that text takes on a terminal. East Asian and emoji characters take two, combining ones none; near enough
    /// for tables and prompts.
    package static func columns(of text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + self.columns(of: $1) }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x300...0x36F, 0xFE00...0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60:
            2
        case 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD: 2
        default: 1
        }
    }
}
