// SPDX-License-Identifier: Apache-2.0

/// The user name a client logs in with, as hardware console servers read it: `alice` or `alice:web01`.
struct LoginName: Equatable {
    var user: String
    var console: String?

    /// Nil for a name that cannot be one: empty, longer than any, or with control characters in it.
    init?(_ text: String) {
        guard (1...255).contains(text.utf8.count), !text.unicodeScalars.contains(where: isControl) else {
            return nil
        }
        guard let colon = text.firstIndex(of: ":") else {
            self.user = text
            return
        }
        self.user = String(text[..<colon])
        let console = text[text.index(after: colon)...]
        self.console = console.isEmpty ? nil : String(console)
        guard !self.user.isEmpty else { return nil }
    }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
}

/// A string from the network as it may stand in a log line or a message: without control characters, and not long.
func printable(_ text: some StringProtocol) -> String {
    let shown = text.unicodeScalars.prefix(80).map { isControl($0) ? "?" : Character($0) }
    return String(shown) + (text.unicodeScalars.count > 80 ? "..." : "")
}
