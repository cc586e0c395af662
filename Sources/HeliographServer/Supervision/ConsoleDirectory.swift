// SPDX-License-Identifier: Apache-2.0

import HeliographConfig
import Synchronization

/// Where every console lives, for threads that must not wait: the doors look names up here.
///
/// Written by the supervisor alone, replaced whole; reading takes a lock for the length of a copy.
final class ConsoleDirectory: Sendable {
    struct Entry: Sendable {
        var shard: Shard
        /// The console's number on its shard.
        var id: Int
        var console: ResolvedConsole
    }

    /// The configuration in force and where its consoles are, always of the same reload.
    struct Snapshot: Sendable {
        var configuration = Configuration()
        var entries: [String: Entry] = [:]

        /// The consoles that a pattern means and this operator may see, in the order of the configuration.
        func consoles(matching pattern: NamePattern?, visibleTo viewer: Viewer) -> [Entry] {
            self.configuration.consoles.compactMap { console in
                guard pattern.map({ $0.matches(console.name, groups: console.groups) }) ?? true,
                    viewer.may(.attach, console, self.configuration)
                else { return nil }
                return self.entries[console.name]
            }
        }
    }

    private let state = Mutex(Snapshot())

    var snapshot: Snapshot { self.state.withLock { $0 } }

    func replace(_ snapshot: Snapshot) { self.state.withLock { $0 = snapshot } }
}
