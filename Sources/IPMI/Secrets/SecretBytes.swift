// SPDX-License-Identifier: Apache-2.0

internal import CPacketCrypto

/// Key material: overwritten when the last holder lets go, compared in constant time, never printed.
@safe package final class SecretBytes: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    // Unsafe: raw memory, because an array could leave copies behind. Sound, because it is written in `init`
    // and `deinit` only and never handed out beyond a closure.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    package init(_ bytes: [UInt8]) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        unsafe storage.copyBytes(from: bytes)
        unsafe self.storage = storage
    }

    /// Bytes that `body` writes where they stay; empty when it returns false.
    package init(count: Int, writing body: (UnsafeMutableRawBufferPointer) -> Bool) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
        let succeeded = unsafe body(storage)
        // The whole of a failed secret is still freed: an empty buffer keeps its start.
        unsafe self.storage = succeeded ? storage : UnsafeMutableRawBufferPointer(rebasing: storage[..<0])
    }

    deinit {
        unsafe cpc_cleanse(self.storage.baseAddress, self.storage.count)
        unsafe self.storage.deallocate()
    }

    package var count: Int { unsafe self.storage.count }
    package var isEmpty: Bool { self.count == 0 }

    /// Lends the bytes for the time of `body`.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(self.storage))
    }

    /// A copy that nobody overwrites: for tests and for what goes on the wire (the straight password of IPMI
    /// 1.5).
    package func copied() -> [UInt8] {
        unsafe [UInt8](self.storage)
    }

    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe cpc_equal(left.storage.baseAddress, right.storage.baseAddress, left.count) == 1
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
