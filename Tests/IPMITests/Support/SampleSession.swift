// SPDX-License-Identifier: Apache-2.0

import IPMI

/// A session with known keys, seen from both ends.
struct SampleSession {
    static let consoleID: UInt32 = 0xa0a2_a3a4
    static let bmcID: UInt32 = 0x0200_0100
    static let password = "Heliograph-Pw1"

    let suite: CipherSuite
    let keys: SessionKeys
    let console: SessionCipher
    let bmc: SessionCipher

    init(_ suite: CipherSuite, random: any RandomByteSource = SystemRandomBytes.shared) throws {
        self.suite = suite
        self.keys = try Self.exchange(suite).keys(password: BMCPassword(Self.password))
        self.console = try Self.cipher(suite, self.keys, local: Self.consoleID, peer: Self.bmcID, random)
        self.bmc = try Self.cipher(suite, self.keys, local: Self.bmcID, peer: Self.consoleID, random)
    }

    static func exchange(_ suite: CipherSuite, deviations: RAKPExchange.Deviations = []) -> RAKPExchange {
        RAKPExchange(
            authentication: suite.authentication,
            integrity: suite.integrity,
            remoteConsoleSessionID: Self.consoleID,
            managedSystemSessionID: Self.bmcID,
            remoteConsoleRandom: bytes("101112131415161718191a1b1c1d1e1f"),
            managedSystemRandom: bytes("808182838485868788898a8b8c8d8e8f"),
            managedSystemGUID: bytes("00112233445566778899aabbccddeeff"),
            role: RAKPMessage1.Role(.administrator),
            userName: Array("admin".utf8),
            deviations: deviations
        )
    }

    static func cipher(
        _ suite: CipherSuite,
        _ keys: SessionKeys,
        local: UInt32,
        peer: UInt32,
        _ random: any RandomByteSource
    ) throws -> SessionCipher {
        try SessionCipher(
            suite: suite,
            keys: keys,
            password: BMCPassword(Self.password),
            localSessionID: local,
            peerSessionID: peer,
            random: random
        )
    }
}

extension CipherSuite {
    /// Tables name suites by their number.
    static func number(_ id: Int) throws -> CipherSuite {
        try CipherSuite(id: id)
    }
}
