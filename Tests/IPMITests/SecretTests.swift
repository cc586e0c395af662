// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test(
        "are limited as the specification says",
        arguments: [(0, true), (16, true), (20, true), (21, false)]
    )
    func limits(_ count: Int, isAllowed: Bool) throws {
        let secret = String(repeating: "x", count: count)
        if isAllowed {
            #expect(try BMCPassword(secret).secret.count == count)
            #expect(try BMCKey(text: secret).secret.count == count)
        } else {
            #expect(throws: SecretError.passwordTooLong(byteCount: count)) { try BMCPassword(secret) }
            #expect(throws: SecretError.keyTooLong(byteCount: count)) { try BMCKey(text: secret) }
        }
    }

    @Test("of IPMI 1.5 have at most 16 bytes")
    func ipmi15() throws {
        try BMCPassword("sixteen-bytes-ok").checkFitsIPMI15()
        let long = try BMCPassword("seventeen-bytes-x")
        #expect(throws: SecretError.passwordTooLongForIPMI15(byteCount: 17)) { try long.checkFitsIPMI15() }
    }

    @Test("count bytes, not characters")
    func bytesNotCharacters() {
        #expect(throws: SecretError.passwordTooLong(byteCount: 22)) {
            try BMCPassword("\u{e4}\u{f6}\u{fc}\u{e4}\u{f6}\u{fc}\u{e4}\u{f6}\u{fc}\u{e4}\u{f6}")
        }
    }

    @Test("are never printed", arguments: ["Heliograph-Pw1"])
    func redaction(_ text: String) throws {
        let password = try BMCPassword(text)
        let key = try BMCKey(text: text)
        let keys = SampleSession.exchange(.suite3).keys(password: password)
        var dumped = ""
        dump(password, to: &dumped)
        dump(key, to: &dumped)
        dump(keys, to: &dumped)
        for printed in [
            "\(password)", "\(key)", "\(keys)", String(reflecting: password), String(reflecting: keys),
            dumped,
        ] {
            #expect(!printed.contains(text))
            #expect(!printed.contains(hex(text.utf8)))
        }
        #expect("\(password)" == "<redacted>")
        #expect(String(reflecting: key) == "<redacted>")
        #expect(
            "\(SecretError.passwordTooLong(byteCount: 21))"
                == "the password has 21 bytes; IPMI v2.0 allows at most 20"
        )
    }

    @Test("compare by content")
    func equality() throws {
        #expect(try BMCPassword("abc") == BMCPassword("abc"))
        #expect(try BMCPassword("abc") != BMCPassword("abd"))
        #expect(try BMCPassword("abc") != BMCPassword("abcd"))
        #expect(SecretBytes([]) == SecretBytes([]))
        #expect(!Digest.areEqual([1, 2], [1, 2, 3]))
    }

    @Test(
        "in hexadecimal notation are read",
        arguments: [
            ("00ff10", [0x00, 0xff, 0x10]), ("0xABcd", [0xab, 0xcd]), ("", []), ("0x", []), ("abc", nil),
            ("0xzz", nil), ("12 34", nil),
        ] as [(String, [UInt8]?)]
    )
    func hexadecimal(_ text: String, expected: [UInt8]?) throws {
        if let expected {
            #expect(try BMCKey(hexadecimal: text).secret.copied() == expected)
        } else {
            #expect(throws: SecretError.keyNotHexadecimal) { try BMCKey(hexadecimal: text) }
        }
    }

    @Test("made of zeros mean that no key is set")
    func unset() throws {
        #expect(try BMCKey(hexadecimal: "0000").isUnset)
        #expect(try BMCKey(text: "").isUnset)
        #expect(try !BMCKey(hexadecimal: "0001").isUnset)
    }
}

@Suite("System random bytes")
struct SystemRandomBytesTests {
    @Test("differ, across block borders too", arguments: [1, 16, 4096, 9000])
    func blocks(_ count: Int) {
        let source = SystemRandomBytes()
        let first = source.bytes(count)
        let second = source.bytes(count)
        #expect(first.count == count)
        if count >= 16 { #expect(first != second) }
        // A byte value that is missing among 9000 would mean that something is not filled.
        if count == 9000 { #expect(Set(first + second).count == 256) }
    }

    @Test("make numbers that are not 0")
    func numbers() {
        let zerosFirst = ScriptedRandom()
        zerosFirst.load([0, 0, 0, 0, 0, 0, 1, 2])
        #expect(zerosFirst.nonZeroUInt32() == 0x0102)
    }
}
