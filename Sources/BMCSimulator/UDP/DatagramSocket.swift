// SPDX-License-Identifier: Apache-2.0

internal import CDatagrams
internal import Glibc

/// Why the simulator cannot listen.
package struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    package var operation: String
    package var code: Int32

    package var description: String {
        // Unsafe: a C string of the library's; it is copied at once.
        "\(self.operation): \(unsafe String(cString: strerror(self.code)))"
    }

    /// C's result, which is negative for an error.
    static func check(_ result: Int32, _ operation: String) throws(SocketError) -> Int32 {
        guard result >= 0 else { throw SocketError(operation: operation, code: -result) }
        return result
    }
}

/// A non-blocking IPv4 datagram socket: bound to one address, or to all of them, telling for each datagram which one it
/// was sent to and sending from that one.
///
/// System calls instead of NIO: NIO cannot send from a chosen address, and with a channel per BMC it takes three times
/// the CPU time per packet, on the machine that is being measured.
final class DatagramSocket {
    let descriptor: Int32
    let isWildcard: Bool

    init(listen address: PeerAddress, asWildcard: Bool = false) throws(SocketError) {
        self.descriptor = try SocketError.check(
            cdg_socket(address.ip, address.port, asWildcard ? 1 : 0),
            "cannot listen on \(address)"
        )
        self.isWildcard = asWildcard
    }

    deinit { cdg_close(self.descriptor) }

    /// The port, also if the kernel was asked to choose.
    var localPort: UInt16 { UInt16(truncatingIfNeeded: cdg_local_port(self.descriptor)) }
}

/// Room for the datagrams of one call, in either direction.
final class DatagramBatch {
    static let limit = Int(CDG_BATCH)
    private static let size = Int(CDG_DATAGRAM_SIZE)

    private var bytes = [UInt8](repeating: 0, count: DatagramBatch.limit * DatagramBatch.size)
    private var addresses = [cdg_address](repeating: cdg_address(), count: DatagramBatch.limit)
    private(set) var count = 0

    var isFull: Bool { self.count == Self.limit }

    /// Takes up to `limit` datagrams that wait in the socket.
    func receive(from socket: DatagramSocket, limit: Int) {
        // Unsafe: C fills the arrays' storage, whose sizes it knows, and says how many entries.
        let count = unsafe self.bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe self.addresses.withUnsafeMutableBufferPointer { addresses in
                unsafe cdg_receive(socket.descriptor, bytes.baseAddress, addresses.baseAddress, Int32(limit))
            }
        }
        // An error is that of one datagram (an ICMP answer to an earlier one): nothing to take now.
        self.count = max(0, Int(count))
    }

    /// One of those received: its bytes, whence it came, and for a wildcard socket where it was sent.
    func datagram(_ index: Int) -> (bytes: [UInt8], peer: PeerAddress, local: UInt32) {
        let address = self.addresses[index]
        let start = index * Self.size
        return (
            Array(self.bytes[start..<(start + Int(address.length))]),
            PeerAddress(ip: address.peer_ip, port: address.peer_port),
            address.local_ip
        )
    }

    /// Adds a datagram to be sent from `local`. Nothing the machines make is as long as the limit.
    func append(_ datagram: OutgoingDatagram, from local: UInt32) {
        guard !self.isFull, datagram.bytes.count <= Self.size else { return }
        let start = self.count * Self.size
        // Unsafe: a copy between two arrays, within the bounds checked above.
        unsafe self.bytes.withUnsafeMutableBytes { target in
            unsafe datagram.bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<(start + source.count)])
                    .copyMemory(from: source)
            }
        }
        self.addresses[self.count] = cdg_address(
            peer_ip: datagram.destination.ip,
            local_ip: local,
            peer_port: datagram.destination.port,
            length: UInt16(datagram.bytes.count)
        )
        self.count += 1
    }

    /// Sends all; what the kernel does not take is lost, as UDP allows.
    func send(to socket: DatagramSocket) {
        guard self.count > 0 else { return }
        // Unsafe: C reads the arrays' storage, `count` entries of it.
        _ = unsafe self.bytes.withUnsafeBufferPointer { bytes in
            unsafe self.addresses.withUnsafeBufferPointer { addresses in
                unsafe cdg_send(
                    socket.descriptor,
                    socket.isWildcard ? 1 : 0,
                    bytes.baseAddress,
                    addresses.baseAddress,
                    Int32(self.count)
                )
            }
        }
        self.count = 0
    }
}
