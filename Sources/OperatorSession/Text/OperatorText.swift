// SPDX-License-Identifier: Apache-2.0

/// What Heliograph itself says on an operator's terminal. Every text from elsewhere is made harmless first.
package enum OperatorText {
    /// `[heliograph: text]` on a line of its own.
    package static func status(_ text: String) -> [UInt8] {
        Array("\r\n[heliograph: \(TerminalSafe.text(text))]\r\n".utf8)
    }

    /// Several status lines in a row.
    package static func status(_ lines: [String]) -> [UInt8] {
        Array("\r\n".utf8) + lines.flatMap { Array("[heliograph: \(TerminalSafe.text($0))]\r\n".utf8) }
    }

    /// Lines without brackets, for tables: the lines of a rendered `status` or `who`.
    package static func block(_ lines: [String]) -> [UInt8] {
        Array("\r\n".utf8) + lines.flatMap { Array((TerminalSafe.text($0) + "\r\n").utf8) }
    }

    /// The same, from text with newlines.
    package static func block(_ text: String) -> [UInt8] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return self.block(lines)
    }

    /// Output that this operator was too slow for.
    package static func gap(byteCount: Int) -> [UInt8] {
        self.status("\(self.grouped(byteCount)) \(byteCount == 1 ? "byte" : "bytes") skipped")
    }

    /// A message from another operator, or from the command line.
    package static func message(from user: String, _ text: String) -> [UInt8] {
        self.status("message from \(user): \(text)")
    }

    /// What an effect is answered with that this version does not carry out.
    package static func notAvailableYet(_ what: String) -> [UInt8] {
        self.status("\(what) is not available yet")
    }

    static func spectatorHint(_ prefix: EscapePrefix) -> [UInt8] {
        self.status("you are a spectator: \(prefix.name)a asks for the pen, \(prefix.name)f takes it")
    }

    static func needsPen(_ prefix: EscapePrefix) -> [UInt8] {
        self.status(
            "not sent, you are a spectator: \(prefix.name)a asks for the pen, \(prefix.name)f takes it"
        )
    }

    static func prefixChanged(_ prefix: EscapePrefix) -> [UInt8] {
        let hidden =
            prefix.hiddenCommand.map { "; the command \(EscapePrefix.name(of: [$0])) is now hidden" } ?? ""
        let where_ = prefix.onlyAfterNewline ? " after Enter" : ""
        return self.status("escape is now \(prefix.name)\(where_) (\(prefix.name)? for help)\(hidden)")
    }

    static func sysrqQuestion(_ key: UInt8) -> [UInt8] {
        let name = String(UnicodeScalar(key))
        return Array("\r\n[heliograph] sysrq \(name): \(SysrqKey.title(of: key)). Send it? (y/n) ".utf8)
    }

    /// `1,234`
    package static func grouped(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number.magnitude).utf8)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.unicodeScalars.append(UnicodeScalar(digit))
        }
        return text
    }
}
