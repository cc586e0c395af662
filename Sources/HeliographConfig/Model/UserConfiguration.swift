// SPDX-License-Identifier: Apache-2.0

/// One entry of `users:`.
package struct UserConfiguration: Equatable, Sendable {
    package var name: String
    /// Public keys as lines of an `authorized_keys` file.
    package var keys: [String] = []
    /// Files with more such lines.
    package var keysFile: String?
    /// A crypt(3) hash, made by `helio hash-password`.
    package var passwordHash: PasswordHash?
    /// Nil: what the console or the daemon says.
    package var escape: EscapeKeys?
    /// Networks this user may come from; empty = any.
    package var from: [IPNetwork] = []

    package init(name: String) {
        self.name = name
    }
}

/// A crypt(3) password hash. Not the password, but good for guessing it, so it is never printed.
package struct PasswordHash: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var crypt: String

    package init(crypt: String) {
        self.crypt = crypt
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
