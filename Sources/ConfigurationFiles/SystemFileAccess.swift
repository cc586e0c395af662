// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HeliographConfig

/// Real files for the configuration loader.
extension ConfigurationLoader.FileAccess {
    /// Reads and expands on this machine's file system. Blocks.
    package static var system: Self {
        Self(
            read: { (path) throws(ConfigurationLoader.FileProblem) in try Self.read(path) },
            expand: { (pattern) throws(ConfigurationLoader.FileProblem) in try Self.expand(pattern) }
        )
    }

    private static func read(_ path: String) throws(ConfigurationLoader.FileProblem) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw self.problem() }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= ConfigurationLoader.fileSizeLimit {
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw self.problem() }
            guard count > 0 else { break }
            bytes += piece.prefix(count)
        }
        return bytes
    }

    private static func expand(_ pattern: String) throws(ConfigurationLoader.FileProblem) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        let status = unsafe glob(pattern, GLOB_ERR, nil, &found)
        guard status != GLOB_NOMATCH else { return [] }
        guard status == 0 else { throw self.problem() }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }

    private static func problem() -> ConfigurationLoader.FileProblem {
        .init(unsafe String(cString: strerror(errno)).lowercased())
    }
}
