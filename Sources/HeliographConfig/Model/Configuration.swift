// SPDX-License-Identifier: Apache-2.0

/// Everything the configuration files say, checked, with ranges expanded and every default filled in.
///
/// An immutable snapshot: a reload makes another one and asks for the `difference`.
package struct Configuration: Equatable, Sendable {
    package var ssh = SSHConfiguration()
    package var control = ControlConfiguration()
    /// Nil: no HTTP listener.
    package var http: HTTPConfiguration?
    package var logs = LogConfiguration()
    package var users: [UserConfiguration] = []
    /// User groups: name to members, in the order of the file.
    package var groups: [String: [String]] = [:]
    package var access = Access()
    /// As written, for listing; consoles hold the values already resolved.
    package var bmcProfiles: [String: BMCSettings] = [:]
    package var defaults = ConsoleDefaults()
    /// In the order of the files; names are unique.
    package var consoles: [ResolvedConsole] = []
    /// Rule sets beside the built-in `standard`.
    package var crashRules: [String: [CrashRule]] = [:]
    package var notify: [NotifyRule] = []

    package init() {}

    /// The user of this name.
    package func user(named name: String) -> UserConfiguration? {
        self.users.first { $0.name == name }
    }

    /// The names of the groups that list this user.
    package func groups(of user: String) -> Set<String> {
        Set(self.groups.lazy.filter { $0.value.contains(user) }.map(\.key))
    }

    /// Whether this user may do this to this console, by the access rules and the user's groups.
    package func permits(
        _ permission: Permission,
        user: String,
        from address: IPAddress? = nil,
        console: ResolvedConsole
    ) -> Bool {
        self.access.decide(
            user: user,
            groups: self.groups(of: user),
            from: address,
            console: console.name,
            consoleGroups: console.groups,
            permission: permission
        )
    }
}
