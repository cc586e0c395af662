// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("IPMI 1.5 packet")
struct IPMI15Tests {
    private let message = IPMIRequest(GetDeviceID.self, NoData(), sequence: 1).encoded()

    @Test(
        "is authentic only with the right password, session, sequence and message",
        arguments: [.md2, .md5] as [AuthenticationType]
    )
    func authenticity(_ type: AuthenticationType) throws {
        let password = try BMCPassword("secret")
        let packet = IPMI15Packet(signing: self.message, type, sessionID: 7, sequence: 9, password: password)
        #expect(packet.isAuthentic(password: password))
        #expect(try !packet.isAuthentic(password: BMCPassword("Secret")))
        var changed = packet
        changed.sequence += 1
        #expect(!changed.isAuthentic(password: password))
        changed = packet
        changed.sessionID += 1
        #expect(!changed.isAuthentic(password: password))
        changed = packet
        changed.message = self.message.dropLast()
        #expect(!changed.isAuthentic(password: password))
        changed = packet
        changed.authCode = nil
        #expect(!changed.isAuthentic(password: password))
    }

    @Test("with a straight password carries it, filled up with zeros")
    func straightPassword() throws {
        let password = try BMCPassword("secret")
        let packet = IPMI15Packet(
            signing: self.message,
            .straightPassword,
            sessionID: 7,
            sequence: 9,
            password: password
        )
        #expect(packet.authCode == Array("secret".utf8) + [UInt8](repeating: 0, count: 10))
        #expect(packet.isAuthentic(password: password))
        #expect(try !packet.isAuthentic(password: BMCPassword("secret2")))
    }

    @Test("without authentication is authentic to nobody")
    func none() {
        let packet = IPMI15Packet(self.message)
        #expect(packet.authCode == nil)
        #expect(!packet.isAuthentic(password: .empty))
    }

    @Test("ends where its length byte says; a pad byte may follow")
    func pad() throws {
        let packet = IPMI15Packet(self.message)
        #expect(try IPMI15Packet(decoding: packet.encoded() + [0]) == packet)
    }

    @Test("agrees with a second implementation of MD5 AuthCodes")
    func secondImplementation() throws {
        let secret = SecondImplementation.padded(Array("secret".utf8), to: 16)
        let expected = SecondImplementation.md5(
            secret + SecondImplementation.littleEndian(7) + self.message
                + SecondImplementation.littleEndian(9) + secret
        )
        let packet = IPMI15Packet(
            signing: self.message,
            .md5,
            sessionID: 7,
            sequence: 9,
            password: try BMCPassword("secret")
        )
        #expect(packet.authCode == expected)
    }
}
