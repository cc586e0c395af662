// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Ports for servers that have to be told one. Below the kernel's own choice (32768) and what FreeIPMI takes (32767); no
/// two tests of this process get the same.
package enum Ports {
    private static let next = Locked(UInt16.random(in: 0..<11_000))

    /// So many ports in a row that nobody had a moment ago.
    package static func free(_ count: Int = 1, kind: Kind) throws -> Int {
        for _ in 0..<200 {
            let first = self.next.withLock { next -> Int in
                let first = Int(next)
                next = UInt16((first + count) % 11_000)
                return 20_000 + first
            }
            if (first..<first + count).allSatisfy({ self.isFree($0, kind) }) { return first }
        }
        throw ChildProcess.Failure(description: "no \(count) free ports")
    }

    package enum Kind: Sendable {
        case tcp
        case udp
    }

    private static func isFree(_ port: Int, _ kind: Kind) -> Bool {
        let type = kind == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let number = socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return false }
        let descriptor = Descriptor(number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
