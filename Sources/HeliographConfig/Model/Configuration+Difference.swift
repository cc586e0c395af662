// SPDX-License-Identifier: Apache-2.0

/// What a reload has to do to the consoles.
package struct ConfigurationDifference: Equatable, Sendable {
    /// Names of consoles that are new, in the order of the new configuration.
    package var added: [String] = []
    /// Names of consoles that are gone, in the order of the old configuration.
    package var removed: [String] = []
    /// Consoles in both whose settings differ.
    package var changed: [ConsoleChange] = []
    /// Whether anything outside the consoles differs (listeners, logs, users, access, ...).
    package var otherSettingsChanged = false

    package init() {}

    /// True when the two configurations mean the same.
    package var isEmpty: Bool {
        self.added.isEmpty && self.removed.isEmpty && self.changed.isEmpty && !self.otherSettingsChanged
    }
}

/// A console that a reload changes.
package struct ConsoleChange: Equatable, Sendable {
    package var name: String
    /// The link itself differs, so that the session has to be made again; otherwise only settings around it.
    package var linkChanged: Bool

    package init(name: String, linkChanged: Bool) {
        self.name = name
        self.linkChanged = linkChanged
    }
}

extension Configuration {
    /// What changed since `older`. Where in the files a console stands does not matter.
    package func difference(from older: Configuration) -> ConfigurationDifference {
        var difference = ConfigurationDifference()
        let before = Dictionary(older.consoles.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(self.consoles.lazy.map(\.name))
        difference.removed = older.consoles.map(\.name).filter { !names.contains($0) }
        for console in self.consoles {
            guard let old = before[console.name] else {
                difference.added.append(console.name)
                continue
            }
            if !console.hasSameSettings(as: old) {
                difference.changed.append(
                    ConsoleChange(name: console.name, linkChanged: console.link != old.link)
                )
            }
        }
        difference.otherSettingsChanged = self.withoutConsoles != older.withoutConsoles
        return difference
    }

    private var withoutConsoles: Configuration {
        var copy = self
        copy.consoles = []
        return copy
    }
}
