// SPDX-License-Identifier: Apache-2.0

/// Where a datagram came from and where the answer goes. The machine only compares it and reports it in
/// Get Session Info; the UDP host turns it into a socket address.
package struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// IPv4 address, first byte in bits 31:24. The simulator serves IPv4 only.
    package var ip: UInt32
    package var port: UInt16

    package init(ip: UInt32, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// The console in tests that need only one: 192.0.2.1, port 40000 (RFC 5737).
    package static let console = PeerAddress(ip: 0xC000_0201, port: 40000)

    package var description: String {
        "\(self.ip >> 24).\(self.ip >> 16 & 0xFF).\(self.ip >> 8 & 0xFF).\(self.ip & 0xFF):\(self.port)"
    }
}

/// A datagram the simulated BMC wants sent.
package struct OutgoingDatagram: Equatable, Sendable {
    package var bytes: [UInt8]
    package var destination: PeerAddress

    package init(bytes: [UInt8], destination: PeerAddress) {
        self.bytes = bytes
        self.destination = destination
    }
}
