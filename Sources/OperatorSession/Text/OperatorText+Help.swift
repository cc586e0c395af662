// SPDX-License-Identifier: Apache-2.0

extension OperatorText {
    /// The help screen: two columns that fit 80 by 24.
    package static func help(prefix: EscapePrefix) -> [UInt8] {
        let entries = EscapeCommand.table.map { command in
            (String(UnicodeScalar(command.key)), command.help)
        }
        let last = EscapePrefix.name(of: prefix.bytes.suffix(1))
        let afterNewline = prefix.onlyAfterNewline ? ", as the first thing on a line" : ""
        let head = "Escapes: type \(prefix.name)\(afterNewline), then"
        let foot = [
            "\(prefix.name)\(last) types \(prefix.name) itself; \(prefix.name) then Enter does nothing.",
            "What is not a command goes to the console unchanged, prefix included.",
        ]
        return self.block([head, ""] + self.columns(entries, keyWidth: 2, width: 40) + [""] + foot)
    }

    /// `S?`
    package static func sysrqHelp() -> [UInt8] {
        let entries = SysrqKey.table.map { key in
            (
                String(UnicodeScalar(key.key)),
                key.title + (SysrqKey.needsConfirmation(key.key) ? " (asks)" : "")
            )
        }
        let head = "Magic sysrq: a break, then the key. 0-9 set the log level."
        return self.block([head, ""] + self.columns(entries, keyWidth: 2, width: 40))
    }

    /// Entries down the left column, then down the right one.
    static func columns(_ entries: [(key: String, text: String)], keyWidth: Int, width: Int) -> [String] {
        let height = (entries.count + 1) / 2
        return (0..<height).map { row in
            let left = self.entry(entries[row], keyWidth: keyWidth)
            guard row + height < entries.count else { return left }
            let padding = String(repeating: " ", count: max(1, width - left.count))
            return left + padding + self.entry(entries[row + height], keyWidth: keyWidth)
        }
    }

    private static func entry(_ entry: (key: String, text: String), keyWidth: Int) -> String {
        " " + entry.key + String(repeating: " ", count: max(1, keyWidth + 1 - entry.key.count)) + entry.text
    }
}
