// SPDX-License-Identifier: Apache-2.0

/// One console with every value final: built-in value, `defaults:`, BMC profile and the console's entry, the last
/// one that says something.
package struct ResolvedConsole: Equatable, Sendable {
    package var name: String
    /// Where its entry begins.
    package var declaredAt: SourcePosition
    package var link: ConsoleLink
    /// Console groups, for `@group` in names.
    package var groups: [String] = []
    /// Free text for lists.
    package var note: String?
    package var escape: EscapeKeys = .conserver
    /// A half-typed escape prefix is sent on after this time; nil = it is held.
    package var escapeTimeout: Duration?
    package var keys = KeySettings()
    /// Whether a second operator may join as writer.
    package var allowJoin = true
    /// Whether a serial break may be sent.
    package var allowBreak = true
    package var crashRules = ["standard"]
    package var log = ConsoleLogSettings()

    package init(name: String, declaredAt: SourcePosition, link: ConsoleLink) {
        self.name = name
        self.declaredAt = declaredAt
        self.link = link
    }

    /// Equality without the place in the file.
    package func hasSameSettings(as other: ResolvedConsole) -> Bool {
        var moved = other
        moved.declaredAt = self.declaredAt
        return self == moved
    }
}

/// `defaults:` — what holds for every console that does not say otherwise.
package struct ConsoleDefaults: Equatable, Sendable {
    package var escape: EscapeKeys = .conserver
    package var escapeTimeout: Duration?
    package var keys = KeySettings()
    package var takeover: TakeoverPolicy = .ifIdle
    package var allowJoin = true
    package var allowBreak = true
    package var crashRules = ["standard"]
    package var log = ConsoleLogSettings()
    /// The BMC profile of consoles that name none; nil = the one called `default`, if there is one.
    package var profile: String?

    package init() {}
}

/// `log:` of a console.
package struct ConsoleLogSettings: Equatable, Sendable {
    package var text: Text = .plain
    /// Console bytes a day written in full; after that only counted. Nil = no cap.
    package var dailyLimit: Int? = 256 << 20
    /// Record what operators type (`<` lines).
    package var input = false

    package init() {}

    package enum Text: String, CaseIterable, Sendable {
        case plain
        /// Keeps colours.
        case colour
        case off
    }
}

/// `keys:` — translation of function and editing keys for serial BIOSes.
package struct KeySettings: Equatable, Sendable {
    package var profile: KeyProfile = .vtUTF8
    package var when: Activation = .manual

    package init() {}

    package enum Activation: String, CaseIterable, Sendable {
        /// Off until the operator says so.
        case manual
        /// By what the host prints.
        case auto
        case always
    }
}

/// The built-in key profiles.
package enum KeyProfile: String, CaseIterable, Sendable {
    case none
    case vtUTF8 = "vt-utf8"
    case pcANSI = "pc-ansi"
    case vt100
    case intelLegacy = "intel-legacy"
    case xterm
    case grub
    case edk2XtermR6 = "edk2-xtermr6"
    case edk2VT400 = "edk2-vt400"
    case edk2Linux = "edk2-linux"
    case edk2SCO = "edk2-sco"
}
