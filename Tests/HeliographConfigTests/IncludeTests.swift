// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("Included files")
struct IncludeTests {
    private func console(_ name: String) -> String { "consoles: [{ name: \(name), unix: /\(name) }]\n" }

    @Test("come in the order of their names, after the file that includes them")
    func order() throws {
        let result = Files([
            "etc/c.yaml": "include: ['d/*.yaml', z.yaml]\n" + self.console("main"),
            "etc/d/20.yaml": self.console("b"),
            "etc/d/10.yaml": "include: sub/x.yaml\n" + self.console("a"),
            "etc/d/sub/x.yaml": self.console("x"),
            "etc/z.yaml": self.console("z"),
            "etc/d/note.txt": "{{{{",
        ]).load("etc/c.yaml")
        #expect(result.diagnostics.isEmpty)
        #expect(result.configuration?.consoles.map(\.name) == ["main", "a", "x", "b", "z"])
        #expect(
            result.files == [
                "etc/c.yaml", "etc/d/10.yaml", "etc/d/sub/x.yaml", "etc/d/20.yaml", "etc/z.yaml",
            ]
        )
    }

    @Test("join mappings and append lists")
    func merging() throws {
        let result = Files([
            "c.yaml":
                "include: d.yaml\nlogs: { mode: '0600' }\nbmc_profiles: { a: {} }\nhttp:\ngroups: { ops: [u] }",
            "d.yaml": """
            logs: { compress: none }
            bmc_profiles: { b: {} }
            http: { listen: '127.0.0.1:1' }
            groups: { ops: [v], others: [] }
            users: [{ name: u, keys_file: k }, { name: v, keys_file: k }]
            ssh:
            """,
        ]).load("c.yaml")
        #expect(result.diagnostics.isEmpty)
        let configuration = try #require(result.configuration)
        #expect(configuration.logs.mode == 0o600)
        #expect(configuration.logs.compress == .none)
        #expect(configuration.bmcProfiles.keys.sorted() == ["a", "b"])
        #expect(configuration.http?.listen.first?.port == 1)
        #expect(configuration.groups == ["ops": ["u", "v"], "others": []])
    }

    @Test(
        "are refused with the place of the mistake",
        arguments: [
            (["c.yaml": "include: d.yaml"], ["c.yaml:1:10: include: there is no file \"d.yaml\""]),
            (["c.yaml": "include: 'd/*.yaml'"], []),
            (["c.yaml": "include:"], []),
            (["c.yaml": "include: [[]]"], ["c.yaml:1:11: include: expected a single value, found a list"]),
            (["c.yaml": "include: ''"], ["c.yaml:1:10: include: is empty"]),
            (["c.yaml": "include: ./c.yaml"], ["c.yaml:1:10: include: \"c.yaml\" includes itself"]),
            (
                ["c.yaml": "include: d.yaml", "d.yaml": "\ninclude: c.yaml"],
                ["d.yaml:2:10: include: \"c.yaml\" includes itself"]
            ),
            (
                ["c.yaml": "include: [d.yaml, d.yaml]", "d.yaml": ""],
                ["c.yaml:1:19: include: \"d.yaml\" is included already, at c.yaml:1:11"]
            ),
            (
                ["c.yaml": "include: d.yaml\nssh: { banner: a }", "d.yaml": "ssh:\n  banner: b"],
                ["d.yaml:2:3: \"ssh.banner\" is given already, at c.yaml:2:8"]
            ),
            (
                [
                    "c.yaml": "include: d.yaml\nbmc_profiles: { a: { user: x } }",
                    "d.yaml": "bmc_profiles: { a: { port: 1 } }",
                ],
                ["d.yaml:1:17: \"bmc_profiles.a\" is given already, at c.yaml:2:17"]
            ),
            (
                ["c.yaml": "include: d.yaml\nssh: {}", "d.yaml": "ssh: []"],
                ["d.yaml:1:1: \"ssh\" is given already, at c.yaml:2:1"]
            ),
            (
                [
                    "c.yaml": "include: d.yaml\nconsoles: [{ name: a, unix: /a }]",
                    "d.yaml": "consoles: [{ name: a, unix: /b }]",
                ],
                ["d.yaml:1:20: name: there is a console \"a\" already, at c.yaml:2:20"]
            ),
            (
                ["c.yaml": "include: d.yaml", "d.yaml": "- a"],
                ["d.yaml:1:1: expected a mapping (key: value), found a list"]
            ),
        ] as [([String: String], [String])]
    )
    func mistakes(_ files: [String: String], expected: [String]) {
        #expect(Files(files).load("c.yaml").diagnostics.map(\.description) == expected)
    }

    @Test("may not include each other without end")
    func depth() {
        var texts = ["c.yaml": "include: d0.yaml"]
        for level in 0..<100 { texts["d\(level).yaml"] = "include: d\(level + 1).yaml" }
        let result = Files(texts).load("c.yaml")
        #expect(result.diagnostics.map(\.message) == ["include: files include each other more than 16 deep"])
        #expect(result.files.count == 17)
    }
}
