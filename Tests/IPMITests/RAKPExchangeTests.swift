// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("RAKP exchange")
struct RAKPExchangeTests {
    private let password: BMCPassword

    init() throws {
        self.password = try BMCPassword(SampleSession.password)
    }

    @Test("accepts its own digests and refuses those of another password", arguments: CipherSuite.all)
    func verification(_ suite: CipherSuite) throws {
        let exchange = SampleSession.exchange(suite)
        let (password, other) = (self.password, try BMCPassword("another"))
        let keys = exchange.keys(password: password)
        let isChecked = suite.authentication != .none
        #expect(exchange.verifiesRAKP2(exchange.rakp2Digest(password: password), password: password))
        #expect(exchange.verifiesRAKP3(exchange.rakp3Digest(password: password), password: password))
        #expect(exchange.verifiesRAKP4(exchange.rakp4CheckValue(keys), keys: keys))
        #expect(
            exchange.verifiesRAKP2(exchange.rakp2Digest(password: other), password: password) != isChecked
        )
        #expect(
            exchange.verifiesRAKP3(exchange.rakp3Digest(password: other), password: password) != isChecked
        )
        let otherKeys = exchange.keys(password: password, bmcKey: try BMCKey(text: "K_g"))
        #expect(exchange.verifiesRAKP4(exchange.rakp4CheckValue(otherKeys), keys: keys) != isChecked)
    }

    @Test("refuses a missing or cut digest", arguments: [1, 6, 15])
    func cutDigests(_ id: Int) throws {
        let exchange = SampleSession.exchange(try .number(id))
        let digest = exchange.rakp2Digest(password: self.password)
        let keys = exchange.keys(password: self.password)
        for length in 0..<digest.count {
            #expect(!exchange.verifiesRAKP2(Array(digest.prefix(length)), password: self.password))
        }
        #expect(exchange.verifiesRAKP2(digest + [0], password: self.password))
        #expect(!exchange.verifiesRAKP4([], keys: keys))
    }

    @Test("ignores what a board sends in RAKP 4 although there is nothing to prove")
    func checkValueWithoutAuthentication() throws {
        #expect(SampleSession.exchange(.suite0).verifiesRAKP4(bytes("01020304"), keys: .none))
    }

    @Test(
        "changes just the digests a deviation names",
        arguments: [
            (.paddedUserName, true, false, true),
            (.rakp3WithoutLookupBit, false, true, false),
            (.checkValueByIntegrityAlgorithm, false, false, false),
            (.shortPasswordWithMD5, false, false, false),
        ] as [(RAKPExchange.Deviations, Bool, Bool, Bool)]
    )
    func deviations(_ deviation: RAKPExchange.Deviations, rakp2: Bool, rakp3: Bool, sik: Bool) throws {
        let plain = SampleSession.exchange(.suite3)
        let other = SampleSession.exchange(.suite3, deviations: deviation)
        let password = self.password
        #expect((plain.rakp2Digest(password: password) != other.rakp2Digest(password: password)) == rakp2)
        #expect((plain.rakp3Digest(password: password) != other.rakp3Digest(password: password)) == rakp3)
        #expect((plain.keys(password: password).sik != other.keys(password: password).sik) == sik)
    }

    @Test("cuts a long password with HMAC-MD5 only")
    func shortPassword() throws {
        let long = try BMCPassword("twenty-byte-password")
        let cut = try BMCPassword("twenty-byte-pass")
        let md5 = SampleSession.exchange(try .number(8), deviations: .shortPasswordWithMD5)
        let sha1 = SampleSession.exchange(.suite3, deviations: .shortPasswordWithMD5)
        #expect(md5.rakp3Digest(password: long) == md5.rakp3Digest(password: cut))
        #expect(md5.keys(password: long) == md5.keys(password: cut))
        #expect(sha1.rakp3Digest(password: long) != sha1.rakp3Digest(password: cut))
    }

    @Test(
        "has the check value made by the integrity algorithm",
        arguments: [(1, 0), (3, 12), (8, 16), (17, 16)]
    )
    func checkValue(_ id: Int, byteCount: Int) throws {
        let exchange = SampleSession.exchange(try .number(id), deviations: .intel20)
        let keys = exchange.keys(password: self.password)
        #expect(exchange.rakp4CheckValue(keys).count == byteCount)
        #expect(exchange.verifiesRAKP4(exchange.rakp4CheckValue(keys), keys: keys))
    }

    @Test("takes K_g instead of the password")
    func bmcKey() throws {
        let exchange = SampleSession.exchange(.suite17)
        let key = try BMCKey(hexadecimal: "0x00ff00")
        let keys = exchange.keys(password: self.password, bmcKey: key)
        #expect(keys != exchange.keys(password: self.password))
        #expect(keys == exchange.keys(password: try BMCPassword("other"), bmcKey: key))
        let unset = try BMCKey(hexadecimal: "0000")
        #expect(
            exchange.keys(password: self.password, bmcKey: unset) == exchange.keys(password: self.password)
        )
    }
}
