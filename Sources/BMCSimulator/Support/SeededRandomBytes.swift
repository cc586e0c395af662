// SPDX-License-Identifier: Apache-2.0

internal import IPMI
internal import Synchronization

/// Random bytes that repeat with the seed: session IDs, challenges and initialisation vectors of a simulated BMC. Never for
/// anything real.
package final class SeededRandomBytes: RandomByteSource {
    private let generator: Mutex<SeededGenerator>

    package init(seed: UInt64, stream: UInt64 = 0) {
        self.generator = Mutex(SeededGenerator(seed: seed, stream: stream))
    }

    package func fill(_ bytes: inout [UInt8]) {
        self.generator.withLock { generator in
            var word: UInt64 = 0
            for index in bytes.indices {
                if index % 8 == 0 { word = generator.next() }
                bytes[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
            }
        }
    }
}
