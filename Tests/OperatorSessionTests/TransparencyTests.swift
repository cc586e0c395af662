// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

@Suite("Text without a prefix")
struct TransparencyTests {
    @Test("passes in one piece with all 256 values", arguments: prefixes)
    func allValues(_ prefix: EscapePrefix) {
        let bytes = (UInt8.min...UInt8.max).filter { $0 != prefix.bytes[0] }
        var harness = SessionHarness(prefix)
        harness.type(bytes)
        #expect(harness.effects == [.send(bytes)])
    }

    @Test("passes as random binary in random pieces", arguments: prefixes, [1, 2, 3] as [UInt64])
    func randomBinary(_ prefix: EscapePrefix, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // The first key alone is in it, but never the whole prefix.
        var bytes = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for index in bytes.indices.dropFirst()
        where bytes[index] == prefix.bytes.last && (prefix.bytes.count > 1 || !prefix.onlyAfterNewline) {
            bytes[index] = 0x51
        }
        if prefix.onlyAfterNewline { bytes = bytes.map { $0 == 0x0D || $0 == 0x0A ? 0x51 : $0 } }
        bytes[0] = 0x51
        var harness = SessionHarness(prefix)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(Int.random(in: 1...300, using: &random), rest.count)
            harness.type(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        harness.end()
        #expect(harness.joined == [.send(bytes)], "seed \(seed)")
    }

    @Test(
        "comes to the same however it is cut, and never to more than was typed",
        arguments: Array(1...60) as [UInt64]
    )
    func randomKeys(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let prefix = prefixes[Int(seed) % prefixes.count]
        let alphabet = Array("?aBShcyl0kKnbe;x!\\017S.%\r\r\u{1B}[A\u{7F}\u{3}é".utf8) + prefix.bytes
        var keys: [UInt8] = []
        while keys.count < 600 {
            if UInt8.random(in: 0...3, using: &random) == 0 { keys += prefix.bytes }
            if let key = alphabet.randomElement(using: &random) { keys.append(key) }
        }
        var whole = SessionHarness(prefix)
        whole.type(keys)
        var parts = SessionHarness(prefix)
        var rest = keys[...]
        while !rest.isEmpty {
            let count = min(Int.random(in: 1...7, using: &random), rest.count)
            let held = parts.session.heldByteCount
            let before = parts.sent.count
            parts.type(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            #expect(parts.sent.count - before <= held + count, "seed \(seed)")
            #expect(parts.session.heldByteCount <= EscapePrefix.maximumLength + 3, "seed \(seed)")
        }
        #expect(parts.joined == whole.joined, "seed \(seed)")
    }
}
