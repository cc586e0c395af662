// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The BMC session IDs of our sessions, kept over restarts: after a `kill -9` the next log-in recognises the
/// leftover as ours and closes it.
///
/// A journal of lines `NAME ID`, appended per session and read at the start, when it is also written anew.
/// `NAME 0` says that the session was closed in good order. Losing it costs one BMC session timeout, so it is
/// not synced.
struct SessionMemory: ~Copyable {
    private let path: String
    private var descriptor: Int32 = -1
    /// By console.
    private(set) var ids: [String: UInt32] = [:]

    /// More is not ours.
    private static let limit = 16 << 20

    /// - Parameter path: Where the journal is or will be. When it cannot be read or written, the memory lasts
    /// as long as the process.
    init(path: String) {
        self.path = path
        self.ids = Self.read(path)
        self.rewrite()
    }

    deinit {
        if self.descriptor >= 0 { _ = close(self.descriptor) }
    }

    /// Remembers or forgets a console's session.
    mutating func remember(_ id: UInt32?, for console: String) {
        guard self.ids[console] != id else { return }
        self.ids[console] = id
        Self.write("\(console) \(id ?? 0)\n", to: self.descriptor)
    }

    private static func read(_ path: String) -> [String: UInt32] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [:] }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < Self.limit {
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            guard count > 0 else { break }
            bytes += piece.prefix(count)
        }
        var ids: [String: UInt32] = [:]
        for line in bytes.split(separator: 0x0A) {
            let words = line.split(separator: 0x20)
            guard words.count == 2, let id = UInt32(String(decoding: words[1], as: UTF8.self)) else {
                continue
            }
            ids[String(decoding: words[0], as: UTF8.self)] = id == 0 ? nil : id
        }
        return ids
    }

    private mutating func rewrite() {
        let fresh = self.path + ".new"
        let descriptor = unsafe open(
            fresh,
            O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard descriptor >= 0 else { return }
        Self.write(self.ids.map { "\($0.key) \($0.value)\n" }.joined(), to: descriptor)
        guard unsafe rename(fresh, self.path) == 0 else {
            _ = close(descriptor)
            return
        }
        self.descriptor = descriptor
    }

    private static func write(_ text: String, to descriptor: Int32) {
        guard descriptor >= 0, !text.isEmpty else { return }
        let bytes = Array(text.utf8)
        // A short write leaves a torn line, which `read` passes over.
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
    }
}
