// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Testing

@Suite("A session in time")
struct TimingTests {
    @Test("keeps a half-typed prefix for ever without a timeout")
    func noTimeout() {
        var harness = SessionHarness()
        harness.type([0x05])
        #expect(harness.session.deadline == nil)
        harness.pass(.seconds(3600))
        #expect(harness.effects.isEmpty)
        harness.type("c.")
        #expect(harness.joined == [.detach])
    }

    @Test("sends a half-typed prefix on at the timeout, not before")
    func timeout() {
        var harness = SessionHarness(escapeTimeout: .milliseconds(500))
        harness.type([0x05])
        #expect(harness.session.deadline == harness.now + .milliseconds(500))
        harness.pass(.milliseconds(499))
        #expect(harness.effects.isEmpty)
        harness.pass(.milliseconds(1))
        #expect(harness.effects == [.send([0x05])])
        #expect(harness.session.deadline == nil)
        harness.type("c.")
        #expect(harness.sent == [0x05, 0x63, 0x2E])
    }

    @Test("honours the timeout although it is woken late")
    func lateWakeUp() {
        var harness = SessionHarness(escapeTimeout: .milliseconds(500))
        harness.type([0x05])
        harness.now += .seconds(1)
        harness.type("c")
        #expect(harness.joined == [.send([0x05, 0x63])])
    }

    @Test("gives the operator time to think after a complete prefix")
    func completePrefix() {
        var harness = SessionHarness(escapeTimeout: .milliseconds(500))
        harness.type([0x05, 0x63])
        #expect(harness.session.deadline == nil)
        harness.pass(.seconds(60))
        harness.type(".")
        #expect(harness.joined == [.detach])
    }

    @Test("does nothing when woken without reason")
    func idleWakeUp() {
        var harness = SessionHarness(escapeTimeout: .milliseconds(500))
        harness.pass(.seconds(1))
        #expect(harness.effects.isEmpty)
    }

    @Test("switches key translation when no letter follows K soon")
    func translationAlone() {
        var harness = SessionHarness()
        harness.type([0x05, 0x63, 0x4B])
        #expect(harness.effects.isEmpty)
        #expect(harness.session.deadline == harness.now + OperatorSession.optionalKeyPatience)
        harness.pass(OperatorSession.optionalKeyPatience)
        #expect(harness.effects == [.keyTranslation(.toggle)])
    }

    @Test("switches key translation and passes a function key that follows K at once")
    func translationThenKey() {
        var harness = SessionHarness()
        harness.type([0x05, 0x63, 0x4B] + Array("\u{1B}[21~".utf8))
        #expect(harness.joined == [.keyTranslation(.toggle), .send(Array("\u{1B}[21~".utf8))])
    }

    @Test("sends what it holds when the input ends", arguments: [[0x05], [0x05, 0x63]] as [[UInt8]])
    func inputEnds(_ keys: [UInt8]) {
        var harness = SessionHarness()
        harness.type(keys)
        harness.end()
        #expect(harness.joined == [.send(keys)])
    }

    @Test("changes its prefix from outside without losing a key")
    func prefixFromOutside() {
        var harness = SessionHarness()
        harness.type([0x05])
        #expect(harness.session.setPrefix(.conman, now: harness.now) == [.send([0x05])])
        harness.type("&.")
        #expect(harness.joined == [.detach])
    }
}
