// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files under /proc: they claim to be empty and come in pieces, so they are read to their end.
package enum ProcFile {
    package static func read(_ path: String) throws -> String {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw Descriptor.failure(path) }
        let descriptor = Descriptor(number)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor.number, &block, block.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += block.prefix(count)
        }
    }
}
