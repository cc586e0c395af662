// SPDX-License-Identifier: Apache-2.0

import CLogStore

/// CRC-32C, continued from `crc`.
func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return crc }
    return unsafe hlg_crc32c(crc, base, bytes.count)
}

/// A running SHA-256, by libcrypto.
///
/// Safe, because the handle is made once and freed once.
@safe final class RunningHash {
    private let handle: OpaquePointer

    /// Nil when memory is short.
    init?() {
        guard let handle = unsafe hlg_sha256_new() else { return nil }
        unsafe self.handle = handle
    }

    deinit {
        unsafe hlg_sha256_free(self.handle)
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        unsafe hlg_sha256_update(self.handle, base, bytes.count)
    }

    /// The hash so far; the next begins empty.
    func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            unsafe hlg_sha256_finish(self.handle, base)
            count = 32
        }
    }
}
