// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@testable import SerialOverLAN

@Suite("The SOL receiver")
struct SOLReceiverTests {
    /// One packet: SOL number, session sequence number, characters, seconds since the start.
    struct Packet {
        var number: UInt8
        var sequence: UInt32
        var text: String
        var at: Double = 0

        init(_ number: UInt8, _ sequence: UInt32, _ text: String, at: Double = 0) {
            self.number = number
            self.sequence = sequence
            self.text = text
            self.at = at
        }
    }

    private static let line = "a line of some length"

    @Test(
        "delivers every character once",
        arguments: [
            ("in order", [Packet(1, 1, "ab"), Packet(2, 2, "cd")], "abcd"),
            ("plain retry", [Packet(1, 1, "ab"), Packet(1, 2, "ab")], "ab"),
            ("retry that grew", [Packet(1, 1, "ab"), Packet(1, 2, "abcd")], "abcd"),
            (
                "retry that grew and shrank again",
                [Packet(1, 1, "ab"), Packet(1, 2, "abcd"), Packet(1, 3, "abc")], "abcd"
            ),
            ("sequence wraps from 15 to 1", [Packet(15, 1, "x"), Packet(1, 2, "y")], "xy"),
            ("any first number", [Packet(9, 1, "x"), Packet(10, 2, "y")], "xy"),
            ("same number, other content", [Packet(3, 1, "ab"), Packet(3, 2, "xy")], "abxy"),
            (
                "a late copy of an earlier packet",
                [Packet(1, 1, "ab"), Packet(2, 3, "cd"), Packet(1, 2, "ab"), Packet(3, 4, "ef")], "abcdef"
            ),
            (
                "session numbers that wrap",
                [Packet(1, 0xffff_ffff, "ab"), Packet(2, 1, "cd"), Packet(1, 0xffff_fffe, "ab")], "abcd"
            ),
            (
                "the host says the same again",
                [Packet(1, 1, Self.line), Packet(2, 2, Self.line, at: 0.9)], Self.line + Self.line
            ),
            (
                "dots at a steady pace",
                (1...5).map { Packet($0, UInt32($0), "..........", at: Double($0)) },
                String(repeating: "..........", count: 5)
            ),
            (
                "the same again after one lost acknowledgement",
                [Packet(1, 1, Self.line), Packet(1, 2, Self.line, at: 0.5), Packet(2, 3, Self.line, at: 1)],
                Self.line + Self.line
            ),
            (
                "OpenBMC's resend under the next number, its repeats seen",
                (0..<8).map { Packet(1, UInt32($0) + 1, Self.line, at: Double($0) / 10) }
                    + [Packet(2, 9, Self.line, at: 0.8)], Self.line
            ),
            (
                "OpenBMC's resend, its repeats lost",
                [Packet(1, 1, Self.line), Packet(2, 9, Self.line + "more", at: 0.8)], Self.line + "more"
            ),
            (
                "OpenBMC's resend three numbers on, after a black-out",
                [Packet(14, 1, Self.line), Packet(2, 25, Self.line, at: 2.4)], Self.line
            ),
            (
                "too few characters to tell",
                [Packet(1, 1, "....."), Packet(2, 9, ".....", at: 0.8)], ".........."
            ),
            (
                "a resend too soon to be one",
                [Packet(1, 1, Self.line), Packet(2, 9, Self.line, at: 0.05)], Self.line + Self.line
            ),
            (
                "a resend too late to be one",
                [Packet(1, 1, Self.line), Packet(2, 900, Self.line, at: 90)], Self.line + Self.line
            ),
        ] as [(String, [Packet], String)]
    )
    func delivery(_ name: String, packets: [Packet], expected: String) {
        var receiver = SOLReceiver()
        var output: [UInt8] = []
        for packet in packets {
            let payload = SOLPayloadFromBMC(sequence: packet.number, characters: Array(packet.text.utf8)[...])
            receiver.packetArrived(sequence: packet.sequence)
            let verdict = receiver.receive(
                payload,
                sessionSequence: packet.sequence,
                canStore: true,
                now: .testStart + .seconds(1) * packet.at
            )
            if case .take(let newFrom, _, _, _) = verdict { output += payload.characters.dropFirst(newFrom) }
        }
        #expect(String(decoding: output, as: UTF8.self) == expected, "\(name)")
    }

    private func receive(
        _ receiver: inout SOLReceiver,
        _ number: UInt8,
        _ sequence: UInt32,
        _ text: String,
        canStore: Bool = true
    ) -> SOLReceiver.Verdict {
        receiver.packetArrived(sequence: sequence)
        return receiver.receive(
            SOLPayloadFromBMC(sequence: number, characters: Array(text.utf8)[...]),
            sessionSequence: sequence,
            canStore: canStore,
            now: .testStart
        )
    }

    @Test("remembers nothing of what it could not keep")
    func withheld() {
        var receiver = SOLReceiver()
        #expect(self.receive(&receiver, 1, 1, "ab", canStore: false) == .withheld)
        #expect(self.receive(&receiver, 1, 2, "ab") == .take(newFrom: 0, suppressed: 0, isRepeat: false))
    }

    @Test("drops a late copy of a packet it could not keep")
    func withheldLate() {
        var receiver = SOLReceiver()
        #expect(self.receive(&receiver, 1, 5, "ab", canStore: false) == .withheld)
        #expect(self.receive(&receiver, 1, 4, "ab") == .late)
    }

    @Test(
        "counts the packets that the BMC gave up",
        arguments: [(1, 2, 0), (1, 3, 1), (14, 2, 2), (15, 1, 0)] as [(UInt8, UInt8, Int)]
    )
    func gaps(_ first: UInt8, second: UInt8, missing: Int) {
        var receiver = SOLReceiver()
        _ = self.receive(&receiver, first, 1, "ab")
        #expect(
            self.receive(&receiver, second, 20, "cd")
                == .take(newFrom: 0, suppressed: 0, isRepeat: false, missing: missing)
        )
    }

    @Test("says how much it left out")
    func suppressed() {
        var receiver = SOLReceiver()
        receiver.packetArrived(sequence: 1)
        _ = receiver.receive(
            SOLPayloadFromBMC(sequence: 1, characters: Array("12345678".utf8)[...]),
            sessionSequence: 1,
            canStore: true,
            now: .testStart
        )
        receiver.packetArrived(sequence: 9)
        let verdict = receiver.receive(
            SOLPayloadFromBMC(sequence: 2, characters: Array("123456789".utf8)[...]),
            sessionSequence: 9,
            canStore: true,
            now: .testStart + .milliseconds(800)
        )
        #expect(verdict == .take(newFrom: 8, suppressed: 8, isRepeat: false))
    }
}
