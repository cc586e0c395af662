// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("A mistake in the configuration")
struct DiagnosticsTests {
    @Test(
        "is told with its place and what was probably meant",
        arguments: [
            // Keys.
            ("shh: {}", ["1:1: unknown key \"shh\" (did you mean \"ssh\"?)"]),
            ("zzz: 1", ["1:1: unknown key \"zzz\""]),
            (
                "ssh:\n  lisen: []\n  bannr: x",
                [
                    "2:3: unknown key \"lisen\" (did you mean \"listen\"?)",
                    "3:3: unknown key \"bannr\" (did you mean \"banner\"?)",
                ]
            ),
            (
                "defaults: { keys: { profil: grub } }",
                ["1:21: unknown key \"profil\" (did you mean \"profile\"?)"]
            ),
            // Types.
            ("ssh: [1]", ["1:6: ssh: expected a mapping (key: value), found a list"]),
            ("- a", ["1:1: expected a mapping (key: value), found a list"]),
            ("hello", ["1:1: expected a mapping (key: value), found a single value"]),
            ("consoles: { a: 1 }", ["1:11: consoles: expected a list, found a mapping"]),
            ("consoles: [a]", ["1:12: consoles: expected a mapping (key: value), found a single value"]),
            ("ssh: { banner: [a] }", ["1:16: banner: expected a single value, found a list"]),
            ("ssh: { banner: }", ["1:16: banner: expected a single value, found nothing"]),
            (
                "ssh: { banner: \"a\\nb\" }",
                ["1:16: banner: has a line break or another control character in it"]
            ),
            (
                "http: { console_metrics: maybe }",
                ["1:26: console_metrics: \"maybe\" is neither true nor false"]
            ),
            ("ssh: { max_connections: many }", ["1:25: max_connections: \"many\" is not a whole number"]),
            ("ssh: { max_connections: 0 }", ["1:25: max_connections: 0 is not between 1 and 100000"]),
            // Durations and sizes.
            (
                "ssh: { login_grace: 30 }",
                [
                    "1:21: login_grace: \"30\" has no unit of time; write 500ms, 30s, 10m, 2h or 1d"
                ]
            ),
            (
                "ssh: { login_grace: 5w }",
                [
                    "1:21: login_grace: \"5w\" has no unit of time that is known; write 500ms, 30s, 10m, 2h or 1d"
                ]
            ),
            (
                "ssh: { login_grace: soon }",
                [
                    "1:21: login_grace: \"soon\" is not a number with a unit; write 500ms, 30s, 10m, 2h or 1d"
                ]
            ),
            ("ssh: { login_grace: 2h }", ["1:21: login_grace: \"2h\" is not between 1s and 1h"]),
            ("ssh: { idle_timeout: 1ms }", ["1:22: idle_timeout: \"1ms\" is not between 1s and 365d, nor 0"]),
            (
                "logs: { reserve: 64 }",
                [
                    "1:18: reserve: \"64\" has no unit of size that is known; write 64KiB, 10MB or 1GiB"
                ]
            ),
            ("logs: { rotate: { size: 1B } }", ["1:25: size: \"1B\" is not between 64KiB and 1TiB, nor 0"]),
            ("logs: { keep: { min_free: 95% } }", ["1:27: min_free: \"95%\" is not between 0% and 90%"]),
            // Words.
            (
                "logs: { compress: zst }",
                [
                    "1:19: compress: \"zst\" is none of zstd, gzip, none (did you mean \"zstd\"?)"
                ]
            ),
            (
                "ssh: { authentication: [pubkey] }",
                [
                    "1:25: authentication: \"pubkey\" is none of publickey, password, keyboard-interactive"
                ]
            ),
            ("ssh: { authentication: [] }", ["1:24: authentication: is empty, so nobody could log in"]),
            (
                "ssh: { authentication: [password, password] }",
                ["1:35: authentication: \"password\" is listed twice"]
            ),
            // Addresses.
            (
                "ssh: { listen: [consoles] }",
                [
                    "1:17: listen: \"consoles\" is not an address to listen at; write 0.0.0.0:2200 or [::]:2200"
                ]
            ),
            (
                "ssh: { listen: '0.0.0.0:99999' }",
                ["1:16: listen: \"0.0.0.0:99999\" has a bad port \"99999\""]
            ),
            ("ssh: { listen: '[::1:22' }", ["1:16: listen: \"[::1:22\" has [ without ]"]),
            (
                "logs: { ship: [{ syslog: x }] }",
                [
                    "1:26: syslog: \"x\" is not a syslog address; write tcp://host:601, tls://host:6514 or unix:/dev/log"
                ]
            ),
            ("logs: { ship: [{ what: all }] }", ["1:16: ship: has no syslog address"]),
            ("logs: { mode: '0888' }", ["1:15: mode: \"0888\" is not a file mode; write \"0640\""]),
            ("logs: { mode: '0040' }", ["1:15: mode: \"0040\" keeps the daemon itself out; write \"0640\""]),
            (
                "logs: { mode: '0644' }",
                [
                    "1:15: warning: mode: console logs hold passwords typed at the wrong prompt; every account can read these"
                ]
            ),
            (
                "control: { socket: /\(String(repeating: "x", count: 110)) }",
                [
                    "1:10: socket: the path is longer than the 107 bytes a Unix socket can have"
                ]
            ),
        ] as [(String, [String])]
    )
    func general(_ text: String, expected: [String]) {
        #expect(Files.diagnostics(text) == expected.map { "c.yaml:" + $0 })
    }

    @Test(
        "about people and rights is told",
        arguments: [
            ("users: [{ keys_file: k }]", ["1:9: users: an entry has no name"]),
            (
                "users: [{ name: 'a b', keys_file: k }]",
                [
                    "1:17: name: \"a b\" is not a user name; letters, digits, \".\", \"_\", \"-\" and \"+\" may be in one"
                ]
            ),
            (
                "users: [{ name: a }]",
                [
                    "1:9: warning: user \"a\" has neither keys, keys_file nor password_hash, and so cannot log in"
                ]
            ),
            (
                "users: [{ name: a, keys_file: k }, { name: a, keys_file: k }]",
                [
                    "1:36: user \"a\" is there already, at c.yaml:1:9"
                ]
            ),
            (
                "users: [{ name: a, password: geheim }]",
                [
                    "1:9: warning: user \"a\" has neither keys, keys_file nor password_hash, and so cannot log in",
                    "1:20: password: passwords do not belong into the configuration;"
                        + " use password_hash, made by: helio hash-password",
                ]
            ),
            (
                "users: [{ name: a, password_hash: geheim }]",
                [
                    "1:35: password_hash: this is not a crypt(3) hash; make one with: helio hash-password"
                ]
            ),
            (
                "users: [{ name: a, keys: [hello] }]",
                [
                    "1:27: keys: this is not a public key; write a line as in authorized_keys: ssh-ed25519 AAAA... name"
                ]
            ),
            (
                "users: [{ name: a, keys: ssh-ed2519 AAAA }]",
                [
                    "1:26: keys: there is no key type \"ssh-ed2519\" (did you mean \"ssh-ed25519\"?)"
                ]
            ),
            ("users: [{ name: a, keys: ssh-ed25519 }]", ["1:26: keys: the key is missing after its type"]),
            (
                "users: [{ name: a, keys: '-----BEGIN OPENSSH PRIVATE KEY-----' }]",
                [
                    "1:26: keys: this is a private key; write the public one"
                ]
            ),
            (
                "users: [{ name: a, keys_file: k, from: 10.0.0.1/8 }]",
                [
                    "1:40: from: \"10.0.0.1/8\" has bits set beyond its prefix length"
                ]
            ),
            (
                "users: [{ name: a, keys_file: k, from: 10.0.0.0/33 }]",
                [
                    "1:40: from: \"10.0.0.0/33\" has a bad prefix length (0 to 32)"
                ]
            ),
            (
                "users: [{ name: a, keys_file: k, from: lan }]",
                [
                    "1:40: from: \"lan\" is not a network; write 192.0.2.0/24, 2001:db8::/32 or one address"
                ]
            ),
            (
                "users: [{ name: alice, keys_file: k }]\ngroups: { ops: [alcie, '@x'] }",
                [
                    "2:17: ops: there is no user \"alcie\" (did you mean \"alice\"?)",
                    "2:24: ops: groups have users as members, not other groups",
                ]
            ),
            ("groups: { 'a b': [] }", ["1:11: groups: \"a b\" is not the name of a group"]),
            (
                "access: [{ who: ops, consoles: '*' }]\ngroups: { ops: [] }",
                [
                    "1:10: access: a rule has no \"allow\"",
                    "1:17: who: there is no user \"ops\" (did you mean \"@ops\"?)",
                ]
            ),
            (
                "access: [{ who: '@op', consoles: '*', allow: [atach] }]\ngroups: { ops: [] }",
                [
                    "1:17: who: there is no group \"@op\" (did you mean \"@ops\"?)",
                    "1:47: allow: \"atach\" is none of attach, write, force, join, break, power, bmc, manage, admin"
                        + " (did you mean \"attach\"?)",
                ]
            ),
            (
                "access: [{ who: '*', consoles: '@wbe', allow: [] }]\nconsoles: [{ name: a, unix: /a, groups: [web] }]",
                [
                    "1:32: consoles: no console is in the group \"@wbe\" (did you mean \"@web\"?)"
                ]
            ),
            (
                "access: [{ who: '*', consoles: 'web1,[3', allow: [] }]",
                ["1:32: consoles: \"[3\" has [ without ]"]
            ),
            (
                "access: [{ who: '*', consoles: web10, allow: [] }]\nconsoles: [{ name: web01, unix: /a }]",
                [
                    "1:10: warning: access: there is no console \"web10\" (did you mean \"web01\"?)"
                ]
            ),
            (
                "access: [{ who: [], consoles: '*', allow: [] }]",
                ["1:17: who: is empty, so the rule is for nobody"]
            ),
        ] as [(String, [String])]
    )
    func people(_ text: String, expected: [String]) {
        #expect(Files.diagnostics(text) == expected.map { "c.yaml:" + $0 })
        #expect(!Files.diagnostics(text).joined().contains("geheim"))
    }

    @Test(
        "about a BMC is told",
        arguments: [
            (
                "user: seventeen-letters",
                [
                    "1:28: user: \"seventeen-letters\" is longer than the 16 bytes IPMI allows"
                ]
            ),
            (
                "password: geheim",
                [
                    "1:22: password: secrets do not belong into the configuration;"
                        + " use password_file, password_env, password_credential or password_command"
                ]
            ),
            (
                "kg: geheim",
                [
                    "1:22: kg: secrets do not belong into the configuration; use kg_file, kg_env, kg_credential or kg_command"
                ]
            ),
            (
                "password_file: a, password_env: B",
                [
                    "1:20: password_file and password_env are both given; one says where the secret is"
                ]
            ),
            ("password_env: 1A", ["1:36: password_env: \"1A\" is not the name of an environment variable"]),
            (
                "password_credential: a/b",
                ["1:43: password_credential: \"a/b\" is not the name of a credential"]
            ),
            ("password_command: []", ["1:40: password_command: is empty"]),
            (
                "cipher_suite: 5",
                [
                    "1:36: cipher_suite: cipher suite 5 (RAKP-HMAC-SHA1, HMAC-SHA1-96, xRC4-40) is not built: RC4 is broken;"
                        + " write auto, 17 or 3"
                ]
            ),
            (
                "cipher_suite: 99",
                [
                    "1:36: cipher_suite: \"99\" is not a cipher suite; write auto, 17 or 3 (or another of 0 to 19)"
                ]
            ),
            (
                "cipher_suite: 0",
                [
                    "1:36: warning: cipher_suite: cipher suite 0 checks no password and encrypts nothing"
                ]
            ),
            (
                "cipher_suite: 2",
                [
                    "1:36: warning: cipher_suite: cipher suite 2 encrypts nothing: console text and keys go in clear"
                ]
            ),
            ("cipher_suite: 3", []),
            (
                "privilege: admin",
                [
                    "1:33: privilege: \"admin\" is none of user, operator, administrator"
                ]
            ),
            (
                "takeover: if-idel",
                [
                    "1:32: takeover: \"if-idel\" is none of never, if-ours, if-idle, always (did you mean \"if-idle\"?)"
                ]
            ),
            (
                "workarounds: [intel2]",
                [
                    "1:36: workarounds: there is no workaround \"intel2\" (did you mean \"intel20\"?)"
                ]
            ),
            (
                "workarounds: [intelplus]",
                [
                    "1:36: workarounds: there is no workaround \"intelplus\"; here it is called intel20 and zero-count-is-all"
                ]
            ),
            ("timeouts: { session: 1s }", ["1:43: session: \"1s\" is not between 10s and 1h"]),
            ("port: 70000", ["1:28: port: 70000 is not between 1 and 65535"]),
            ("ciphersuite: 3", ["1:22: unknown key \"ciphersuite\" (did you mean \"cipher_suite\"?)"]),
        ] as [(String, [String])]
    )
    func bmc(_ settings: String, expected: [String]) {
        let found = Files.diagnostics("bmc_profiles: { p: { \(settings) } }")
        #expect(found == expected.map { "c.yaml:" + $0 })
        #expect(!found.joined().contains("geheim"))
    }

    @Test(
        "in a console's entry is told",
        arguments: [
            ("sol: h", ["1:12: consoles: an entry has no name"]),
            (
                "name: a",
                [
                    "1:12: consoles: an entry has no transport; write one of sol, sol15, telnet, ssh, device, unix, tcp, exec"
                ]
            ),
            (
                "name: a, sol: h, tcp: 'h:1'",
                [
                    "1:12: consoles: an entry has sol and tcp; it can have only one transport"
                ]
            ),
            (
                "name: a, sool: h",
                [
                    "1:12: consoles: an entry has no transport; write one of sol, sol15, telnet, ssh, device, unix, tcp, exec",
                    "1:23: unknown key \"sool\" (did you mean \"sol\"?)",
                ]
            ),
            ("name: status, unix: /a", ["1:20: name: \"status\" is a command's name"]),
            (
                "name: 'a:b', unix: /a",
                [
                    "1:20: name: \"a:b\" has a character other than letters, digits, \".\", \"_\" and \"-\""
                ]
            ),
            ("name: -a, unix: /a", ["1:20: name: \"-a\" does not begin with a letter, a digit or \"_\""]),
            ("name: 'a[1', unix: /a", ["1:20: name: \"a[1\" has [ without ]"]),
            ("name: 'a[5-1]', unix: /a", ["1:20: name: \"a[5-1]\" has a range that runs backwards: 5-1"]),
            ("name: 'a[1-3,2]', unix: /a", ["1:20: name: there is a console \"a2\" already, at c.yaml:1:20"]),
            (
                "name: 'a[1-3]', sol: 'h[1-2]'",
                [
                    "1:35: sol: \"h[1-2]\" stands for 2 values, but the name for 3"
                ]
            ),
            ("name: 'a[1-100001]', sol: h", ["1:12: more than 100000 consoles in all"]),
            (
                "name: 'a[1-2]', sol: h",
                [
                    "1:12: warning: \"a2\" has the same BMC as \"a1\", h:623: only one can have its console"
                ]
            ),
            ("name: a, sol: 'h:0'", ["1:28: sol: \"h:0\" has a bad port \"0\""]),
            (
                "name: a, sol: 'user@h'",
                ["1:28: sol: \"user@h\" has a character that no host name has: \"@\""]
            ),
            (
                "name: a, sol: h, profile: deflt",
                ["1:40: profile: there is no BMC profile \"deflt\" (did you mean \"default\"?)"]
            ),
            (
                "name: a, sol: h, baud: 9600",
                ["1:31: baud: is for device consoles, and this is a console of kind sol"]
            ),
            (
                "name: a, unix: /a, cipher_suite: 3",
                [
                    "1:33: cipher_suite: is for sol and sol15 consoles, and this is a console of kind unix"
                ]
            ),
            ("name: a, tcp: h", ["1:28: tcp: \"h\" has no port; write host:port"]),
            ("name: a, ssh: '@h'", ["1:28: ssh: \"@h\" has no user name before @"]),
            ("name: a, device: ttyS0", ["1:31: device: \"ttyS0\" is not a path that begins with /"]),
            (
                "name: a, device: /dev/ttyS0, baud: 115000",
                [
                    "1:49: baud: \"115000\" is not a rate of serial lines; most are 115200 or 9600"
                ]
            ),
            ("name: a, exec: []", ["1:29: exec: is empty"]),
            ("name: a, telnet: h, chat: [{ expect: a }]", ["1:41: chat: a step has no \"send\""]),
            (
                "name: a, telnet: h, chat: [{ expect: a, sned: b }]",
                [
                    "1:41: chat: a step has no \"send\"",
                    "1:54: unknown key \"sned\" (did you mean \"send\"?)",
                ]
            ),
            (
                "name: a, telnet: h, chat: [{ send: a, send_env: B }]",
                ["1:41: chat: a step has more than one thing to send"]
            ),
            (
                "name: a, unix: /a, escape: conservr",
                [
                    "1:41: escape: there is no escape preset \"conservr\" (did you mean \"conserver\"?)"
                ]
            ),
            (
                "name: a, unix: /a, escape: x",
                [
                    "1:41: escape: the escape \"x\" is a key that everybody types; take a control key such as \"^E\""
                ]
            ),
            (
                "name: a, unix: /a, escape: '^Xa'",
                [
                    "1:41: warning: escape: after \"^Xa\" the key \"a\" sends the escape itself, so its command cannot be given"
                ]
            ),
            (
                "name: a, unix: /a, escape_timeout: 1ms",
                [
                    "1:49: escape_timeout: \"1ms\" is not between 50ms and 1m, nor off"
                ]
            ),
            (
                "name: a, unix: /a, keys: vtutf8",
                [
                    "1:39: keys: there is no key profile \"vtutf8\" (did you mean \"vt-utf8\"?)"
                ]
            ),
            (
                "name: a, unix: /a, keys: { when: sometimes }",
                ["1:47: when: \"sometimes\" is none of manual, auto, always"]
            ),
            (
                "name: a, unix: /a, crash_rules: [standart]",
                [
                    "1:47: crash_rules: there is no rule set \"standart\" (did you mean \"standard\"?)"
                ]
            ),
            ("name: a, unix: /a, groups: ['@x']", ["1:42: groups: \"@x\" is not the name of a group"]),
        ] as [(String, [String])]
    )
    func console(_ entry: String, expected: [String]) {
        let found = Files.diagnostics("consoles: [{ \(entry) }]\nbmc_profiles: { default: {} }")
        #expect(found == expected.map { "c.yaml:" + $0 })
    }

    @Test(
        "in a rule is told",
        arguments: [
            (
                "crash_rules: { standard: [] }",
                [
                    "1:16: crash_rules: the set \"standard\" is built in; give yours another name"
                ]
            ),
            ("crash_rules: { a: [{ name: b }] }", ["1:20: crash_rules: a rule has no \"match\""]),
            (
                "crash_rules: { a: [{ name: b, match: '' }] }",
                [
                    "1:38: match: an empty expression would match every line"
                ]
            ),
            (
                "crash_rules: { a: [{ name: b, match: c }, { name: b, match: d }] }",
                [
                    "1:43: crash_rules: there are two rules \"b\" in this set"
                ]
            ),
            (
                "notify: [{ on: [crsh], syslog: local9 }]",
                [
                    "1:17: on: \"crsh\" is none of crash, console_down, console_up, console_silent, gap, attach, detach,"
                        + " takeover, bmc_login_failed, disk_full, reload_failed (did you mean \"crash\"?)",
                    "1:32: syslog: there is no syslog facility \"local9\" (did you mean \"local0\"?)",
                ]
            ),
            ("notify: [{ on: [], syslog: user }]", ["1:16: on: is empty, so the rule is for nothing"]),
            (
                "notify: [{ on: crash }]",
                [
                    "1:10: notify: a rule has neither exec, webhook, syslog nor alertmanager"
                ]
            ),
            (
                "notify: [{ webhook: 'https://a', syslog: user }]",
                [
                    "1:10: notify: a rule has webhook and syslog; write one rule for each",
                    "1:10: notify: a rule has no \"on\"",
                ]
            ),
            (
                "notify: [{ on: crash, webhook: 'ftp://a' }]",
                [
                    "1:32: webhook: \"ftp://a\" is not a web address; write https://host/path"
                ]
            ),
            (
                "notify: [{ on: crash, webhook: 'https://me:geheim@a' }]",
                [
                    "1:32: webhook: the address has a user name in it; secrets do not belong into the configuration"
                ]
            ),
        ] as [(String, [String])]
    )
    func rules(_ text: String, expected: [String]) {
        let found = Files.diagnostics(text)
        #expect(found == expected.map { "c.yaml:" + $0 })
        #expect(!found.joined().contains("geheim"))
    }

    @Test("does not hide the others, and they come from top to bottom")
    func allAtOnce() {
        let found = Files.diagnostics(
            """
            notify: [{ on: x, syslog: user }]
            ssh: { login_grace: x, login_grace: y }
            consoles:
              - { name: a, name: b }
              - { name: up, sol: h }
            logs: { compress: x }
            users: 7
            """
        )
        #expect(
            found.map { String($0.prefix { $0 != " " }) } == [
                "c.yaml:1:16:", "c.yaml:2:21:", "c.yaml:2:24:", "c.yaml:4:5:", "c.yaml:4:16:", "c.yaml:5:13:",
                "c.yaml:6:19:", "c.yaml:7:8:",
            ]
        )
    }

    @Test("is counted rather than told beyond a thousand")
    func limited() {
        let result = Files.load("consoles:\n" + String(repeating: "  - x\n", count: 1500))
        #expect(result.diagnostics.count == 1001)
        #expect(result.diagnostics.last?.description == "c.yaml:1501:5: and 500 more like these")
        #expect(result.hasErrors)
    }

    @Test("keeps the configuration back, while a warning does not")
    func severity() {
        #expect(Files.load("ssh: 1").configuration == nil)
        #expect(Files.load("ssh: 1").hasErrors)
        #expect(Files.load("logs: { mode: '0644' }").configuration?.logs.mode == 0o644)
        #expect(!Files.load("logs: { mode: '0644' }").hasErrors)
    }

    @Test("shows hostile text without its control characters and in bounded length")
    func display() {
        #expect(
            Files.diagnostics("\"\\e[2J\\u202Ex\": 1") == ["c.yaml:1:1: unknown key \"\\u{1b}[2J\\u{202e}x\""]
        )
        let long = Files.diagnostics(String(repeating: "x", count: 900) + ": 1")
        #expect(long == ["c.yaml:1:1: unknown key \"\(String(repeating: "x", count: 80))...\""])
    }
}
