// SPDX-License-Identifier: Apache-2.0

/// A place to listen at: `0.0.0.0:2200`, `[::]:2200`, `localhost:0`, `*:2200`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or a numeric address without brackets; `*` is every IPv4 and IPv6 address.
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`; an IPv6 address must be in brackets.
    package init(parsing text: String) throws(SSHFrontEndError) {
        let fault = SSHFrontEndError(.badListenAddress, "\(text): not HOST:PORT or [IPv6]:PORT")
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw fault
        }
        var host = text[..<colon]
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") || host.contains("[") {
            throw fault
        }
        guard !host.isEmpty else { throw fault }
        self.init(host: String(host), port: port)
    }

    package var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }
}
