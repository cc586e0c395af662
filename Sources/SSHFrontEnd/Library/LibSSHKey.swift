// SPDX-License-Identifier: Apache-2.0

import CLibSSH

/// A private host key in memory.
@safe struct LibSSHKey: ~Copyable {
    private let pointer: ssh_key

    private init(_ pointer: ssh_key) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe ssh_key_free(self.pointer)
    }

    /// Makes a key. RSA takes seconds.
    static func generate(_ kind: HostKeyStore.Kind) -> LibSSHKey? {
        let (type, parameter): (ssh_keytypes_e, Int32) =
            switch kind {
            case .ed25519: (SSH_KEYTYPE_ED25519, 0)
            case .ecdsa: (SSH_KEYTYPE_ECDSA_P256, 256)
            case .rsa: (SSH_KEYTYPE_RSA, 3072)
            }
        var key: ssh_key?
        guard unsafe ssh_pki_generate(type, parameter, &key) == SSH_OK, let key = unsafe key else {
            return nil
        }
        return unsafe LibSSHKey(key)
    }

    /// Reads the text of an unencrypted private key file.
    static func read(_ text: String) -> LibSSHKey? {
        var key: ssh_key?
        guard
            unsafe ssh_pki_import_privkey_base64(text, nil, nil, nil, &key) == SSH_OK,
            let key = unsafe key
        else {
            return nil
        }
        return unsafe LibSSHKey(key)
    }

    /// The text of a private key file.
    var privateText: String? {
        var text: UnsafeMutablePointer<CChar>?
        guard
            unsafe ssh_pki_export_privkey_base64(self.pointer, nil, nil, nil, &text) == SSH_OK,
            let text = unsafe text
        else {
            return nil
        }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe String(cString: text)
    }

    /// The line of a `.pub` file.
    var publicLine: String? {
        guard let body = unsafe publicKeyBase64(self.pointer) else { return nil }
        let type = unsafe ssh_key_type(self.pointer)
        let name =
            unsafe type == SSH_KEYTYPE_ECDSA_P256
            ? ssh_pki_key_ecdsa_name(self.pointer) : ssh_key_type_to_char(type)
        guard let name = unsafe name else { return nil }
        return unsafe String(cString: name) + " " + body
    }

    var fingerprint: String { unsafe keyFingerprint(self.pointer) }

    /// Gives the key to a bind, which frees it.
    consuming func give(to bind: ssh_bind) -> Bool {
        let pointer = unsafe self.pointer
        discard self
        guard
            unsafe ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(pointer))
                == SSH_OK
        else {
            unsafe ssh_key_free(pointer)
            return false
        }
        return true
    }
}

/// A public key that a client offers.
struct OfferedKey {
    /// As it goes over the wire; empty when the library cannot tell.
    var blob: [UInt8]
    /// `SHA256:...`
    var fingerprint: String
    /// A certificate: the library checks nothing of it but that the client holds its key.
    var isCertificate: Bool

    @unsafe init(_ key: ssh_key) {
        self.blob = unsafe publicKeyBase64(key).flatMap { decodeBase64($0) } ?? []
        self.fingerprint = unsafe keyFingerprint(key)
        let name = unsafe ssh_key_type_to_char(ssh_key_type(key)).map { unsafe String(cString: $0) }
        self.isCertificate = name?.contains("-cert-") ?? true
    }
}

@unsafe private func publicKeyBase64(_ key: ssh_key) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text = unsafe text else {
        return nil
    }
    defer { unsafe ssh_string_free_char(text) }
    return unsafe String(cString: text)
}

@unsafe private func keyFingerprint(_ key: ssh_key) -> String {
    var hash: UnsafeMutablePointer<UInt8>?
    var length = 0
    guard unsafe ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK else {
        return "SHA256:?"
    }
    defer { unsafe ssh_clean_pubkey_hash(&hash) }
    guard let text = unsafe ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else {
        return "SHA256:?"
    }
    defer { unsafe ssh_string_free_char(text) }
    return unsafe String(cString: text)
}
