// SPDX-License-Identifier: Apache-2.0

internal import CPacketCrypto
internal import Synchronization

/// Where random numbers come from: session IDs, R_m, initialisation vectors. Injected, so that tests can
/// replay.
package protocol RandomByteSource: AnyObject, Sendable {
    /// Overwrites all of `bytes`.
    func fill(_ bytes: inout [UInt8])
}

extension RandomByteSource {
    /// That many random bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        self.fill(&bytes)
        return bytes
    }

    /// A random number that is not 0: session IDs, initial sequence numbers.
    package func nonZeroUInt32() -> UInt32 {
        var bytes = [UInt8](repeating: 0, count: 4)
        while true {
            self.fill(&bytes)
            let number = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if number != 0 { return number }
        }
    }
}

/// The production source: libcrypto's generator, asked for 4 KiB at a time (a call costs as much as a
/// packet).
package final class SystemRandomBytes: RandomByteSource {
    /// The one instance: a second would only waste a block.
    package static let shared = SystemRandomBytes()

    private static let blockSize = 4096

    private struct Block {
        var bytes = [UInt8](repeating: 0, count: SystemRandomBytes.blockSize)
        var used = SystemRandomBytes.blockSize
    }

    private let block = Mutex(Block())

    package init() {}

    package func fill(_ bytes: inout [UInt8]) {
        self.block.withLock { block in
            var filled = 0
            while filled < bytes.count {
                if block.used == Self.blockSize {
                    Self.draw(&block.bytes)
                    block.used = 0
                }
                let count = min(bytes.count - filled, Self.blockSize - block.used)
                Self.move(count, from: &block.bytes, at: block.used, to: &bytes, at: filled)
                block.used += count
                filled += count
            }
        }
    }

    /// Copies and forgets: what was handed out is overwritten here.
    private static func move(
        _ count: Int,
        from source: inout [UInt8],
        at sourceStart: Int,
        to target: inout [UInt8],
        at targetStart: Int
    ) {
        unsafe source.withUnsafeMutableBytes { source in
            let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: source[sourceStart...].prefix(count))
            unsafe target.withUnsafeMutableBytes { target in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[targetStart...]).copyBytes(from: piece)
            }
            unsafe cpc_cleanse(piece.baseAddress, piece.count)
        }
    }

    private static func draw(_ bytes: inout [UInt8]) {
        let succeeded = unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe cpc_random($0.baseAddress, $0.count)
        }
        // Not input from outside: without random numbers there is no secret and no session, so there is no
        // going on.
        precondition(succeeded == 1, "libcrypto has no random numbers")
    }
}
