// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SSHFrontEnd

private let body = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

@Suite("An authorized_keys line")
struct AuthorizedKeyTests {
    @Test("gives type, key and comment")
    func plain() throws {
        let key = try AuthorizedKey(parsing: "ssh-ed25519 \(body) alice at her laptop\r")
        #expect(key.algorithm == "ssh-ed25519")
        #expect(key.blob == [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + Array(0..<32))
        #expect(key.comment == "alice at her laptop")
        #expect(key.options == AuthorizedKeyOptions())
    }

    @Test("gives the options")
    func options() throws {
        let line = "restrict,pty,command=\"say \\\"hi, there\\\"\",from=\"10.0.0.0/8\" ssh-ed25519 \(body)"
        let key = try AuthorizedKey(parsing: line)
        #expect(key.options.forcedCommand == "say \"hi, there\"")
        #expect(key.options.permitsTerminal)
        #expect(key.options.sources?.permits("10.1.2.3") == true)
        #expect(key.options.sources?.permits("11.1.2.3") == false)
    }

    @Test(
        "is refused with the reason",
        arguments: [
            ("", "no key type"),
            ("ssh-dss AAAA", "not accepted"),
            ("ssh-ed25519-cert-v01@openssh.com AAAA", "not accepted"),
            ("ssh-ed25519", "not valid base64"),
            ("ssh-ed25519 AAA", "not valid base64"),
            ("ssh-ed25519 AAAA====", "not valid base64"),
            ("ssh-ed25519 !!!!", "not valid base64"),
            ("ssh-ed25519 AAAA", "damaged"),
            ("ssh-rsa \(body)", "damaged"),
            ("ssh-ed25519 /////w==", "damaged"),
            ("permitopen=\"h:1\" ssh-ed25519 \(body)", "unknown option permitopen"),
            ("cert-authority ssh-ed25519 \(body)", "unknown option cert-authority"),
            ("verify-required ssh-ed25519 \(body)", "unknown option verify-required"),
            ("from ssh-ed25519 \(body)", "needs a value"),
            ("command=\"x ssh-ed25519 \(body)", "no closing quote"),
            ("command=x ssh-ed25519 \(body)", "double quotes"),
            ("command=\"x\"y ssh-ed25519 \(body)", "closing quote"),
            ("restrict, ssh-ed25519 \(body)", "without a name"),
            ("from=\"10.0.0.0/33\" ssh-ed25519 \(body)", "not a network"),
            ("from=\"\" ssh-ed25519 \(body)", "empty pattern"),
            ("expiry-time=\"2020\" ssh-ed25519 \(body)", "expiry-time"),
            ("expiry-time=\"20201301\" ssh-ed25519 \(body)", "expiry-time"),
        ]
    )
    func refused(_ line: String, reason: String) {
        #expect {
            _ = try AuthorizedKey(parsing: line)
        } throws: {
            "\($0)".contains(reason)
        }
    }

    @Test("survives being cut anywhere")
    func truncated() {
        let line = "restrict,command=\"a\\\"b\",from=\"!10.0.0.0/8,*\" ssh-ed25519 \(body)"
        for length in 0..<line.count {
            #expect(throws: SSHFrontEndError.self) { _ = try AuthorizedKey(parsing: line.prefix(length)) }
        }
    }

    @Test("is one of many in a file, where faults carry the line's number")
    func file() {
        let text = "# keys\n\nssh-ed25519 \(body) a\r\n  bad line\n\tssh-ed25519 \(body) b\n"
        let (keys, faults) = AuthorizedKey.file(text)
        #expect(keys.map(\.comment) == ["a", "b"])
        #expect(faults.map(\.line) == [4])
    }

    @Test(
        "permits sources as its from= says",
        arguments: [
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.*", "192.0.2.77", true),
            ("192.0.2.?", "192.0.2.77", false),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/25", "192.0.2.128", false),
            ("0.0.0.0/0", "203.0.113.5", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:DB8::1", "2001:db8::1", true),
            ("*,!192.0.2.7", "192.0.2.7", false),
            ("*, !192.0.2.7", "192.0.2.8", true),
            ("!192.0.2.7", "192.0.2.8", false),
            ("host.example.net", "192.0.2.7", false),
            ("*.*.*.*.*.*.*.*.x", "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", false),
        ]
    )
    func from(_ patterns: String, address: String, isPermitted: Bool) throws {
        #expect(try SourcePatternList(parsing: patterns).permits(address) == isPermitted)
    }

    @Test(
        "expires as its expiry-time= says",
        arguments: [
            ("20270101Z", 1_798_761_599, false),
            ("20270101Z", 1_798_761_600, true),
            ("202701010001Z", 1_798_761_600, false),
            ("20270101000005Z", 1_798_761_604, false),
            ("20270101000005Z", 1_798_761_605, true),
        ]
    )
    func expiry(_ text: String, time: Int, hasPassed: Bool) throws {
        #expect(try KeyExpiry(parsing: text).hasPassed(at: time) == hasPassed)
    }
}
