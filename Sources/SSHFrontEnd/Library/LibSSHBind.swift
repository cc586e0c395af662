// SPDX-License-Identifier: Apache-2.0

import CLibSSH

/// The server side's settings and host keys. Not thread-safe: it belongs to the reception thread.
@safe final class LibSSHBind {
    private let pointer: ssh_bind

    /// What is offered. Without group16 and group18, which cost 20 and 141 ms of our time per connection of a stranger,
    /// and without anything built on SHA-1 or CBC unless asked for.
    private struct Algorithms {
        var keyExchange = [
            "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256",
        ]
        var hostKeys = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"]
        var userKeys = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
        ]
        var ciphers = [
            "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr",
            "aes128-ctr",
        ]
        var macs = [
            "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256",
            "hmac-sha2-512",
        ]

        init(legacy: Bool) {
            guard legacy else { return }
            self.keyExchange.append("diffie-hellman-group14-sha1")
            self.hostKeys.append("ssh-rsa")
            self.userKeys.append("ssh-rsa")
            self.ciphers.append("aes128-cbc")
            self.macs.append("hmac-sha1")
        }
    }

    init(allowsLegacyAlgorithms: Bool) throws(SSHFrontEndError) {
        guard let pointer = unsafe ssh_bind_new() else {
            throw SSHFrontEndError(.systemLimit, "out of memory")
        }
        unsafe self.pointer = pointer
        // First of all: otherwise the library reads /etc/ssh/libssh_server_config over what follows.
        var no = false
        unsafe ssh_bind_options_set(pointer, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no)
        var smallestRSA: Int32 = 2048
        unsafe ssh_bind_options_set(pointer, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &smallestRSA)
        let algorithms = Algorithms(legacy: allowsLegacyAlgorithms)
        for (option, values) in [
            (SSH_BIND_OPTIONS_KEY_EXCHANGE, algorithms.keyExchange),
            (SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, algorithms.hostKeys),
            (SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, algorithms.userKeys),
            (SSH_BIND_OPTIONS_CIPHERS_C_S, algorithms.ciphers),
            (SSH_BIND_OPTIONS_CIPHERS_S_C, algorithms.ciphers),
            (SSH_BIND_OPTIONS_HMAC_C_S, algorithms.macs),
            (SSH_BIND_OPTIONS_HMAC_S_C, algorithms.macs),
            (SSH_BIND_OPTIONS_BANNER, ["Heliograph"]),
        ] {
            guard unsafe ssh_bind_options_set(pointer, option, values.joined(separator: ",")) == SSH_OK else {
                throw SSHFrontEndError(.systemLimit, "libssh refuses the algorithms \(values)")
            }
        }
    }

    deinit {
        unsafe ssh_bind_free(self.pointer)
    }

    /// Adds a host key; one of the same kind is replaced.
    func add(_ key: consuming LibSSHKey) -> Bool {
        unsafe key.give(to: self.pointer)
    }

    /// Makes a session of an accepted descriptor, which belongs to the session from then on. The descriptor is closed
    /// when that fails.
    func makeSession(descriptor: Int32) -> LibSSHSession? {
        guard let session = unsafe ssh_new() else {
            closeDescriptor(descriptor)
            return nil
        }
        unsafe ssh_set_blocking(session, 0)
        // "no" would not do it: only the name of the method does, and only before the session is accepted.
        unsafe ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, "none")
        unsafe ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, "none")
        guard unsafe ssh_bind_accept_fd(self.pointer, session, descriptor) == SSH_OK else {
            let belongsToSession = unsafe ssh_get_fd(session) == descriptor
            unsafe ssh_free(session)
            if !belongsToSession { closeDescriptor(descriptor) }
            return nil
        }
        return unsafe LibSSHSession(session, descriptor: descriptor)
    }
}
