// SPDX-License-Identifier: Apache-2.0

/// Why the SSH door cannot open.
package struct SSHFrontEndError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, CaseIterable, Sendable {
        case badListenAddress = "ssh-bad-listen-address"
        case cannotListen = "ssh-cannot-listen"
        case hostKeyExposed = "ssh-host-key-exposed"
        case hostKeyUnusable = "ssh-host-key-unusable"
        case hostKeyNotWritten = "ssh-host-key-not-written"
        case bannerUnreadable = "ssh-banner-unreadable"
        case badAuthorizedKey = "ssh-bad-authorized-key"
        case noPasswordHash = "ssh-no-password-hash"
        case systemLimit = "ssh-system-limit"
    }

    package var code: Code
    /// What happened, to which file or address.
    package var detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// What to do next, in one line.
    package var remedy: String {
        switch self.code {
        case .badListenAddress: "Write ssh.listen entries as \"0.0.0.0:2200\" or \"[::]:2200\"."
        case .cannotListen: "Choose a free port and an address of this machine in ssh.listen."
        case .hostKeyExposed:
            "Take the rights of others away: chmod 600 for a key, chmod 700 for its directory."
        case .hostKeyUnusable: "Remove the file to have a new key made, or restore it from a backup."
        case .hostKeyNotWritten: "Make the directory of ssh.host_keys writable for the daemon's user."
        case .bannerUnreadable: "Make the file named by ssh.banner readable, or remove the setting."
        case .badAuthorizedKey:
            "Copy the line from the user's .pub file; see the list of options in the manual."
        case .noPasswordHash: "Update libcrypt; it cannot make a yescrypt hash."
        case .systemLimit: "Raise the limit of open files (LimitNOFILE=) or of memory."
        }
    }

    package var description: String { "\(self.detail) (\(self.code.rawValue))" }
}
