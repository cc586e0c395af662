// SPDX-License-Identifier: Apache-2.0

import CCrypt
import CLinux
import Glibc

/// Passwords as crypt(5) keeps them: yescrypt (`$y$`), SHA-512 (`$6$`) and whatever else libcrypt knows and calls
/// strong.
package enum PasswordHash {
    /// Makes the hash that `helio hash-password` prints: yescrypt with libcrypt's default cost and a random salt.
    package static func make(_ password: String) throws(SSHFrontEndError) -> String {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let made = unsafe crypt_gensalt_rn("$y$", 0, nil, 0, &setting, Int32(setting.count)) != nil
        guard made, let hash = Self.hash(password, setting: setting) else {
            throw SSHFrontEndError(.noPasswordHash, "libcrypt cannot hash passwords with yescrypt")
        }
        return hash
    }

    /// Whether a text can be compared with at all, for the check of a configuration.
    package static func isUsable(_ hash: String) -> Bool {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.first == "", parts.count >= 4, (parts.last?.count ?? 0) >= 22 else { return false }
        return unsafe crypt_checksalt(hash) == CRYPT_SALT_OK
    }

    /// Compares; takes the time of one hash, tens of milliseconds with yescrypt.
    static func matches(_ password: String, _ stored: String) -> Bool {
        let setting = Array(stored.utf8CString)
        guard let hash = Self.hash(password, setting: setting) else { return false }
        return Self.isEqual(Array(hash.utf8), Array(stored.utf8))
    }

    private static func hash(_ password: String, setting: [CChar]) -> String? {
        // crypt_r's work area is 32 KiB, holds the password, and is wiped before it goes.
        let area = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        unsafe area.initialize(to: crypt_data())
        defer {
            unsafe linux_wipe(area, UInt(MemoryLayout<crypt_data>.size))
            unsafe area.deallocate()
        }
        guard let output = unsafe crypt_r(password, setting, area) else { return nil }
        let hash = unsafe String(cString: output)
        return hash.hasPrefix("*") ? nil : hash
    }

    /// Compares in a time that does not tell where the first difference is.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
