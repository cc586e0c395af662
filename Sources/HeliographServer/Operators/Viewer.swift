// SPDX-License-Identifier: Apache-2.0

import HeliographConfig
import OperatorSession

/// Somebody who came through a door, as the access rules see them.
struct Viewer: Sendable {
    var identity: OperatorIdentity

    /// Where the operator comes from, nil at the control socket.
    private var address: IPAddress? {
        let peer = self.identity.peer
        guard let colon = peer.lastIndex(of: ":") else { return nil }
        let host = peer[..<colon].filter { $0 != "[" && $0 != "]" }
        return IPAddress(host)
    }

    /// Whether the user's `from` admits the address. Who comes through the control socket is on this machine.
    func mayComeFromThere(_ configuration: Configuration) -> Bool {
        let networks = configuration.user(named: self.identity.user)?.from ?? []
        guard !networks.isEmpty, self.identity.method != OperatorIdentity.unixMethod else { return true }
        return self.address.map { address in networks.contains { $0.contains(address) } } ?? false
    }

    /// Whether the access rules let this operator do this to a console.
    func may(_ permission: Permission, _ console: ResolvedConsole, _ configuration: Configuration) -> Bool {
        self.identity.isAdministrator
            || configuration.permits(
                permission,
                user: self.identity.user,
                from: self.address,
                console: console
            )
    }

    /// The same for what concerns no single console.
    func may(_ permission: Permission, _ configuration: Configuration) -> Bool {
        self.identity.isAdministrator
            || configuration.access.decide(
                user: self.identity.user,
                groups: configuration.groups(of: self.identity.user),
                from: self.address,
                permission: permission
            )
    }
}
