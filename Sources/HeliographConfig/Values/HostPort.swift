// SPDX-License-Identifier: Apache-2.0

/// A host (name or address) and a port: `host:port`, `[2001:db8::1]:port`.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// Without the brackets of an IPv6 address.
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    package var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    /// Reads `host[:port]`. Without a port the given one holds; nil there makes the port mandatory.
    package init(parsing text: String, defaultPort: UInt16?) throws(ValueError) {
        let (host, port) = try Self.parts(of: text)
        guard let port = port ?? defaultPort else {
            throw ValueError("\(text.quoted) has no port; write host:port")
        }
        self.init(host: host, port: port)
    }

    /// The host, and the port if there is one.
    static func parts(of text: String) throws(ValueError) -> (host: String, port: UInt16?) {
        let (host, port) = try Self.split(text)
        guard !host.isEmpty else { throw ValueError("\(text.quoted) has no host name or address") }
        guard host.utf8.count <= 253 else {
            throw ValueError("\(text.quoted) is longer than a host name can be")
        }
        if host.contains(":") {
            guard IPAddress(host.prefix { $0 != "%" }) != nil else {
                throw ValueError("\(host.quoted) is not an IPv6 address")
            }
        } else if let bad = host.unicodeScalars.first(where: { !Self.isHostCharacter($0) }) {
            throw ValueError("\(text.quoted) has a character that no host name has: \(String(bad).quoted)")
        }
        guard let port else { return (host, nil) }
        guard let number = UInt16(port), port.utf8.allSatisfy(isDigit) else {
            throw ValueError("\(text.quoted) has a bad port \(port.quoted)")
        }
        return (host, number)
    }

    private static func split(_ text: String) throws(ValueError) -> (host: String, port: String?) {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else {
                throw ValueError("\(text.quoted) has [ without ]")
            }
            let host = String(text[text.index(after: text.startIndex)..<close])
            let rest = text[text.index(after: close)...]
            guard host.contains(":") else {
                throw ValueError("\(text.quoted) has no IPv6 address between [ and ]")
            }
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":") else {
                throw ValueError("\(text.quoted) has something other than :port after ]")
            }
            return (host, String(rest.dropFirst()))
        }
        // More than one colon and no brackets: a bare IPv6 address.
        guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else {
            return (text, nil)
        }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func isHostCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
        default: false
        }
    }
}
