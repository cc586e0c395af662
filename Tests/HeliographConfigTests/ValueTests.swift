// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("A value")
struct ValueTests {
    @Test(
        "of time is read with its unit",
        arguments: [
            ("0", 0), ("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("1h30m", 5_400_000), ("0s", 0), ("007s", 7000), ("36525d", 36_525 * 86_400_000),
        ] as [(String, Int64)]
    )
    func durations(_ text: String, milliseconds: Int64) throws {
        #expect(try Duration(parsing: text) == .milliseconds(milliseconds))
    }

    @Test(
        "of time is refused",
        arguments: [
            "", " ", "s", "5", "1 s", "-1s", "+1s", "1.5s", "1e3s", "1s ", "s1", "1S", "36526d",
            "99999999999999999999s",
            "9223372036854775807d", "1h30", "٣s",
        ]
    )
    func badDurations(_ text: String) {
        #expect(throws: ValueError.self) { try Duration(parsing: text) }
    }

    @Test(
        "of time is written as it would be read",
        arguments: ["0", "1ms", "1500ms", "2s", "90s", "3m", "5h", "2d"]
    )
    func durationText(_ text: String) throws {
        #expect(try Duration(parsing: text).configurationText == text)
    }

    @Test(
        "of size is read with its unit",
        arguments: [
            ("0", 0), ("1B", 1), ("64KiB", 65_536), ("10MB", 10_000_000), ("1GiB", 1 << 30),
            ("2TB", 2_000_000_000_000),
            ("1kB", 1000), ("1KB", 1000), ("3TiB", 3 << 40),
        ]
    )
    func sizes(_ text: String, bytes: Int) throws {
        #expect(try ByteSize.parse(text) == bytes)
    }

    @Test(
        "of size is refused",
        arguments: ["", "1", "1K", "1kib", "-1B", "1.5GiB", "1KiB1B", "9999999999TiB", "KiB"]
    )
    func badSizes(_ text: String) {
        #expect(throws: ValueError.self) { try ByteSize.parse(text) }
    }

    @Test(
        "of a host and port is taken apart",
        arguments: [
            ("a", "a", 9), ("a:1", "a", 1), ("10.0.0.1:65535", "10.0.0.1", 65_535), ("[::1]:22", "::1", 22),
            ("[::1]", "::1", 9), ("fe80::1", "fe80::1", 9), ("[fe80::1%eth0]:2", "fe80::1%eth0", 2),
            ("h_1.x-y:0", "h_1.x-y", 0),
        ] as [(String, String, UInt16)]
    )
    func hostPorts(_ text: String, host: String, port: UInt16) throws {
        let value = try HostPort(parsing: text, defaultPort: 9)
        #expect(value == HostPort(host: host, port: port))
        #expect(try HostPort(parsing: value.description, defaultPort: nil) == value)
    }

    @Test(
        "of a host and port is refused",
        arguments: [
            "", ":1", "a:", "a:x", "a:65536", "a:-1", "a:+1", "[::1", "[a]:1", "[::1]x", "a b", "a/b",
            "1:2:3", "[::g]:1", "ä",
        ]
    )
    func badHostPorts(_ text: String) {
        #expect(throws: ValueError.self) { try HostPort(parsing: text, defaultPort: 9) }
    }

    @Test(
        "of a network holds its addresses and no others",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false), ("::/0", "1.2.3.4", false), ("::/0", "ffff::", true),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::/33", "2001:db8:8000::", false), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true),
            ("::1.2.3.4", "::102:304", true),
        ]
    )
    func networks(_ network: String, address: String, expected: Bool) throws {
        let address = try #require(IPAddress(address))
        #expect(try IPNetwork(parsing: network).contains(address) == expected)
    }

    @Test(
        "of a network is refused",
        arguments: [
            "", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
            "::/129",
            "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", ":1", "1:", "12345::", "::+1",
            "::ffff:10.0.0.0/104", "a/b/c",
            "1.2.3.4::", "1:2:3:4:5:6:7::8",
        ]
    )
    func badNetworks(_ text: String) {
        #expect(throws: ValueError.self) { try IPNetwork(parsing: text) }
    }

    @Test(
        "of an escape is read",
        arguments: [
            ("conserver", [0x05, 0x63]), ("conman", [0x26]), ("ssh", [0x7E]), ("telnet", [0x1D]),
            ("^Ec", [0x05, 0x63]),
            ("^X^X", [0x18, 0x18]), ("^?x", [0x7F, 0x78]), ("\\005c", [0x05, 0x63]), ("\\\\", [0x5C]),
            ("\\^A", [0x5E, 0x41]),
            ("^", [0x5E]), ("^^", [0x1E]), ("&", [0x26]), ("\u{1}x", [0x01, 0x78]), ("^@", [0x00]),
            ("ab", [0x61, 0x62]),
        ] as [(String, [UInt8])]
    )
    func escapes(_ text: String, bytes: [UInt8]) throws {
        let keys = try EscapeKeys(parsing: text)
        #expect(keys.bytes == bytes)
        #expect(keys.onlyAfterNewline == (text == "ssh"))
    }

    @Test(
        "of an escape is refused",
        arguments: [
            "", "x", "7", " ", "^H", "^?", "\\9", "\\400", "\\00", "^J", "^M", "^[", "ä", "123456789",
            "tellnet",
        ]
    )
    func badEscapes(_ text: String) {
        #expect(throws: ValueError.self) { try EscapeKeys(parsing: text) }
    }

    @Test(
        "of a cipher suite is read or refused",
        arguments: (0...255).map { $0 }
    )
    func cipherSuites(_ number: Int) {
        let built: Set = [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]
        let encrypts: Set = [3, 8, 12, 17]
        let suite = try? CipherSuiteSetting(parsing: "\(number)")
        #expect(suite == (built.contains(number) ? .number(UInt8(number)) : nil))
        #expect((suite?.caution == nil) == (suite == nil || encrypts.contains(number)))
    }

    @Test(
        "of a path is put in order",
        arguments: [
            ("x", "/etc/h/c.yaml", "/etc/h/x"), ("../x", "/etc/h/c.yaml", "/etc/x"),
            ("/x//y/./z", "c", "/x/y/z"),
            ("x", "c.yaml", "x"), ("../x", "c.yaml", "../x"), ("../../../x", "/a/c", "/x"), (".", "c", "."),
            ("../../x", "a/c", "../x"), ("a/..", "c", "."),
        ]
    )
    func paths(_ path: String, file: String, expected: String) {
        #expect(FilePath.resolve(path, relativeTo: file) == expected)
    }

    @Test(
        "that was misspelt is guessed",
        arguments: [
            ("lsiten", "listen"), ("LISTEN", "listen"), ("host-keys", "host_keys"), ("bnaner", "banner"),
            ("qqqqqq", nil),
            ("", nil), (String(repeating: "x", count: 10_000), nil),
        ]
    )
    func spelling(_ word: String, expected: String?) {
        #expect(Spelling.suggestion(for: word, among: ["listen", "host_keys", "banner"]) == expected)
    }
}
