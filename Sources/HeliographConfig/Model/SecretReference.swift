// SPDX-License-Identifier: Apache-2.0

/// Where a secret is to be found. The configuration never holds the secret itself.
package enum SecretReference: Hashable, Sendable, CustomStringConvertible {
    /// The first line of this file; refused if others can read it.
    case file(String)
    case environment(String)
    /// A file in systemd's `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    /// The first line of what this command prints; run without a shell.
    case command([String])

    package var description: String {
        switch self {
        case .file(let path): "file \(path)"
        case .environment(let name): "environment variable \(name)"
        case .credential(let name): "credential \(name)"
        case .command(let words): "command \(words.first ?? "")"
        }
    }
}
