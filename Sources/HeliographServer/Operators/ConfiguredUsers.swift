// SPDX-License-Identifier: Apache-2.0

import ConfigurationFiles
import Glibc
import HeliographConfig
import Logging
import SSHFrontEnd

/// The users of the configuration in force, for the SSH door: a reload counts from the next log-in.
struct ConfiguredUsers: SSHAuthenticator {
    let directory: ConsoleDirectory
    let logger: Logger

    var methods: Set<SSHAuthenticationMethod> {
        let configured = self.directory.snapshot.configuration.ssh.authentication
        return Set(configured.compactMap { SSHAuthenticationMethod(rawValue: $0.rawValue) })
    }

    func keys(for user: String) -> [AuthorizedKey] {
        guard let entry = self.directory.snapshot.configuration.user(named: user) else { return [] }
        let written = AuthorizedKey.file(entry.keys.joined(separator: "\n"))
        self.tell(written.faults, of: user, in: "users")
        guard let path = entry.keysFile else { return written.keys }
        let filed = AuthorizedKey.file(self.text(of: path))
        self.tell(filed.faults, of: user, in: path)
        return written.keys + filed.keys
    }

    func passwordHash(for user: String) -> String? {
        self.directory.snapshot.configuration.user(named: user)?.passwordHash?.crypt
    }

    private func tell(_ faults: [(line: Int, error: SSHFrontEndError)], of user: String, in place: String) {
        for fault in faults {
            self.logger.warning(
                "authorized key left out",
                metadata: ["user": "\(user)", "where": "\(place):\(fault.line)", "error": "\(fault.error)"]
            )
        }
    }

    /// A keys file is read at every log-in, so that a new key works at once.
    private func text(of path: String) -> String {
        do {
            return String(decoding: try ConfigurationLoader.FileAccess.system.read(path), as: UTF8.self)
        } catch {
            self.logger.warning(
                "keys file unreadable",
                metadata: ["file": "\(path)", "error": "\(error.reason)"]
            )
            return ""
        }
    }
}
