// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why there is no connection.
struct ConnectError: Error, Equatable {
    var path: String
    var code: Int32

    var isNotPermitted: Bool { self.code == EACCES || self.code == EPERM }

    var text: String {
        let cause = SystemError.text(self.code)
        if self.isNotPermitted {
            return
                "not permitted to use \(self.path) (\(cause)): be root or a member of the group that owns it"
        }
        return "cannot reach the daemon at \(self.path) (\(cause)): is heliographd running?"
    }
}

/// A connected stream socket, closed with its owner.
struct UnixSocket: ~Copyable {
    let descriptor: Int32

    /// Connects and makes the descriptor non-blocking.
    init(connectingTo path: String) throws(ConnectError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard !bytes.isEmpty, bytes.count <= room, !bytes.contains(0) else {
            throw ConnectError(path: path, code: ENAMETOOLONG)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ConnectError(path: path, code: errno) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            // Unsafe: C's way of saying that a sockaddr_un is a sockaddr.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw ConnectError(path: path, code: code)
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        self.descriptor = descriptor
    }

    deinit { close(self.descriptor) }
}
