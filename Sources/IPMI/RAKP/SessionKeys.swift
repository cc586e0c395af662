// SPDX-License-Identifier: Apache-2.0

/// The keys a log-in ends with (IPMI v2.0 §13.31, §13.32). All empty with RAKP-none.
package struct SessionKeys: Equatable, Sendable {
    /// Session integrity key: both sides derive it, neither sends it.
    package let sik: SecretBytes
    /// Signs packets.
    package let k1: SecretBytes
    /// Its first 16 bytes encrypt payloads.
    package let k2: SecretBytes

    /// RAKP-none: no key material exists.
    package static let none = SessionKeys(sik: SecretBytes([]), k1: SecretBytes([]), k2: SecretBytes([]))

    /// K1 and K2 from SIK. The constants are 20 bytes long for every hash.
    package init(sik: SecretBytes, hash: HashFunction) {
        self.init(
            sik: sik,
            k1: Digest.derivedKey(hash, key: sik, [UInt8](repeating: 1, count: 20)),
            k2: Digest.derivedKey(hash, key: sik, [UInt8](repeating: 2, count: 20))
        )
    }

    package init(sik: SecretBytes, k1: SecretBytes, k2: SecretBytes) {
        self.sik = sik
        self.k1 = k1
        self.k2 = k2
    }
}
