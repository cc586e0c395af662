// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The other end of a connection.
struct PeerAddress: Sendable {
    /// Numeric, an IPv4-mapped IPv6 address as IPv4.
    var host: String
    var port: UInt16
    var source: ConnectionSource

    /// `192.0.2.7:51022`, `[2001:db8::7]:51022`.
    var text: String { ListenAddress(host: self.host, port: self.port).description }
}

/// Opens listening sockets.
enum Listener {
    /// Opens one socket for an address, or several where a name has several.
    static func open(_ address: ListenAddress) -> [Result<Int32, SSHFrontEndError>] {
        let wildcard = address.host == "*"
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(wildcard ? nil : address.host, String(address.port), &hints, &list)
        defer { if unsafe list != nil { unsafe freeaddrinfo(list) } }
        guard status == 0 else {
            let reason = unsafe String(cString: gai_strerror(status))
            return [.failure(SSHFrontEndError(.cannotListen, "cannot listen at \(address): \(reason)"))]
        }
        var results: [Result<Int32, SSHFrontEndError>] = []
        var entry = unsafe list
        while let current = unsafe entry {
            results.append(
                unsafe self.bind(
                    current.pointee.ai_family,
                    current.pointee.ai_addr,
                    current.pointee.ai_addrlen
                )
                .mapError { SSHFrontEndError(.cannotListen, "cannot listen at \(address): \($0.detail)") }
            )
            unsafe entry = current.pointee.ai_next
        }
        return results
    }

    @unsafe private static func bind(
        _ family: Int32,
        _ address: UnsafePointer<sockaddr>,
        _ length: socklen_t
    ) -> Result<Int32, SSHFrontEndError> {
        let descriptor = linux_stream_socket(family)
        guard descriptor >= 0 else {
            return .failure(SSHFrontEndError(.cannotListen, systemErrorText(-descriptor)))
        }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if family == AF_INET6 {
            // So that 0.0.0.0:2200 and [::]:2200 can stand side by side.
            unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
        }
        guard unsafe Glibc.bind(descriptor, address, length) == 0, listen(descriptor, 128) == 0 else {
            let number = errno
            close(descriptor)
            return .failure(SSHFrontEndError(.cannotListen, systemErrorText(number)))
        }
        return .success(descriptor)
    }
}

/// What `accept` gave.
enum Accepted {
    case connection(Int32, PeerAddress)
    case nothing
    case failed(Int32)
}

func acceptConnection(_ listener: Int32) -> Accepted {
    var address = sockaddr_storage()
    let descriptor = unsafe linux_accept(listener, &address)
    switch -descriptor {
    case ...0: break
    case EAGAIN, EINTR, ECONNABORTED, EPROTO: return .nothing
    default: return .failed(-descriptor)
    }
    guard let peer = peerAddress(&address) else {
        close(descriptor)
        return .nothing
    }
    return .connection(descriptor, peer)
}

/// The address that a listener got.
func boundAddress(_ listener: Int32) -> ListenAddress? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe getsockname(listener, $0, &length)
        }
    }
    guard status == 0, let peer = peerAddress(&address) else { return nil }
    return ListenAddress(host: peer.host, port: peer.port)
}

private func peerAddress(_ storage: inout sockaddr_storage) -> PeerAddress? {
    let family = Int32(storage.ss_family)
    let raw = unsafe withUnsafeBytes(of: &storage) { unsafe [UInt8]($0) }
    let port = UInt16(raw[2]) << 8 | UInt16(raw[3])
    var bytes: [UInt8]
    switch family {
    case AF_INET: bytes = Array(raw[4..<8])
    case AF_INET6: bytes = Array(raw[8..<24])
    default: return nil
    }
    let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    if bytes.starts(with: mapped) { bytes.removeFirst(12) }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let textFamily = bytes.count == 4 ? AF_INET : AF_INET6
    guard unsafe inet_ntop(textFamily, bytes, &text, socklen_t(text.count)) != nil else { return nil }
    let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return PeerAddress(host: host, port: port, source: ConnectionSource(address: bytes))
}
