// SPDX-License-Identifier: Apache-2.0

/// A way to log in, by its name in the SSH protocol and in the configuration.
package enum SSHAuthenticationMethod: String, CaseIterable, Hashable, Sendable {
    case publickey
    case password
    case keyboardInteractive = "keyboard-interactive"
}

/// Who may log in, and with what. Asked on the door's reception thread for every attempt, so an implementation
/// answers from memory and at once; it may change its answers at any time (a reloaded configuration).
package protocol SSHAuthenticator: Sendable {
    /// The ways to log in that are offered.
    var methods: Set<SSHAuthenticationMethod> { get }
    /// The keys of a user; empty for an unknown one.
    func keys(for user: String) -> [AuthorizedKey]
    /// The user's password in the form of crypt(5); nil for an unknown user and for one without a password.
    func passwordHash(for user: String) -> String?
}
