// SPDX-License-Identifier: Apache-2.0

import IPMI
import Synchronization

/// Repeats recorded random bytes: the IVs of a dialogue.
final class ScriptedRandom: RandomByteSource {
    private let script = Mutex<[UInt8]>([])

    func load(_ bytes: some Sequence<UInt8>) {
        self.script.withLock { $0 = Array(bytes) }
    }

    func fill(_ bytes: inout [UInt8]) {
        let count = bytes.count
        let next = self.script.withLock { script in
            defer { script.removeFirst(min(count, script.count)) }
            return Array(script.prefix(count))
        }
        for index in bytes.indices { bytes[index] = index < next.count ? next[index] : 0 }
    }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
