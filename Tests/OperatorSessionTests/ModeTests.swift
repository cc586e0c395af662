// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

@Suite("A spectator")
struct ModeTests {
    @Test("is told so when typing, but not at every key")
    func hint() {
        var harness = SessionHarness(mode: .spectator)
        harness.type("l")
        #expect(harness.shown.contains("you are a spectator: ^Eca asks for the pen, ^Ecf takes it"))
        harness.type("s\r")
        harness.type([0x05, 0x63, 0x63])
        #expect(harness.effects.count == 1)
        harness.now += OperatorSession.hintInterval
        harness.type("x")
        #expect(harness.effects.count == 2)
        #expect(harness.sent.isEmpty)
    }

    @Test(
        "cannot type by command either, and is told each time",
        arguments: ["B", "Sh", "Sc", "l1", "kF1\r", "\\101"]
    )
    func commandsNeedPen(_ keys: String) {
        var harness = SessionHarness(mode: .spectator)
        harness.type([0x05, 0x63] + Array(keys.utf8))
        #expect(harness.actions.isEmpty)
        #expect(harness.sent.isEmpty)
        #expect(harness.shown.contains("you are a spectator"))
    }

    @Test(
        "may do what does not type",
        arguments: [("n hi\r", .note(" hi")), ("w", .who(all: false)), ("i", .information), (".", .detach)]
            as [(String, OperatorEffect)]
    )
    func harmlessCommands(_ keys: String, effect: OperatorEffect) {
        var harness = SessionHarness(mode: .spectator)
        harness.type([0x05, 0x63] + Array(keys.utf8))
        #expect(harness.actions == [effect])
    }

    @Test("who asks for the pen types on, and the console decides")
    func asking() {
        var harness = SessionHarness(mode: .spectator)
        harness.type([0x05, 0x63] + Array("als\r".utf8))
        #expect(harness.joined == [.setMode(.readWrite), .send(Array("ls\r".utf8))])
        harness.session.modeChanged(to: .spectator)
        harness.type("x")
        #expect(harness.sent == Array("ls\r".utf8))
        harness.session.modeChanged(to: .readWrite)
        harness.type("y")
        #expect(harness.sent == Array("ls\ry".utf8))
    }

    @Test("is one from the moment of asking to be one")
    func giveUpPen() {
        var harness = SessionHarness()
        harness.type([0x61, 0x05, 0x63] + Array("srm\r".utf8))
        #expect(harness.sent == [0x61])
        #expect(harness.actions == [.setMode(.spectate)])
        #expect(harness.session.mode == .spectator)
    }

    @Test("gets a hint when the console refuses what was typed, not too often")
    func refused() {
        var harness = SessionHarness()
        #expect(harness.session.inputRefused(now: harness.now).count == 1)
        #expect(harness.session.inputRefused(now: harness.now + .seconds(4)).isEmpty)
        #expect(harness.session.inputRefused(now: harness.now + .seconds(5)).count == 1)
    }

    @Test("who joined may type")
    func joined() {
        var harness = SessionHarness(mode: .joined)
        harness.type("x")
        #expect(harness.effects == [.send([0x78])])
    }
}
