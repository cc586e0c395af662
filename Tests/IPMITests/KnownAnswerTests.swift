// SPDX-License-Identifier: Apache-2.0

import Foundation
import IPMI
import Testing

/// Vectors/known-answers.json: fixed inputs, computed answers.
struct KnownAnswers: Decodable {
    struct Inputs: Decodable {
        var username: String
        var role: UInt8
        var console_session_id: String
        var bmc_session_id: String
        var rm: String
        var rc: String
        var guid: String
        var iv: String
    }

    struct AES: Decodable {
        var key: String
        var iv: String
        var clear_with_trailer: String
        var payload: String
    }

    struct Answer: Decodable {
        var cipher_suite: Int
        var password: String
        var kg: String?
        var rakp2_digest: String?
        var rakp3_digest: String?
        var sik: String?
        var k1: String?
        var k2: String?
        var rakp4_check: String?
        var aes: AES?
        var covered: String?
        var auth_code: String?
        var packet: String
        var clear_payload: String
        var sequence: UInt32
    }

    struct IPMI15: Decodable {
        var auth_type: UInt8
        var password: String
        var session_id: String
        var sequence: UInt32
        var message: String
        var auth_code: String
    }

    struct MD2Answer: Decodable {
        var text: String
        var digest: String
    }

    struct Checksums: Decodable {
        var header: String
        var checksum1: String
        var rest: String
        var checksum2: String
    }

    var inputs: Inputs
    var known_answers: [Answer]
    var v15: [IPMI15]
    var md2: [MD2Answer]
    var checksums: [Checksums]

    static func load() throws -> KnownAnswers {
        try JSONDecoder().decode(KnownAnswers.self, from: Vector.data("known-answers"))
    }

    func exchange(_ suite: CipherSuite) throws -> RAKPExchange {
        RAKPExchange(
            authentication: suite.authentication,
            integrity: suite.integrity,
            remoteConsoleSessionID: try #require(UInt32(self.inputs.console_session_id, radix: 16)),
            managedSystemSessionID: try #require(UInt32(self.inputs.bmc_session_id, radix: 16)),
            remoteConsoleRandom: bytes(self.inputs.rm),
            managedSystemRandom: bytes(self.inputs.rc),
            managedSystemGUID: bytes(self.inputs.guid),
            role: RAKPMessage1.Role(rawValue: self.inputs.role),
            userName: Array(self.inputs.username.utf8)
        )
    }
}

@Suite("Known answers")
struct KnownAnswerTests {
    private let document: KnownAnswers

    init() throws {
        self.document = try KnownAnswers.load()
    }

    @Test("cover every suite we speak")
    func coverage() {
        let suites = Set(self.document.known_answers.map(\.cipher_suite))
        #expect(suites == Set(CipherSuite.all.map { Int($0.id) }))
        #expect(self.document.known_answers.count == 36)
        #expect(self.document.v15.count == 3)
        #expect(self.document.md2.count == 4)
        #expect(self.document.checksums.count == 1)
    }

    @Test("give the RAKP digests and keys", arguments: 0..<36)
    func digests(_ index: Int) throws {
        let answer = self.document.known_answers[index]
        let suite = try CipherSuite(id: answer.cipher_suite)
        let exchange = try self.document.exchange(suite)
        let password = try BMCPassword(answer.password)
        let keys = exchange.keys(password: password, bmcKey: try answer.kg.map { try BMCKey(text: $0) })
        #expect(hex(exchange.rakp2Digest(password: password)) == answer.rakp2_digest ?? "")
        #expect(hex(exchange.rakp3Digest(password: password)) == answer.rakp3_digest ?? "")
        #expect(hex(keys.sik.copied()) == answer.sik ?? "")
        #expect(hex(keys.k1.copied()) == answer.k1 ?? "")
        #expect(hex(keys.k2.copied()) == answer.k2 ?? "")
        #expect(hex(exchange.rakp4CheckValue(keys)) == answer.rakp4_check ?? "")
    }

    @Test("give the whole packet, and the packet the payload", arguments: 0..<36)
    func packets(_ index: Int) throws {
        let answer = self.document.known_answers[index]
        let suite = try CipherSuite(id: answer.cipher_suite)
        let exchange = try self.document.exchange(suite)
        let password = try BMCPassword(answer.password)
        let keys = exchange.keys(password: password, bmcKey: try answer.kg.map { try BMCKey(text: $0) })
        let random = ScriptedRandom()
        random.load(bytes(self.document.inputs.iv))
        let console = try SessionCipher(
            suite: suite,
            keys: keys,
            password: password,
            localSessionID: exchange.remoteConsoleSessionID,
            peerSessionID: exchange.managedSystemSessionID,
            random: random
        )
        let bmc = try SessionCipher(
            suite: suite,
            keys: keys,
            password: password,
            localSessionID: exchange.managedSystemSessionID,
            peerSessionID: exchange.remoteConsoleSessionID,
            random: random
        )
        let packet = bytes(answer.packet)
        let opened = try bmc.open(packet)
        #expect(hex(opened.payload) == answer.clear_payload)
        #expect(opened.sequence == answer.sequence)
        let sealed = try console.seal(opened.payloadType, Array(opened.payload), sequence: answer.sequence)
        #expect(hex(sealed) == answer.packet)
        // The parts the file names apart are in the packet where they belong.
        if let aes = answer.aes {
            #expect(hex(sealed[16..<16 + aes.payload.count / 2]) == aes.payload)
            #expect(hex(keys.k2.copied().prefix(16)) == aes.key)
        }
        if let covered = answer.covered, let code = answer.auth_code {
            #expect(hex(sealed[4...]) == covered + code)
        }
    }

    @Test("give the AuthCodes of IPMI 1.5", arguments: 0..<3)
    func ipmi15(_ index: Int) throws {
        let answer = self.document.v15[index]
        let packet = IPMI15Packet(
            signing: bytes(answer.message),
            AuthenticationType(rawValue: answer.auth_type),
            sessionID: try #require(UInt32(answer.session_id, radix: 16)),
            sequence: answer.sequence,
            password: try BMCPassword(answer.password)
        )
        #expect(packet.authCode.map { hex($0) } == answer.auth_code)
    }

    @Test("give MD2", arguments: 0..<4)
    func md2(_ index: Int) {
        let answer = self.document.md2[index]
        #expect(hex(MD2.digest(Array(answer.text.utf8))) == answer.digest)
    }

    @Test(
        "give MD2 of RFC 1319's longer texts, too",
        arguments: [
            ("abcdefghijklmnopqrstuvwxyz", "4e8ddff3650292ab5a4108c3aa47940b"),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                "da33def2a42df13975352846c30338cd"
            ),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "d5976f79d83d3a0dc9806c3c66f3efd8"
            ),
        ]
    )
    func md2OfRFC1319(_ text: String, digest: String) {
        #expect(hex(MD2.digest(Array(text.utf8))) == digest)
    }

    @Test("give the checksums")
    func checksums() throws {
        let answer = try #require(self.document.checksums.first)
        #expect(hex([IPMIFrame.checksum(bytes(answer.header)[...])]) == answer.checksum1)
        #expect(hex([IPMIFrame.checksum(bytes(answer.rest)[...])]) == answer.checksum2)
    }
}
