// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Packet cipher")
struct PacketCipherTests {
    @Test("agrees with a second implementation for every suite and length", arguments: CipherSuite.all)
    func crossCheck(_ suite: CipherSuite) throws {
        let ours = try SampleSession(suite)
        let second = SwiftCryptoCipher(
            suite: suite,
            keys: ours.keys,
            password: Array(SampleSession.password.utf8),
            local: SampleSession.bmcID,
            peer: SampleSession.consoleID,
            random: SystemRandomBytes.shared
        )
        var generator = SeededGenerator(seed: 0x1e11)
        for length in 0...300 {
            let payload = generator.bytes(length)
            let sequence = UInt32.random(in: 1 ... .max, using: &generator)
            let toBMC = try ours.console.seal(.sol, payload, sequence: sequence)
            let openedBySecond = try second.open(toBMC)
            #expect(Array(openedBySecond.payload) == payload)
            #expect(openedBySecond.sequence == sequence)
            #expect(try ours.bmc.open(toBMC).payload == payload[...])

            let fromBMC = try second.seal(.ipmiMessage, payload, sequence: sequence)
            let opened = try ours.console.open(fromBMC)
            #expect(opened.payloadType == .ipmiMessage)
            #expect(opened.payload == payload[...])
            #expect(opened.hasExpectedPad)
        }
    }

    @Test("agrees with a second implementation on digests", arguments: [HashFunction.md5, .sha1, .sha256])
    func digests(_ hash: HashFunction) {
        var generator = SeededGenerator(seed: 0x1e12)
        for length in 0..<200 {
            let key = generator.bytes(length % 70)
            let message = generator.bytes(length)
            let ours = Digest.hmac(hash, key: SecretBytes(key), message)
            #expect(ours == SecondImplementation.hmac(hash, key: key, message))
            #expect(Digest.md5(message) == SecondImplementation.md5(message))
        }
    }

    @Test("refuses every packet in which one bit was changed", arguments: [2, 3, 7, 8, 11, 12, 16, 17])
    func tampering(_ id: Int) throws {
        let session = try SampleSession(.number(id))
        let sealed = try session.bmc.seal(.sol, Array("login: ".utf8), sequence: 9)
        for bit in 32..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: PacketRejection.self, "bit \(bit)") { try session.console.open(changed) }
        }
        #expect(try session.console.open(sealed).payload == Array("login: ".utf8)[...])
    }

    @Test("gives an error for every truncation", arguments: CipherSuite.all)
    func truncation(_ suite: CipherSuite) throws {
        let session = try SampleSession(suite)
        let sealed = try session.bmc.seal(.sol, Array("0123456789".utf8), sequence: 9)
        for length in 0..<sealed.count {
            #expect(throws: PacketRejection.self, "\(length) bytes") {
                try session.console.open(Array(sealed.prefix(length)))
            }
        }
    }

    @Test("survives random packets with a good signature over a wrong inside", arguments: [2, 3, 12, 17])
    func signedNonsense(_ id: Int) throws {
        let session = try SampleSession(.number(id))
        let seed = UInt64.random(in: 0...UInt64.max)
        print("signed nonsense, seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            // Payload length, flags and payload are anything; only session ID and signature are right.
            var span: [UInt8] = [6, UInt8.random(in: 0...255, using: &generator) | 0xc0]
            span += SecondImplementation.littleEndian(SampleSession.consoleID)
            span += generator.bytes(4) + [UInt8.random(in: 0...96, using: &generator), 0]
            span += generator.bytes(Int.random(in: 0...96, using: &generator))
            span += SecondImplementation.authCode(
                session.suite,
                k1: session.keys.k1.copied(),
                password: Array(SampleSession.password.utf8),
                span
            )
            do throws(PacketRejection) {
                let opened = try session.console.open([6, 0, 0xff, 7] + span)
                #expect(opened.payload.count <= 96)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("says why it refuses a packet")
    func rejections() throws {
        let session = try SampleSession(.suite3)
        let signedOnly = try SampleSession(.number(2))
        let plain = try SampleSession(.suite0)
        let payload = Array("abc".utf8)

        let clear = try plain.bmc.seal(.sol, payload, sequence: 1)
        #expect(throws: PacketRejection.unsigned) { try session.console.open(clear) }
        let sealed = try session.bmc.seal(.sol, payload, sequence: 1)
        #expect(throws: PacketRejection.unexpectedProtection) { try plain.console.open(sealed) }
        #expect(throws: PacketRejection.unexpectedProtection) { try signedOnly.console.open(sealed) }
        let unencrypted = try signedOnly.bmc.seal(.sol, payload, sequence: 1)
        #expect(throws: PacketRejection.unencrypted) { try session.console.open(unencrypted) }
        // Its own packets carry the BMC's ID.
        let own = try session.console.seal(.sol, payload, sequence: 1)
        #expect(throws: PacketRejection.otherSession(SampleSession.bmcID)) { try session.console.open(own) }
        var altered = sealed
        altered[20] ^= 1
        #expect(throws: PacketRejection.wrongAuthCode) { try session.console.open(altered) }
        #expect(
            throws: PacketRejection.malformed(.truncated(field: "session ID", needed: 4, available: 1))
        ) { try session.console.open(Array(sealed.prefix(7))) }
        #expect(
            throws: PacketRejection.malformed(.truncated(field: "session trailer", needed: 14, available: 5))
        ) { try session.console.open(Array(sealed.prefix(21))) }
    }

    @Test("refuses a signed payload length that passes the trailer")
    func payloadLength() throws {
        let session = try SampleSession(.number(2))
        var span: [UInt8] = [6, 0x41] + SecondImplementation.littleEndian(SampleSession.consoleID)
        span += [1, 0, 0, 0, 9, 0, 1, 2, 3, 4, 0, 7]
        span += SecondImplementation.authCode(session.suite, k1: session.keys.k1.copied(), password: [], span)
        #expect(throws: PacketRejection.malformed(.truncated(field: "payload", needed: 9, available: 4))) {
            try session.console.open([6, 0, 0xff, 7] + span)
        }
    }

    @Test(
        "judges the confidentiality field",
        arguments: [
            ("too short for vector and block", 16, nil, PacketRejection.wrongCiphertextLength(16)),
            ("not whole blocks", 40, nil, .wrongCiphertextLength(40)),
            ("pad longer than a block", 32, 16, .wrongPadLength(16)),
        ] as [(String, Int, UInt8?, PacketRejection)]
    )
    func confidentialityField(_ name: String, length: Int, lastByte: UInt8?, rejection: PacketRejection)
        throws
    {
        let session = try SampleSession(.suite3)
        var field = [UInt8](repeating: 0, count: length)
        if let lastByte {
            // CBC: changing the vector changes the first clear block the same way.
            let block = try session.bmc.seal(.sol, [UInt8](repeating: 0, count: 15), sequence: 1)[16..<48]
            field = Array(block)
            field[15] ^= lastByte
        }
        var span: [UInt8] = [6, 0xc1] + SecondImplementation.littleEndian(SampleSession.consoleID)
        span += [1, 0, 0, 0, UInt8(field.count), 0] + field + [0, 7]
        span += SecondImplementation.authCode(session.suite, k1: session.keys.k1.copied(), password: [], span)
        #expect(throws: rejection) { try session.console.open([6, 0, 0xff, 7] + span) }
    }

    @Test("takes a pad that does not count, and says so")
    func oddPad() throws {
        let session = try SampleSession(.suite3)
        var datagram = try session.bmc.seal(.sol, [UInt8](repeating: 0x41, count: 12), sequence: 1)
        // Pad 1 2 3 becomes 0 0 0 by way of the vector.
        for (offset, number) in zip(12..<15, UInt8(1)...3) { datagram[16 + offset] ^= number }
        let span = Array(datagram[4..<datagram.count - 12])
        let code = SecondImplementation.authCode(
            session.suite,
            k1: session.keys.k1.copied(),
            password: [],
            span
        )
        let opened = try session.console.open([6, 0, 0xff, 7] + span + code)
        #expect(opened.payload == [UInt8](repeating: 0x41, count: 12)[...])
        #expect(!opened.hasExpectedPad)
    }

    @Test("accepts a signature over a pad of another length, as ipmitool's icts mode computes it")
    func otherPad() throws {
        let session = try SampleSession(.number(2))
        var span: [UInt8] = [6, 0x41] + SecondImplementation.littleEndian(SampleSession.consoleID)
        span += [1, 0, 0, 0, 4, 0, 1, 2, 3, 4] + [0xff, 0xff, 0xff, 3, 7]
        span += SecondImplementation.authCode(session.suite, k1: session.keys.k1.copied(), password: [], span)
        #expect(try session.console.open([6, 0, 0xff, 7] + span).payload == [1, 2, 3, 4])
    }

    @Test("sends and takes SOL in clear when told so, and nothing else")
    func solInClear() throws {
        let session = try SampleSession(.suite3)
        session.console.solIsInClear = true
        session.bmc.solIsInClear = true
        let sealed = try session.bmc.seal(.sol, [1, 2, 3, 4], sequence: 1)
        #expect(sealed[5] == 0x41)
        #expect(try session.console.open(sealed).payload == [1, 2, 3, 4])
        #expect(try session.bmc.seal(.ipmiMessage, [1], sequence: 2)[5] == 0xc0)
    }

    @Test("refuses keys that do not belong to the suite and payloads that are too long")
    func misuse() throws {
        let random = SystemRandomBytes.shared
        #expect(throws: PacketCipherFailure.unsuitableKeys(.suite3)) {
            try SessionCipher(
                suite: .suite3,
                keys: .none,
                password: .empty,
                localSessionID: 1,
                peerSessionID: 2,
                random: random
            )
        }
        let session = try SampleSession(.suite17)
        #expect(throws: PacketCipherFailure.payloadTooLong(65_520)) {
            try session.console.seal(.sol, [UInt8](repeating: 0, count: 65_520), sequence: 1)
        }
    }

    @Test("uses a fresh initialisation vector for every packet")
    func vectors() throws {
        let session = try SampleSession(.suite17)
        let vectors = try (0..<600).map { try session.console.seal(.sol, [], sequence: $0)[16..<32] }
        #expect(Set(vectors).count == 600)
    }
}
