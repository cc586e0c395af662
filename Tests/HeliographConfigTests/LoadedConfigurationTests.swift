// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("A loaded configuration")
struct LoadedConfigurationTests {
    private func load(_ text: String) throws -> Configuration {
        let result = Files.load(text)
        #expect(result.diagnostics.isEmpty)
        return try #require(result.configuration)
    }

    @Test("of an empty file has every default")
    func defaults() throws {
        for text in ["", "# nothing\n", "---\n", "{}", "ssh:\nusers:\nconsoles:\n", "\u{FEFF}ssh: {}\n"] {
            #expect(try self.load(text) == Configuration())
        }
        let configuration = Configuration()
        #expect(configuration.ssh.listen.map(\.description) == ["0.0.0.0:2200", "[::]:2200"])
        #expect(configuration.ssh.hostKeys == "/var/lib/heliograph/ssh")
        #expect(configuration.ssh.banner == nil)
        #expect(configuration.ssh.authentication == [.publicKey])
        #expect(configuration.ssh.loginGrace == .seconds(30))
        #expect(configuration.ssh.maxConnections == 500)
        #expect(configuration.ssh.idleTimeout == nil)
        #expect(configuration.control.socket == "/run/heliograph/control.sock")
        #expect(configuration.control.group == "heliograph")
        #expect(configuration.http == nil)
        #expect(configuration.logs.directory == "/var/log/heliograph")
        #expect(configuration.logs.rotate.size == 64 << 20)
        #expect(configuration.logs.rotate.every == .seconds(86_400))
        #expect(configuration.logs.keep == .init(days: 90, total: 100 << 30, minimumFree: .percent(10)))
        #expect(configuration.logs.compress == .zstd)
        #expect(configuration.logs.mode == 0o640)
        #expect(configuration.logs.recorder?.directory == "/var/lib/heliograph/recorder")
        #expect(configuration.logs.recorder?.keep == .init(days: 14, total: 50 << 30, minimumFree: nil))
        #expect(configuration.logs.recorder?.sync == .seconds(1))
        #expect(configuration.logs.openFiles == nil)
        #expect(configuration.defaults.escape == .conserver)
        #expect(configuration.defaults.keys.profile == .vtUTF8)
        #expect(configuration.defaults.keys.when == .manual)
        #expect(configuration.defaults.takeover == .ifIdle)
        #expect(configuration.defaults.crashRules == ["standard"])
        #expect(configuration.access.rules.isEmpty)
    }

    @Test("of the complete example is what the example says")
    func example() throws {
        let result = Files([
            "/etc/heliograph/heliograph.yaml": fullExample,
            "/etc/heliograph/conf.d/intel.yaml": "bmc_profiles:\n  intel: { password_env: INTEL }\n",
        ]).load("/etc/heliograph/heliograph.yaml")
        #expect(
            result.diagnostics.map(\.description) == [
                "/etc/heliograph/heliograph.yaml:27:12: warning: keys: the key after ssh-ed25519 is incomplete or damaged,"
                    + " and will match nobody"
            ]
        )
        let configuration = try #require(result.configuration)
        #expect(result.files == ["/etc/heliograph/heliograph.yaml", "/etc/heliograph/conf.d/intel.yaml"])
        #expect(configuration.http?.listen == [HostPort(host: "127.0.0.1", port: 9623)])
        #expect(configuration.ssh.banner == "/etc/heliograph/banner")
        #expect(configuration.control.groupIsExplicit)
        #expect(configuration.user(named: "alice")?.escape == .conman)
        #expect(configuration.user(named: "bob")?.passwordHash == PasswordHash(crypt: "$y$..."))
        #expect(configuration.groups(of: "bob") == ["ops"])
        #expect(configuration.consoles.count == 47)
        #expect(configuration.consoles.prefix(2).map(\.name) == ["web01", "web02"])
        #expect(
            configuration.consoles.dropFirst(40).map(\.link.kind) == [
                .sol15, .telnet, .ssh, .device, .unix, .tcp, .exec,
            ]
        )
        guard case .sol(let web40) = configuration.consoles[39].link else {
            Issue.record("web40 is no SOL console")
            return
        }
        #expect(web40.host == "web40-bmc.example.net")
        #expect(web40.port == 623)
        #expect(web40.profile == "default")
        #expect(web40.user == "heliograph")
        #expect(web40.password == .file("/etc/heliograph/secrets/bmc"))
        #expect(web40.privilege == .operator)
        guard case .sol15(let old1) = configuration.consoles[40].link else {
            Issue.record("old1 is no SOL console")
            return
        }
        #expect(old1.password == .environment("INTEL"))
        #expect(old1.user == "")
        #expect(configuration.consoles[46].link == .exec(["/usr/local/bin/my-console", "odd"]))
        #expect(configuration.crashRules["site"]?.first?.match == "LustreError.*LBUG")
        #expect(configuration.notify.map(\.on) == [[.crash, .consoleDown], [.crash], [.crash]])
        #expect(configuration.notify.last?.action == .syslog("local3"))
        #expect(configuration.permits(.power, user: "bob", console: configuration.consoles[0]))
        #expect(!configuration.permits(.attach, user: "eve", console: configuration.consoles[0]))
    }

    @Test("takes every key that there is")
    func everyKey() throws {
        let configuration = try self.load(
            """
            http: { listen: "[::1]", console_metrics: yes }
            logs:
              rotate: { size: 0, every: 0 }
              keep: { days: 0, total: 0, min_free: 5GiB }
              compress: none
              group: adm
              reserve: 0
              recorder: off
              open_files: 100
              ship: [{ syslog: "tls://logs", what: all }, { syslog: "unix:/dev/log" }, { syslog: "tcp://[::1]" }]
            users:
              - name: carl
                keys: "from=\\"10.0.0.0/8\\" ecdsa-sha2-nistp256 \(String(repeating: "AAAA", count: 20)) carl"
                keys_file: k
                from: [10.0.0.0/8, "::1"]
            crash_rules: { none: [], some: [{ name: a, match: b }] }
            bmc_profiles:
              p:
                kg_credential: kg
                password_command: [/bin/pass, bmc]
                port: 6230
                timeouts: { reply: 2s, keepalive: 1m, session: 2m }
                sol_probe: 1h
                workarounds: [intel20, idzero]
            defaults:
              profile: p
              escape_timeout: 2s
              join: false
              break: false
              keys: { when: auto }
              log: { text: off, daily_limit: 0, input: true }
              takeover: always
            consoles:
              - { name: a, sol: h, escape_timeout: off, join: on, break: yes, keys: grub, log: { text: colour }, note: n }
              - { name: b, sol: "h2:99", takeover: never, sol_probe: 0, crash_rules: [], port: 7, kg_env: KG }
              - name: c
                telnet: h
                chat: [{ expect: "a\\r", send: "b\\r" }, { expect: c, send_env: S }]
                groups: [g, h]
              - { name: d, ssh: "[fe80::1%eth0]:22", identity_file: id, password_env: P }
              - { name: e, device: /dev/x, baud: 9600, flow: hardware, data_bits: 7, parity: even, stop_bits: 2 }
            access: [{ who: carl, consoles: [a, "@g"], allow: all, from: 10.0.0.0/8 }]
            notify: [{ on: gap, alertmanager: "http://am:9093", consoles: "a,b" }]
            """
        )
        #expect(
            configuration.http
                == {
                    var http = HTTPConfiguration()
                    http.listen = [HostPort(host: "::1", port: 9623)]
                    http.consoleMetrics = true
                    return http
                }()
        )
        #expect(configuration.logs.rotate.size == nil)
        #expect(configuration.logs.rotate.every == nil)
        #expect(configuration.logs.keep == .init(days: nil, total: nil, minimumFree: .bytes(5 << 30)))
        #expect(configuration.logs.recorder == nil)
        #expect(configuration.logs.openFiles == 100)
        #expect(configuration.logs.reserve == 0)
        #expect(configuration.logs.group == "adm")
        #expect(
            configuration.logs.ship == [
                .init(syslog: .tls(HostPort(host: "logs", port: 6514)), what: .all),
                .init(syslog: .unix("/dev/log"), what: .events),
                .init(syslog: .tcp(HostPort(host: "::1", port: 601)), what: .events),
            ]
        )
        let consoles = configuration.consoles
        #expect(consoles.map(\.escapeTimeout) == [nil] + Array(repeating: Duration.seconds(2), count: 4))
        #expect(consoles.map(\.allowJoin) == [true, false, false, false, false])
        #expect(consoles.map(\.allowBreak) == [true, false, false, false, false])
        #expect(consoles[0].keys.profile == .grub)
        #expect(consoles[0].keys.when == .auto)
        #expect(consoles[0].log.text == .colour)
        #expect(consoles[0].log.input)
        #expect(consoles[1].log.text == .off)
        #expect(consoles[1].log.dailyLimit == nil)
        #expect(consoles[1].crashRules == [])

        var link = BMCLink(host: "h")
        link.port = 6230
        link.profile = "p"
        link.kg = .credential("kg")
        link.password = .command(["/bin/pass", "bmc"])
        link.takeover = .always
        link.workarounds = [.intel20, .idzero]
        link.timeouts.reply = .seconds(2)
        link.timeouts.keepalive = .seconds(60)
        link.timeouts.session = .seconds(120)
        link.solProbe = .seconds(3600)
        #expect(consoles[0].link == .sol(link))
        link.host = "h2"
        link.port = 99
        link.takeover = .never
        link.solProbe = nil
        link.kg = .environment("KG")
        #expect(consoles[1].link == .sol(link))

        var telnet = TelnetLink(address: HostPort(host: "h", port: 23))
        telnet.chat = [
            .init(expect: "a\r", send: .text("b\r")), .init(expect: "c", send: .secret(.environment("S"))),
        ]
        #expect(consoles[2].link == .telnet(telnet))
        var ssh = SSHLink(user: nil, address: HostPort(host: "fe80::1%eth0", port: 22))
        ssh.identityFile = "id"
        ssh.password = .environment("P")
        #expect(consoles[3].link == .ssh(ssh))
        var device = DeviceLink(path: "/dev/x")
        device.baud = 9600
        device.flow = .hardware
        device.dataBits = 7
        device.parity = .even
        device.stopBits = 2
        #expect(consoles[4].link == .device(device))
        #expect(configuration.access.rules.first?.allow == Set(Permission.allCases))
        #expect(configuration.notify.first?.action == .alertmanager("http://am:9093"))
    }

    @Test(
        "counts ranges in step",
        arguments: [
            ("web[01-03]", "h[1-3]", ["web01=h1", "web02=h2", "web03=h3"]),
            ("web[1-3]", "h:99", ["web1=h", "web2=h", "web3=h"]),
            (
                "r[1-2]n[1-2]", "10.0.[1-2].[1-2]",
                ["r1n1=10.0.1.1", "r1n2=10.0.1.2", "r2n1=10.0.2.1", "r2n2=10.0.2.2"]
            ),
            ("w[5,8]", "{console}-bmc", ["w5=w5-bmc", "w8=w8-bmc"]),
            ("w[1-2]", "[fd00::1]:[100-101]", ["w1=fd00::1", "w2=fd00::1"]),
        ]
    )
    func ranges(name: String, address: String, expected: [String]) throws {
        let result = Files.load("consoles: [{ name: '\(name)', sol: '\(address)' }]")
        let consoles = try #require(result.configuration).consoles
        let pairs = consoles.map { console in
            guard case .sol(let link) = console.link else { return "\(console.name)=?" }
            return "\(console.name)=\(link.host)"
        }
        #expect(pairs == expected)
    }

    @Test("takes relative paths from the directory of the file they stand in")
    func relativePaths() throws {
        let configuration = try #require(
            Files([
                "etc/h.yaml": "include: d/x.yaml\nlogs: { directory: ../log }\n",
                "etc/d/x.yaml": "control: { socket: ./s }\nconsoles: [{ name: a, unix: ../q }]\n",
            ]).load("etc/h.yaml").configuration
        )
        #expect(configuration.logs.directory == "log")
        #expect(configuration.control.socket == "etc/d/s")
        #expect(configuration.consoles.first?.link == .unix(path: "etc/q"))
    }

    @Test("never prints a password hash")
    func redaction() throws {
        let configuration = try self.load("users: [{ name: a, password_hash: '$y$j9T$geheim$' }]")
        var dumped = ""
        dump(configuration.users, to: &dumped)
        #expect(!dumped.contains("geheim"))
        #expect(!"\(configuration)".contains("geheim"))
        #expect(!String(reflecting: configuration.users).contains("geheim"))
    }
}
