// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import IPMI
import Testing

@testable import SerialOverLAN

/// The console machine with the BMC played by the test, packet by packet.
@Suite("The console machine")
struct ConsoleMachineTests {
    struct Script {
        static let ourID: UInt32 = 0x1111_1111
        static let bmcID: UInt32 = 0x2222_2222

        var machine: ConsoleMachine
        var context: SessionContext
        var now = MonotonicInstant.testStart
        var sequence: UInt32 = 0
        private(set) var outcome = ""
        private(set) var questions: [IPMIRequest] = []
        private let bmc = PlainCipher(localSessionID: Self.bmcID, peerSessionID: Self.ourID)

        init(_ parameters: SOLParameters = .test) {
            self.context = SessionContext(
                parameters: parameters,
                random: SeededRandomBytes(seed: 3),
                consoleSessionID: Self.ourID
            )
            let channel = SessionChannel(
                suite: .suite0,
                bmcSessionID: Self.bmcID,
                cipher: PlainCipher(localSessionID: Self.ourID, peerSessionID: Self.bmcID),
                context: self.context
            )
            let established = SOLEstablished(
                cipherSuite: 0,
                privilege: .administrator,
                bmcSessionID: Self.bmcID,
                encrypted: false,
                payloadSizeToBMC: 255,
                payloadSizeFromBMC: 255,
                takenOverFrom: nil
            )
            self.machine = ConsoleMachine(
                established,
                over: channel,
                isRenewed: false,
                &self.context,
                now: self.now
            )
            _ = self.context.takeActions()
            self.note(self.machine.timedOut(&self.context, now: self.now))
        }

        /// What came out, in short: `out:ab`, `ack:3/2` (number, count), `data:1 xy`, `ask`, events.
        mutating func take() -> [String] {
            self.context.takeActions().map { action in
                switch action {
                case .send(let datagram): self.describe(datagram)
                case .output(let bytes): "out:" + String(decoding: bytes, as: UTF8.self)
                case .event(let event): "\(event)"
                case .established, .inputRoom, .ended: "\(action)"
                }
            }
        }

        private mutating func describe(_ datagram: [UInt8]) -> String {
            guard let packet = try? RMCPPlusPacket(decoding: datagram) else { return "probe" }
            if packet.payloadType == .sol, let sol = try? SOLPayloadToBMC(decoding: packet.payload) {
                return sol.sequence == 0
                    ? "ack:\(sol.acknowledged)/\(sol.acceptedCount)"
                    : "data:\(sol.sequence) \(String(decoding: sol.characters, as: UTF8.self))"
            }
            if case .request(let request)? = try? IPMIMessage(decoding: packet.payload) {
                self.questions.append(request)
                return "ask"
            }
            return "?"
        }

        mutating func receive(_ type: PayloadType, _ payload: [UInt8]) -> [String] {
            self.sequence += 1
            let datagram = self.bmc.seal(type, payload, sequence: self.sequence)
            self.note(self.machine.receive(datagram, &self.context, now: self.now))
            return self.take()
        }

        mutating func receive(
            _ number: UInt8,
            _ text: String,
            _ status: SOLTransferStatus = []
        ) -> [String] {
            self.receive(
                .sol,
                SOLPayloadFromBMC(sequence: number, status: status, characters: Array(text.utf8)[...])
                    .encoded()
            )
        }

        /// Answers the newest question: this session owns the payload, or this code.
        mutating func answer(owner: UInt32, _ completion: CompletionCode = .success) -> [String] {
            guard let question = self.questions.last else { return ["nothing was asked"] }
            let data =
                completion == .success
                ? GetPayloadInstanceInfo.Response(sessionID: owner, serialPort: 0).encoded() : []
            return self.receive(
                .ipmiMessage,
                IPMIResponse(to: question, completion: completion, data: data[...]).encoded()
            )
        }

        mutating func pass(_ duration: Duration) -> [String] {
            let end = self.now + duration
            var all: [String] = []
            while self.outcome.isEmpty, self.machine.dueAt() <= end {
                self.now = max(self.now, self.machine.dueAt())
                self.note(self.machine.timedOut(&self.context, now: self.now))
                all += self.take()
            }
            self.now = end
            return all
        }

        private mutating func note(_ outcome: ConsoleMachine.Outcome) {
            switch outcome {
            case .goesOn: break
            case .stuck: self.outcome = "stuck"
            case .ended(let error): self.outcome = "ended \(error.code.rawValue)"
            case .lost(let error, let thief): self.outcome = "lost \(error.code.rawValue) \(thief ?? 0)"
            }
        }
    }

    /// A console that has asked its first question and been told that the payload is ours.
    private func credible() -> Script {
        var script = Script()
        _ = script.take()
        _ = script.answer(owner: Script.bmcID)
        return script
    }

    @Test("delivers before it acknowledges, in a packet of its own")
    func order() {
        var script = self.credible()
        #expect(script.receive(3, "ab") == ["out:ab", "ack:3/2"])
        #expect(script.receive(3, "ab") == ["ack:3/2"])
        #expect(script.receive(3, "abc") == ["out:c", "ack:3/3"])
        #expect(script.receive(4, "") == ["ack:4/0"])
        #expect(script.receive(0, "not allowed") == [])
    }

    @Test("reports the line's bits once and before the characters")
    func lineBits() {
        var script = self.credible()
        #expect(script.receive(1, "ab", .transmitOverrun) == ["overrun", "out:ab", "ack:1/2"])
        #expect(script.receive(1, "ab", .transmitOverrun) == ["ack:1/2"])
        #expect(script.receive(2, "cd", .breakDetected) == ["breakDetected", "out:cd", "ack:2/2"])
        #expect(script.receive(0, "", .breakDetected) == ["breakDetected"])
    }

    @Test("asks at once who owns the payload, then by the clock")
    func questions() {
        var script = Script()
        #expect(script.take() == ["ask"])
        _ = script.answer(owner: Script.bmcID)
        #expect(script.pass(.milliseconds(3400)) == [])
        #expect(script.pass(.milliseconds(1200)).first == "ask")
    }

    @Test(
        "falls back to Get Device ID",
        arguments: [CompletionCode.invalidCommand, .invalidField, .insufficientPrivilege]
    )
    func fallback(_ code: CompletionCode) {
        var script = Script()
        _ = script.take()
        #expect(script.answer(owner: 0, code) == [])
        _ = script.pass(.seconds(16))
        #expect(script.questions.last?.command == GetDeviceID.id)
    }

    @Test("believes a BMC about the owner only if it named us once", arguments: [0, 0x3333_3333] as [UInt32])
    func incredible(_ owner: UInt32) {
        var script = Script()
        _ = script.take()
        _ = script.answer(owner: owner)
        #expect(script.outcome == "")
        _ = script.pass(.seconds(16))
        _ = script.answer(owner: owner)
        #expect(script.outcome == "")
    }

    @Test(
        "tells theft from release by the keepalive",
        arguments: [(0x3333_3333, "lost sol-stolen 858993459"), (0, "lost sol-released 0")]
            as [(UInt32, String)]
    )
    func keepaliveAnswer(_ owner: UInt32, outcome: String) {
        var script = self.credible()
        _ = script.pass(.seconds(16))
        _ = script.answer(owner: owner)
        #expect(script.outcome == outcome)
    }

    private func notice(_ script: inout Script, byRequest: Bool) -> [String] {
        guard byRequest else { return script.receive(0, "", .deactivating) }
        let request = IPMIRequest(
            SOLActivating.self,
            .init(),
            sequence: 5
        )
        return script.receive(.ipmiMessage, request.encoded())
    }

    @Test("asks who has the payload after a notice", arguments: [false, true])
    func noticeTheft(_ byRequest: Bool) {
        var script = self.credible()
        #expect(self.notice(&script, byRequest: byRequest) == ["ask"])
        _ = script.answer(owner: 9)
        #expect(script.outcome == "lost sol-stolen 9")
    }

    @Test("goes on when the payload is still ours after a notice", arguments: [false, true])
    func noticeUnfounded(_ byRequest: Bool) {
        var script = self.credible()
        #expect(self.notice(&script, byRequest: byRequest) == ["ask"])
        #expect(script.answer(owner: Script.bmcID) == [])
        #expect(script.pass(.seconds(1)) == ["ask"])
        #expect(script.answer(owner: Script.bmcID) == [])
        #expect(script.pass(.seconds(1)) == ["warning(SerialOverLAN.SOLWarning.unfoundedDeactivation)"])
        #expect(script.outcome == "")
    }

    @Test("waits for the thief after a notice, who deactivates before activating")
    func noticeSlowThief() {
        var script = self.credible()
        _ = self.notice(&script, byRequest: false)
        _ = script.answer(owner: 0)
        #expect(script.outcome == "")
        _ = script.pass(.seconds(1))
        _ = script.answer(owner: 9)
        #expect(script.outcome == "lost sol-stolen 9")
    }

    @Test("tells a deactivation from a theft")
    func noticeNobody() {
        var script = self.credible()
        _ = self.notice(&script, byRequest: false)
        _ = script.answer(owner: 0)
        _ = script.pass(.seconds(1))
        _ = script.answer(owner: 0)
        _ = script.pass(.seconds(1))
        #expect(script.outcome == "lost sol-deactivated 0")
    }

    @Test("believes a notice that the BMC does not explain")
    func noticeUnexplained() {
        var script = self.credible()
        _ = self.notice(&script, byRequest: false)
        _ = script.pass(.seconds(2))
        #expect(script.outcome == "lost sol-stolen 0")
    }

    @Test("does not let the BMC's numbers come round while an acknowledgement may be late")
    func wrapGuard() {
        var script = self.credible()
        _ = script.receive(1, "x")
        #expect(script.receive(1, "x") == ["ack:1/1"])
        for number in (2...13) as ClosedRange<UInt8> {
            #expect(script.receive(number, "y\(number)").count == 2)
        }
        #expect(script.receive(14, "z") == ["out:z"])
        #expect(script.receive(14, "z") == [])
        #expect(script.pass(.milliseconds(1100)).contains("ack:14/1"))
    }

    @Test("swaps sequence numbers in both directions for 'endianseq'")
    func endianSequence() throws {
        var script = Script(.test { $0.workarounds = [.endianseq] })
        let datagram = script.context.takeActions().compactMap { action -> [UInt8]? in
            if case .send(let datagram) = action { datagram } else { nil }
        }
        let packet = try RMCPPlusPacket(decoding: #require(datagram.first))
        #expect(packet.header.sequence == UInt32(1).byteSwapped)
        script.sequence = 0x0100_0000 - 1
        #expect(script.receive(1, "ab") == ["out:ab", "ack:1/2"])
        script.sequence = 0x0200_0000 - 1
        #expect(script.receive(2, "cd") == ["out:cd", "ack:2/2"])
        script.sequence = 0x0100_0000 - 1
        #expect(script.receive(3, "ef") == [])
    }
}
