// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ConsoleHub

@Suite("The output ring")
struct OutputRingTests {
    @Test("gives every reader every byte in order, whatever the sizes of writes and reads", arguments: 0..<20)
    func everyByte(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var ring = OutputRing(capacity: 4096)
        var written: [UInt8] = []
        var cursor: UInt64 = 0
        var read: [UInt8] = []
        for _ in 0..<400 {
            let piece = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            ring.append(piece)
            written += piece
            let chunk = ring.read(from: &cursor, limit: Int.random(in: 300...700, using: &generator))
            #expect(chunk.skipped == 0)
            read += chunk.bytes
        }
        while cursor < ring.end { read += ring.read(from: &cursor, limit: 100).bytes }
        #expect(read == written, "seed \(seed)")
        #expect(ring.end == UInt64(written.count))
    }

    @Test("counts what a slow reader missed and goes on with the oldest byte it has")
    func skipped() {
        var ring = OutputRing(capacity: 4096)
        var cursor: UInt64 = 0
        ring.append([UInt8](repeating: 1, count: 4096))
        ring.append([UInt8](repeating: 2, count: 1000))
        let chunk = ring.read(from: &cursor, limit: 10_000)
        #expect(chunk.skipped == 1000)
        #expect(chunk.bytes == [UInt8](repeating: 1, count: 3096) + [UInt8](repeating: 2, count: 1000))
        expect(ring.read(from: &cursor, limit: 10), is: .init(skipped: 0, bytes: []))
    }

    @Test("takes one write that is larger than itself")
    func oversized() {
        var ring = OutputRing(capacity: 2048)
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
        ring.append(bytes)
        #expect(ring.tail(10_000) == Array(bytes.suffix(2048)))
        #expect(ring.start == 5000 - 2048)
    }

    @Test("gives the newest bytes as tail", arguments: [0, 1, 5, 6, 100])
    func tail(limit: Int) {
        var ring = OutputRing()
        ring.append(Array("abcdef".utf8))
        #expect(ring.tail(limit) == Array("abcdef".utf8.suffix(limit)))
    }
}
