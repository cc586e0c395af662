// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory that goes with the test, readable by nobody else.
package final class ScratchDirectory: Sendable {
    package let path: String

    package init() throws {
        // Short: the path of a Unix socket has 107 bytes.
        self.path = NSTemporaryDirectory() + "heliograph-\(UInt64.random(in: 0 ... .max))"
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(
            atPath: self.path,
            withIntermediateDirectories: false,
            attributes: mode
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = self[name]
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    /// The path of a file in it.
    package subscript(name: String) -> String { self.path + "/" + name }
}
