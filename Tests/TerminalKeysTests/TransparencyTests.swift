// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

@Suite("Translation that is off")
struct TransparencyTests {
    private static let everyByte = [UInt8](0...255)

    @Test("lets each of the 256 bytes pass at once", arguments: TerminalFamily.allCases)
    func single(family: TerminalFamily) {
        var translator = KeyTranslator(family: family)
        for byte in Self.everyByte {
            #expect(translator.receive([byte], now: start) == [.send([byte])])
            #expect(translator.deadline == nil)
        }
        #expect(translator.receive(Self.everyByte, now: start) == [.send(Self.everyByte)])
        #expect(translator.receive([], now: start).isEmpty)
    }

    @Test("lets every pair of bytes, and ESC with every pair, pass at once")
    func pairs() {
        var translator = KeyTranslator(family: .common)
        var differing = 0
        for first in Self.everyByte {
            for second in Self.everyByte {
                let bytes = [0x1B, first, second]
                if translator.receive(bytes, now: start) != [.send(bytes)] { differing += 1 }
            }
        }
        #expect(differing == 0)
    }

    @Test("lets random binary pass unchanged, also after it was on", arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var translator = KeyTranslator(family: .common, isOn: true)
        let held = translator.receive(keys("a^[[2"), now: start)
        let released = translator.turn(on: false, now: start)
        #expect(held == [.send(keys("a"))])
        #expect(released == [.send(keys("^[[2"))])
        for _ in 0..<500 {
            let length = Int.random(in: 1...64, using: &generator)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(translator.receive(bytes, now: start) == [.send(bytes)])
            #expect(translator.deadline == nil)
        }
    }

    @Test("lets brackets of a paste, keys and the reset sequence pass")
    func everything() {
        var translator = KeyTranslator(family: .common)
        let bytes = keys("^[[200~abc^[[201~^[R^[r^[R^[[24~^J^?")
        #expect(translator.receive(bytes, now: start) == [.send(bytes)])
    }
}
