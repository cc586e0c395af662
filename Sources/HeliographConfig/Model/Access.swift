// SPDX-License-Identifier: Apache-2.0

/// `access:` — who may do what to which console. The first rule that fits decides; nothing fits = denied.
package struct Access: Equatable, Sendable {
    package var rules: [Rule] = []

    package init(rules: [Rule] = []) {
        self.rules = rules
    }

    /// One entry.
    package struct Rule: Equatable, Sendable {
        package var who: [Subject]
        package var consoles: NamePattern
        package var allow: Set<Permission>
        /// Networks it holds for; empty = any, the control socket included.
        package var from: [IPNetwork]

        package init(who: [Subject], consoles: NamePattern, allow: Set<Permission>, from: [IPNetwork] = []) {
            self.who = who
            self.consoles = consoles
            self.allow = allow
            self.from = from
        }
    }

    package enum Subject: Hashable, Sendable {
        case everybody
        case user(String)
        case group(String)
    }

    /// Whether the user may do this to the console: the first rule that fits user, origin and console says.
    package func decide(
        user: String,
        groups: Set<String>,
        from address: IPAddress? = nil,
        console: String,
        consoleGroups: [String],
        permission: Permission
    ) -> Bool {
        for rule in self.rules
        where rule.concerns(user: user, groups: groups, from: address)
            && rule.consoles.matches(console, groups: consoleGroups)
        {
            return rule.allow.contains(permission)
        }
        return false
    }

    /// Whether the user may do what concerns no single console (`reload`): the first rule for this user over all
    /// consoles says.
    package func decide(
        user: String,
        groups: Set<String>,
        from address: IPAddress? = nil,
        permission: Permission
    ) -> Bool {
        for rule in self.rules
        where rule.consoles.matchesEverything && rule.concerns(user: user, groups: groups, from: address) {
            return rule.allow.contains(permission)
        }
        return false
    }
}

extension Access.Rule {
    fileprivate func concerns(user: String, groups: Set<String>, from address: IPAddress?) -> Bool {
        let named = self.who.contains { subject in
            switch subject {
            case .everybody: true
            case .user(let name): name == user
            case .group(let name): groups.contains(name)
            }
        }
        guard named, !self.from.isEmpty else { return named }
        guard let address else { return false }
        return self.from.contains { $0.contains(address) }
    }
}

/// What an access rule can allow.
package enum Permission: String, CaseIterable, Sendable {
    /// See the console: attach read-only, read its log, replay, list it.
    case attach
    /// Type.
    case write
    /// Take the pen from another writer.
    case force
    /// Write beside another writer.
    case join
    /// Serial break and magic sysrq.
    case `break`
    /// Chassis power.
    case power
    /// The BMC itself: sensors, event log, boot device.
    case bmc
    /// Take the console down and up, log on and off.
    case manage
    /// Reload, disconnect others, broadcast.
    case admin
}
