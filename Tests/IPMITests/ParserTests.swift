// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Every parser")
struct ParserTests {
    @Test("reads what it writes", arguments: ParserSample.all)
    func roundTrip(_ sample: ParserSample) throws {
        #expect(hex(try sample.reencode(sample.message)) == hex(sample.message))
    }

    @Test("refuses every truncation and names the field", arguments: ParserSample.all)
    func truncation(_ sample: ParserSample) {
        for length in 0..<sample.minimum {
            let error = #expect(throws: WireError.self, "\(length) bytes") {
                try sample.reencode(Array(sample.message.prefix(length)))
            }
            #expect(error?.field.isEmpty == false)
            #expect(error?.description.contains(error?.field ?? "?") == true)
        }
    }

    @Test(
        "reads, or refuses with a field, whatever lies between the shortest and the whole message",
        arguments: ParserSample.all
    )
    func optionalEnds(_ sample: ParserSample) {
        for length in sample.minimum...sample.message.count {
            do {
                let again = try sample.reencode(Array(sample.message.prefix(length)))
                #expect(again.count >= sample.minimum)
            } catch let error as WireError {
                #expect(length < sample.message.count && !error.field.isEmpty)
            } catch {
                Issue.record("\(error)")
            }
        }
    }

    @Test("survives random bytes", arguments: ParserSample.all)
    func randomBytes(_ sample: ParserSample) {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(sample.name), seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for round in 0..<500 {
            var message = generator.bytes(Int.random(in: 0...80, using: &generator))
            if round.isMultiple(of: 2) {
                // A good message with some bytes changed gets further.
                message = sample.message
                for _ in 0..<Int.random(in: 1...3, using: &generator) where !message.isEmpty {
                    let index = Int.random(in: message.indices, using: &generator)
                    message[index] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            do {
                _ = try sample.reencode(message)
            } catch let error as WireError {
                #expect(!error.field.isEmpty)
            } catch {
                Issue.record("\(error) is no WireError")
            }
        }
    }

    @Test("is among the samples")
    func coverage() {
        #expect(ParserSample.all.count >= 55)
        #expect(Set(CommandCodec.all.map(\.id)).count == 16)
    }

    @Test("of slices hands out slices of the same array, not copies that start at 0")
    func slices() throws {
        let array: [UInt8] = [9, 9, 1, 0, 0, 0, 0x41, 0x42]
        let payload = try SOLPayloadFromBMC(decoding: array[2...])
        #expect(payload.characters == [0x41, 0x42])
        #expect(payload.characters.startIndex == 6)
    }

    @Test("of datagrams tells formats apart without reading on")
    func kinds() throws {
        let sealed = try SampleSession(.suite3).console.seal(.sol, [1], sequence: 1)
        #expect(DatagramKind(of: sealed) == .rmcpPlus(.sol, sessionID: SampleSession.bmcID))
        #expect(
            DatagramKind(of: RMCPPlusPacket(.rakpMessage2, []).encoded())
                == .rmcpPlus(.rakpMessage2, sessionID: 0)
        )
        #expect(DatagramKind(of: IPMI15Packet([1]).encoded()) == .ipmi15(sessionID: 0))
        #expect(DatagramKind(of: ASFPresencePing(tag: 1).encoded()) == .asf)
        #expect(DatagramKind(of: RMCPHeader(.ipmi, isAcknowledgement: true).encoded()) == .other)
        #expect(DatagramKind(of: RMCPHeader(.oem).encoded()) == .other)
        #expect(DatagramKind(of: []) == .other)
        for length in 0..<14 { #expect(DatagramKind(of: Array(sealed.prefix(length))) == .other) }
    }
}
