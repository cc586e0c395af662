// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Datagrams from nowhere.
enum Datagrams {
    /// Sends each to a port of this machine.
    static func send(_ datagrams: [[UInt8]], toPort port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ChildProcess.Failure(description: "socket: \(errno)") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        for datagram in datagrams {
            let sent = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor,
                        datagram,
                        datagram.count,
                        0,
                        $0,
                        socklen_t(MemoryLayout<sockaddr_in>.size)
                    )
                }
            }
            guard sent == datagram.count else { throw ChildProcess.Failure(description: "sendto: \(errno)") }
        }
    }
}
