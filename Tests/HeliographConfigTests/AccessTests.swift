// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("Access rules")
struct AccessTests {
    private func access(_ rules: String) throws -> Access {
        let text = """
            users: [{ name: alice, keys_file: k }, { name: bob, keys_file: k }]
            groups: { ops: [alice] }
            consoles: [{ name: web1, unix: /a, groups: [web] }, { name: lab1, unix: /b }]
            access: \(rules)
            """
        return try #require(Files.load(text).configuration).access
    }

    @Test(
        "let the first that fits decide",
        arguments: [
            ("[]", "alice", ""),
            (
                "[{ who: '*', consoles: '*', allow: all }]", "bob",
                "attach@web1 write@web1 attach@lab1 write@lab1"
            ),
            ("[{ who: '@ops', consoles: '*', allow: attach }]", "alice", "attach@web1 attach@lab1"),
            ("[{ who: '@ops', consoles: '*', allow: attach }]", "bob", ""),
            ("[{ who: bob, consoles: '@web', allow: [attach, write] }]", "bob", "attach@web1 write@web1"),
            (
                "[{ who: bob, consoles: 'lab*', allow: [] }, { who: '*', consoles: '*', allow: attach }]",
                "bob", "attach@web1"
            ),
            (
                "[{ who: '*', consoles: '*', allow: attach }, { who: bob, consoles: '*', allow: all }]",
                "bob", "attach@web1 attach@lab1"
            ),
            ("[{ who: [alice, '@ops'], consoles: [web1, nothere], allow: write }]", "alice", "write@web1"),
        ]
    )
    func decision(_ rules: String, user: String, expected: String) throws {
        let access = try self.access(rules)
        var allowed: [String] = []
        for (console, groups) in [("web1", ["web"]), ("lab1", [])] as [(String, [String])] {
            for permission in [Permission.attach, .write]
            where access.decide(
                user: user,
                groups: user == "alice" ? ["ops"] : [],
                console: console,
                consoleGroups: groups,
                permission: permission
            ) {
                allowed.append("\(permission.rawValue)@\(console)")
            }
        }
        #expect(allowed.joined(separator: " ") == expected)
    }

    @Test(
        "with networks are for operators from there",
        arguments: [("10.1.2.3", true), ("192.0.2.1", false), ("::ffff:10.0.0.1", true), (nil, false)]
    )
    func origin(_ address: String?, expected: Bool) throws {
        let access = try self.access("[{ who: '*', consoles: '*', allow: attach, from: [10.0.0.0/8] }]")
        let allowed = access.decide(
            user: "bob",
            groups: [],
            from: address.flatMap { IPAddress($0) },
            console: "web1",
            consoleGroups: [],
            permission: .attach
        )
        #expect(allowed == expected)
    }

    @Test("over all consoles decide what concerns none in particular")
    func global() throws {
        let access = try self.access(
            "[{ who: alice, consoles: web1, allow: all }, { who: '@ops', consoles: '*', allow: admin }]"
        )
        #expect(access.decide(user: "alice", groups: ["ops"], permission: .admin))
        #expect(!access.decide(user: "alice", groups: ["ops"], permission: .force))
        #expect(!access.decide(user: "alice", groups: [], permission: .admin))
    }
}
