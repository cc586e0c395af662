// SPDX-License-Identifier: Apache-2.0

/// The options before a key. Those of sshd(8) that concern what this server never does anyway (forwarding, X11, user
/// rc) are accepted and have no effect; one we do not know makes the key useless, because it might be a restriction.
package struct AuthorizedKeyOptions: Equatable, Sendable {
    /// `from="10.0.0.0/8,!10.0.0.9"`: where a login with this key may come from; nil is everywhere.
    package var sources: SourcePatternList?
    /// `command="list"`: this is run, whatever the client asks for.
    package var forcedCommand: String?
    /// `expiry-time="20270101"`: the key is refused from then on.
    package var expiry: KeyExpiry?
    /// False after `restrict` or `no-pty`.
    package var permitsTerminal = true

    package init() {}

    init(parsing text: String) throws(SSHFrontEndError) {
        for (name, value) in try Self.split(text) {
            switch (name.lowercased(), value) {
            case ("from", let value?): self.sources = try SourcePatternList(parsing: value)
            case ("command", let value?): self.forcedCommand = value
            case ("expiry-time", let value?): self.expiry = try KeyExpiry(parsing: value)
            case ("restrict", nil), ("no-pty", nil): self.permitsTerminal = false
            case ("pty", nil): self.permitsTerminal = true
            case ("no-port-forwarding", nil), ("no-agent-forwarding", nil), ("no-x11-forwarding", nil),
                ("no-user-rc", nil):
                break
            case ("from", nil), ("command", nil), ("expiry-time", nil):
                throw .badKey("the option \(name) needs a value")
            default:
                throw .badKey("unknown option \(printable(name))")
            }
        }
    }

    /// `a,b="c,d"` to `[(a, nil), (b, "c,d")]`. Inside quotes, `\"` is a quote.
    private static func split(_ text: String) throws(SSHFrontEndError) -> [(name: String, value: String?)] {
        var options: [(name: String, value: String?)] = []
        var rest = Substring(text)
        while true {
            let name = rest.prefix { $0 != "," && $0 != "=" }
            guard !name.isEmpty else { throw .badKey("an option without a name") }
            rest = rest.dropFirst(name.count)
            var value: String?
            if rest.first == "=" {
                rest = rest.dropFirst()
                value = try Self.quoted(&rest)
            }
            options.append((String(name), value))
            guard rest.first == "," else { break }
            rest = rest.dropFirst()
        }
        guard rest.isEmpty else { throw .badKey("text after an option's closing quote") }
        return options
    }

    private static func quoted(_ rest: inout Substring) throws(SSHFrontEndError) -> String {
        guard rest.first == "\"" else { throw .badKey("an option's value must be in double quotes") }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == "\"" { return value }
            if character == "\\" && rest.first == "\"" {
                value.append("\"")
                rest = rest.dropFirst()
            } else {
                value.append(character)
            }
        }
        throw .badKey("an option's value has no closing quote")
    }
}
