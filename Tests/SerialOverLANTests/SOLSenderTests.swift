// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@testable import SerialOverLAN

@Suite("The SOL sender")
struct SOLSenderTests {
    /// A sender, what it sent, and a BMC played by the test.
    struct Dialogue {
        var sender: SOLSender
        var context: SessionContext
        var now = MonotonicInstant.testStart
        var lastHeard = MonotonicInstant.testStart
        var sequence: UInt32 = 0

        init(_ parameters: SOLParameters = .test, payloadSize: Int = 255) {
            self.context = SessionContext(
                parameters: parameters,
                random: SeededRandomBytes(seed: 1),
                consoleSessionID: 1
            )
            self.sender = SOLSender(payloadSize: payloadSize, self.context)
        }

        mutating func type(_ text: String) -> String {
            _ = self.sender.append(Array(text.utf8)[...])
            return self.sent()
        }

        /// What goes out now, as `number:characters`; a break is `number!`.
        mutating func sent() -> String {
            var packets: [String] = []
            while let packet = self.sender.next(now: self.now, lastHeard: self.lastHeard, &self.context) {
                let mark = packet.operation.contains(.generateBreak) ? "!" : ":"
                packets.append(
                    "\(packet.sequence)\(mark)\(String(decoding: packet.characters, as: UTF8.self))"
                )
            }
            return packets.joined(separator: " ")
        }

        /// The BMC answers; what goes out then.
        mutating func answer(_ number: UInt8, _ count: UInt8, _ status: SOLTransferStatus = []) -> String {
            self.sequence += 1
            self.lastHeard = self.now
            let packet = SOLPayloadFromBMC(
                sequence: 0,
                acknowledged: number,
                acceptedCount: count,
                status: status
            )
            self.sender.receive(packet, sessionSequence: self.sequence, &self.context, now: self.now)
            return self.sent()
        }

        /// Time passes; what goes out and when, in milliseconds.
        mutating func pass(_ duration: Duration) -> [(Int, String)] {
            let begin = self.now
            let end = self.now + duration
            var all: [(Int, String)] = []
            while let deadline = self.sender.deadline, deadline <= end {
                self.now = max(deadline, self.now)
                let packets = self.sent()
                if !packets.isEmpty { all.append((Int((self.now - begin) / .milliseconds(1)), packets)) }
            }
            self.now = end
            return all
        }
    }

    @Test("has one packet under way")
    func stopAndWait() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        #expect(dialogue.type("cd") == "")
        #expect(dialogue.answer(1, 2) == "2:cd")
        #expect(dialogue.answer(2, 2) == "")
        #expect(dialogue.type("e") == "3:e")
    }

    @Test("numbers from 15 to 1")
    func wrap() {
        var dialogue = Dialogue()
        for number in (1...15) as ClosedRange<UInt8> {
            #expect(dialogue.type("x") == "\(number):x")
            #expect(dialogue.answer(number, 1) == "")
        }
        #expect(dialogue.type("y") == "1:y")
    }

    @Test("fills packets up to the BMC's size", arguments: [(36, 32), (255, 251), (259, 255), (5, 1)])
    func size(_ payloadSize: Int, _ characters: Int) {
        var dialogue = Dialogue(payloadSize: payloadSize)
        #expect(dialogue.type(String(repeating: "x", count: 1000)).utf8.count == characters + 2)
    }

    @Test("sends the rest of a partly accepted packet under the next number")
    func partial() {
        var dialogue = Dialogue()
        #expect(dialogue.type("abcdef") == "1:abcdef")
        #expect(dialogue.answer(1, 2) == "2:cdef")
        #expect(dialogue.answer(2, 1, .nack) == "")
        #expect(dialogue.pass(.milliseconds(60)).map(\.1) == ["3:def"])
    }

    @Test("pauses after a NACK, twice as long each time, at most 2 s")
    func nack() {
        var dialogue = Dialogue()
        #expect(dialogue.type("a") == "1:a")
        var pauses: [Int] = []
        for number in (1...9) as ClosedRange<UInt8> {
            #expect(dialogue.answer(number, 0, .nack) == "")
            let begin = dialogue.now
            guard let due = dialogue.sender.deadline else { break }
            dialogue.now = due
            pauses.append(Int((due - begin) / .milliseconds(1)))
            #expect(dialogue.sent() == "\(number + 1):a")
        }
        #expect(pauses == [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000])
    }

    @Test("offers slowly and says so when the host takes no input")
    func unavailable() {
        var dialogue = Dialogue()
        #expect(dialogue.type("a") == "1:a")
        #expect(dialogue.answer(1, 0, [.nack, .transferUnavailable]) == "")
        #expect(dialogue.pass(.milliseconds(1900)).isEmpty)
        #expect(dialogue.pass(.milliseconds(200)).map(\.1) == ["2:a"])
        #expect(dialogue.answer(2, 0, [.nack, .transferUnavailable]) == "")
        #expect(dialogue.pass(.seconds(2)).map(\.1) == ["3:a"])
        #expect(dialogue.answer(3, 1) == "")
        #expect(
            dialogue.context.takeActions() == [.event(.hostUnavailable), .event(.hostAvailable)]
        )
    }

    @Test("holds after a NACK of the whole until the same number comes without")
    func hold() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        #expect(dialogue.type("cd") == "")
        #expect(dialogue.answer(1, 2, .nack) == "")
        #expect(dialogue.answer(1, 2, .nack) == "")
        #expect(dialogue.answer(1, 2) == "2:cd")
    }

    @Test("does not hold for ever")
    func holdLost() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        #expect(dialogue.type("cd") == "")
        #expect(dialogue.answer(1, 2, .nack) == "")
        #expect(dialogue.pass(.seconds(2)).map(\.1) == ["2:cd"])
    }

    @Test("takes three times 'none' for 'all' from a BMC that never counted, and says so")
    func zeroCount() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        #expect(dialogue.answer(1, 0) == "")
        #expect(dialogue.pass(.milliseconds(50)).map(\.1) == ["2:ab"])
        #expect(dialogue.answer(2, 0) == "")
        #expect(dialogue.pass(.milliseconds(100)).map(\.1) == ["3:ab"])
        #expect(dialogue.answer(3, 0) == "")
        #expect(dialogue.context.takeActions() == [.event(.zeroCountLearned)])
        #expect(dialogue.sender.queue.isEmpty)
        #expect(dialogue.type("c") == "4:c")
        #expect(dialogue.answer(4, 0) == "")
        #expect(dialogue.sender.queue.isEmpty)
    }

    @Test("believes 'none' from a BMC that has counted before")
    func zeroCountAfterCounting() {
        var dialogue = Dialogue()
        #expect(dialogue.type("a") == "1:a")
        #expect(dialogue.answer(1, 1) == "")
        #expect(dialogue.type("b") == "2:b")
        for number in (2...8) as ClosedRange<UInt8> {
            #expect(dialogue.answer(number, 0) == "")
            #expect(dialogue.pass(.seconds(2)).first?.1 == "\(number + 1):b")
        }
        #expect(!dialogue.sender.zeroCountIsAll)
    }

    @Test(
        "takes 'none' for 'all' at once where it is told to",
        arguments: [
            SOLParameters.test { $0.workarounds = [.zeroCountIsAll] },
            SOLParameters.test { $0.rememberedZeroCountIsAll = true },
        ]
    )
    func zeroCountKnown(_ parameters: SOLParameters) {
        var dialogue = Dialogue(parameters)
        #expect(dialogue.type("ab") == "1:ab")
        #expect(dialogue.answer(1, 0) == "")
        #expect(dialogue.sender.queue.isEmpty)
    }

    @Test("repeats the same number, ever more slowly, as long as nothing at all is heard")
    func retransmission() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        let sent = dialogue.pass(.seconds(20))
        #expect(sent.map(\.0) == [500, 1500, 3000, 5000, 7500, 10_500, 13_500, 16_500, 19_500])
        #expect(Set(sent.map(\.1)) == ["1:ab"])
    }

    @Test("asks with empty packets after every fourth try whether the BMC has moved on")
    func probe() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        dialogue.lastHeard = dialogue.now + .milliseconds(10)
        let sent = dialogue.pass(.seconds(8))
        #expect(sent.map(\.1) == ["1:ab", "1:ab", "1:ab", "2:", "3:", "2:", "1:ab"])
        #expect(dialogue.type("cd") == "")
        #expect(dialogue.answer(3, 0) == "4:cd")
        #expect(dialogue.sender.queue.byteCount == 2)
    }

    @Test("goes on with a number that no probe has used")
    func settle() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        dialogue.lastHeard = dialogue.now + .milliseconds(10)
        _ = dialogue.pass(.seconds(8))
        #expect(dialogue.type("cd") == "")
        // The first probe's answer was late: has the BMC got the second, too?
        #expect(dialogue.answer(2, 0) == "3:")
        #expect(dialogue.pass(.milliseconds(500)).map(\.1) == ["4:"])
        #expect(dialogue.pass(.milliseconds(500)).map(\.1) == ["3:"])
        #expect(dialogue.answer(4, 0) == "5:cd")
    }

    @Test("does not count on a packet's number when its answer comes after the probes")
    func lateAnswer() {
        var dialogue = Dialogue()
        #expect(dialogue.type("abc") == "1:abc")
        dialogue.lastHeard = dialogue.now + .milliseconds(10)
        _ = dialogue.pass(.milliseconds(5200))
        #expect(dialogue.answer(1, 2) == "2:")
        #expect(dialogue.answer(2, 0) == "3:c")
    }

    @Test("asks at once where the BMC is known to be strict, and when it was found to be")
    func strict() {
        var dialogue = Dialogue(.test { $0.workarounds = [.strictSequence] })
        #expect(dialogue.type("ab") == "1:ab")
        dialogue.lastHeard = dialogue.now + .milliseconds(10)
        #expect(dialogue.pass(.milliseconds(600)).map(\.1) == ["2:"])
        #expect(dialogue.answer(2, 0) == "")
        #expect(dialogue.sender.queue.isEmpty)
    }

    @Test("does not ask a BMC that takes parts of packets: how much it took would be lost")
    func partialTaker() {
        var dialogue = Dialogue()
        #expect(dialogue.type("abc") == "1:abc")
        #expect(dialogue.answer(1, 1) == "2:bc")
        dialogue.lastHeard = dialogue.now + .milliseconds(10)
        #expect(Set(dialogue.pass(.seconds(25)).map(\.1)) == ["2:bc"])
    }

    @Test("hardly asks a BMC that was seen to acknowledge a repeat twice")
    func tolerant() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        _ = dialogue.pass(.milliseconds(600))
        #expect(dialogue.answer(1, 2) == "")
        #expect(dialogue.answer(1, 2) == "")
        #expect(dialogue.type("cd") == "2:cd")
        dialogue.lastHeard = dialogue.now + .milliseconds(10)
        #expect(Set(dialogue.pass(.seconds(15)).map(\.1)) == ["2:cd"])
        #expect(dialogue.pass(.seconds(10)).map(\.1).contains("3:"))
    }

    @Test("sends a break after what was typed before and before what was typed after")
    func serialBreak() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        _ = dialogue.sender.appendBreak()
        #expect(dialogue.type("h") == "")
        #expect(dialogue.answer(1, 2) == "2!")
        #expect(dialogue.answer(2, 0) == "3:h")
        #expect(dialogue.context.takeActions().contains(.event(.breakSent)))
    }

    @Test("ignores acknowledgements of other numbers and late ones")
    func strangers() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        #expect(dialogue.answer(7, 2) == "")
        #expect(dialogue.answer(0, 0) == "")
        #expect(dialogue.sender.queue.byteCount == 2)
        #expect(dialogue.answer(1, 2) == "")
        #expect(dialogue.type("c") == "2:c")
        dialogue.sequence -= 2
        #expect(dialogue.answer(2, 0) == "")
        #expect(dialogue.sender.deadline != nil)
    }

    @Test("sends again at once when the BMC is heard after a silence")
    func hurry() {
        var dialogue = Dialogue()
        #expect(dialogue.type("ab") == "1:ab")
        _ = dialogue.pass(.seconds(30))
        dialogue.sender.hurry(now: dialogue.now)
        #expect(dialogue.sent() == "1:ab")
    }
}
