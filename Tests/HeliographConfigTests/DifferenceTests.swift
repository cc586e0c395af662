// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HeliographConfig

@Suite("The difference of two configurations")
struct DifferenceTests {
    private func difference(_ old: String, _ new: String) throws -> ConfigurationDifference {
        let old = try #require(Files.load(old).configuration)
        let new = try #require(Files.load(new).configuration)
        return new.difference(from: old)
    }

    @Test("names consoles that came, went and changed")
    func consoles() throws {
        let difference = try self.difference(
            "consoles: [{ name: a, unix: /a }, { name: b, unix: /b }, { name: c, unix: /c }, { name: d, unix: /d }]",
            """

            consoles:
              - { name: e, unix: /e }
              - { name: d, unix: /other }
              - { name: c, unix: /c, groups: [g] }
              - { name: a, unix: /a }
            """
        )
        #expect(difference.added == ["e"])
        #expect(difference.removed == ["b"])
        #expect(
            difference.changed == [
                ConsoleChange(name: "d", linkChanged: true), ConsoleChange(name: "c", linkChanged: false),
            ]
        )
        #expect(!difference.otherSettingsChanged)
        #expect(!difference.isEmpty)
    }

    @Test("sees a change of a profile at each console that uses it")
    func profiles() throws {
        let consoles = "consoles: [{ name: a, sol: a, profile: p }, { name: b, sol: b, profile: q }]\n"
        let difference = try self.difference(
            consoles + "bmc_profiles: { p: { user: x }, q: {} }",
            consoles + "bmc_profiles: { p: { user: y }, q: {} }"
        )
        #expect(difference.changed == [ConsoleChange(name: "a", linkChanged: true)])
        #expect(difference.otherSettingsChanged)
    }

    @Test("is none when only the text moved")
    func moved() throws {
        let difference = try self.difference(
            "consoles: [{ name: a, unix: /a }]\nssh: {}",
            "# moved\nssh:\n\nconsoles:\n  - unix: /a\n    name: a\n"
        )
        #expect(difference.isEmpty)
    }
}
