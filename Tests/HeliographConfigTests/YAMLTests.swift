// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("A YAML file")
struct YAMLTests {
    @Test(
        "that is none is told as one mistake",
        arguments: [
            (
                "a: [",
                "2:1: not valid YAML: did not find expected node content (while parsing a flow node, line 2)"
            ),
            ("a: b: c", "1:5: not valid YAML: mapping values are not allowed in this context"),
            (
                "a: 'b",
                "2:1: not valid YAML: found unexpected end of stream (while scanning a quoted scalar, line 1)"
            ),
            (
                "a:\n\tb: 1",
                "2:1: not valid YAML: found a character that no value can begin with"
                    + " (a tab, \"@\", \"`\" or \"%\"; quote the value)"
            ),
            (
                "who: @ops",
                "1:6: not valid YAML: found a character that no value can begin with"
                    + " (a tab, \"@\", \"`\" or \"%\"; quote the value)"
            ),
            ("ssh: {}\n--- \nssh: {}", "2:1: not valid YAML: but found another document"),
            ("a: b\u{1}", "1:5: not valid YAML: control characters are not allowed"),
            ("? [a, b]\n: c", "1:3: a key must be a single word, not a list or a mapping"),
        ]
    )
    func syntax(_ text: String, expected: String) {
        #expect(Files.diagnostics(text + "\n") == ["c.yaml:" + expected])
    }

    @Test("that is not UTF-8 is told where")
    func encoding() {
        var files = Files([:])
        files.texts["c.yaml"] = Array("# größer\n# ok ".utf8) + [0xFF, 0x41]
        #expect(files.load("c.yaml").diagnostics.map(\.description) == ["c.yaml:2:6: this is not UTF-8 text"])
    }

    @Test("with keys given twice has every one of them told, and the other mistakes too")
    func duplicates() {
        let found = Files.diagnostics(
            """
            ssh:
              banner: a
              "banner": b
              max_connections: x
              banner: c
            ssh: {}
            logs: { mode: "0640", 'mode': "0640" }
            ?
            : 1
            """
        )
        #expect(
            found == [
                "c.yaml:3:3: duplicate key \"banner\", also in line 2",
                "c.yaml:4:20: max_connections: \"x\" is not a whole number",
                "c.yaml:5:3: duplicate key \"banner\", also in line 3",
                "c.yaml:6:1: duplicate key \"ssh\", also in line 1",
                "c.yaml:7:23: duplicate key \"mode\", also in line 7",
                "c.yaml:8:2: unknown key \"\"",
            ]
        )
    }

    @Test("with a key given twice that cannot be written otherwise is refused for that alone")
    func stubbornDuplicates() {
        #expect(Files.diagnostics("'': 1\n'': 2\nx: y") == ["c.yaml:1:1: duplicate key \"\""])
        let many = (0..<60).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        #expect(Files.diagnostics(many).count == 1)
    }

    @Test(
        "with an alias is refused, and text that only looks like one is not",
        arguments: [
            ("a: &x 1\nb: *x", "c.yaml:2:4"),
            ("a: &x [1]\nb: {*x : 1}", "c.yaml:2:5"),
            ("notify: &n []\n<<: *n", "c.yaml:2:5"),
            ("b: *x", "c.yaml:1:4"),
        ]
    )
    func aliases(_ text: String, place: String) {
        let message =
            ": aliases (*name) are not supported; put what consoles share into bmc_profiles and defaults,"
            + " and quote a value that begins with an asterisk"
        #expect(Files.diagnostics(text) == [place + message])
    }

    @Test("may have asterisks and ampersands in its text")
    func harmlessSigns() throws {
        let text = """
            # see *this &that
            defaults: { escape: '&' }
            consoles: [{ name: a, unix: /a, note: "x &y *z &z" }]
            users: &people []
            """
        let result = Files.load(text)
        #expect(result.diagnostics.isEmpty)
        #expect(result.configuration?.consoles.first?.note == "x &y *z &z")
    }

    @Test(
        "that means more than it says is refused at once",
        // OWN and LAST stand for the level's number and that of the one before.
        arguments: [
            "lOWN: &lOWN [*lLAST, *lLAST, *lLAST, *lLAST]\n",
            "lOWN: &lOWN {? *lLAST : 1, ? [*lLAST, *lLAST] : 2}\n",
        ]
    )
    func bombs(line: String) {
        let lines = (1...60).map { level in
            line.split(separator: "OWN", omittingEmptySubsequences: false).joined(separator: "\(level)")
                .split(separator: "LAST", omittingEmptySubsequences: false).joined(separator: "\(level - 1)")
        }
        let text = "l0: &l0 [x]\n" + lines.joined()
        let found = Files.diagnostics(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("aliases (*name) are not supported") == true)
    }

    @Test("that is nested without end is refused", arguments: ["[", "{a: ", "- ", "? "])
    func depth(opening: String) {
        for count in [20, 33, 40, 500, 999, 1001, 20_000] {
            let text =
                "a: " + (opening == "- " || opening == "? " ? "\n  " : "")
                + String(repeating: opening, count: count)
            #expect(Files.load(text).hasErrors)
        }
    }

    @Test("that is too big is refused")
    func size() {
        let big = String(repeating: "# 3456789012345\n", count: ConfigurationLoader.fileSizeLimit / 16)
        #expect(Files.diagnostics(big).isEmpty)
        #expect(
            Files.diagnostics(big + "\n") == [
                "c.yaml:1:1: the configuration is too big (8MiB in one file, 32MiB in all)"
            ]
        )
    }

    @Test("that cannot be read is told with the reason")
    func unreadable() {
        #expect(
            Files([:]).load("/etc/c.yaml").diagnostics.map(\.description) == [
                "/etc/c.yaml:1:1: cannot be read: no such file or directory"
            ]
        )
    }
}
