// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The directory with the host's private keys: one file a kind, mode 0600, made when missing.
struct HostKeyStore: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case ed25519, ecdsa, rsa
    }

    private let directory: String

    /// Makes the directory when it is missing, and refuses one in which others can write.
    init(directory: String) throws(SSHFrontEndError) {
        self.directory = directory
        var status = stat()
        if unsafe stat(directory, &status) != 0 {
            try Self.makeDirectory(directory)
        } else if status.st_mode & 0o022 != 0 {
            throw SSHFrontEndError(
                .hostKeyExposed,
                "\(directory) can be written by others (mode \(octal(status.st_mode))): chmod 700 \(directory)"
            )
        }
    }

    /// Reads a key; nil when there is none yet.
    func load(_ kind: Kind) throws(SSHFrontEndError) -> LibSSHKey? {
        let path = self.path(kind)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nil }
            throw SSHFrontEndError(.hostKeyUnusable, "cannot read \(path): \(systemErrorText(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SSHFrontEndError(.hostKeyUnusable, "\(path) is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SSHFrontEndError(
                .hostKeyExposed,
                "\(path) can be read by others (mode \(octal(status.st_mode))): chmod 600 \(path)"
            )
        }
        let bytes = readAll(descriptor, limit: 64 * 1024)
        guard let key = LibSSHKey.read(String(decoding: bytes, as: UTF8.self)) else {
            throw SSHFrontEndError(.hostKeyUnusable, "\(path) is not an unencrypted private key")
        }
        return key
    }

    /// Makes a key and writes it, with its `.pub` file beside it.
    func make(_ kind: Kind) throws(SSHFrontEndError) -> LibSSHKey {
        guard let key = LibSSHKey.generate(kind), let text = key.privateText, let line = key.publicLine else {
            throw SSHFrontEndError(.hostKeyNotWritten, "libssh cannot make an \(kind.rawValue) key")
        }
        try self.write(text, to: self.path(kind), mode: 0o600)
        try self.write(line + " heliograph\n", to: self.path(kind) + ".pub", mode: 0o644)
        return key
    }

    private func path(_ kind: Kind) -> String { "\(self.directory)/ssh_host_\(kind.rawValue)_key" }

    /// Writes beside and renames, so that a key is either there whole or not at all.
    private func write(_ text: String, to path: String, mode: mode_t) throws(SSHFrontEndError) {
        let temporary = "\(path).new.\(getpid())"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Self.notWritten(temporary, errno) }
        let bytes = Array(text.utf8)
        let written = unsafe Glibc.write(descriptor, bytes, bytes.count)
        let isOnDisk = written == bytes.count && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0
        let fault = errno
        close(descriptor)
        guard isOnDisk, unsafe rename(temporary, path) == 0 else {
            unsafe unlink(temporary)
            throw Self.notWritten(path, fault)
        }
    }

    private static func makeDirectory(_ path: String) throws(SSHFrontEndError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex,
            unsafe access(String(path[..<slash]), F_OK) != 0
        {
            try Self.makeDirectory(String(path[..<slash]))
        }
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.notWritten(path, errno) }
    }

    private static func notWritten(_ path: String, _ number: Int32) -> SSHFrontEndError {
        SSHFrontEndError(.hostKeyNotWritten, "cannot write \(path): \(systemErrorText(number))")
    }
}

private func octal(_ mode: mode_t) -> String {
    let digits = String(mode & 0o7777, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

/// Reads a descriptor to its end, or up to a limit.
func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while bytes.count < limit {
        let count = unsafe read(descriptor, &block, block.count)
        guard count > 0 else { break }
        bytes += block.prefix(count)
    }
    return bytes
}
