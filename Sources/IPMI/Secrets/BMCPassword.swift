// SPDX-License-Identifier: Apache-2.0

/// The password of a user of a BMC. Printing it gives `<redacted>`.
package struct BMCPassword: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What an IPMI v2.0 session allows.
    package static let limit = 20
    /// What an IPMI 1.5 session allows.
    package static let limitIPMI15 = 16

    package let secret: SecretBytes

    package init(_ bytes: [UInt8]) throws(SecretError) {
        guard bytes.count <= Self.limit else { throw .passwordTooLong(byteCount: bytes.count) }
        self.secret = SecretBytes(bytes)
    }

    package init(_ text: String) throws(SecretError) {
        try self.init(Array(text.utf8))
    }

    private init(_ secret: SecretBytes) {
        self.secret = secret
    }

    /// The password of a user who has none.
    package static let empty = BMCPassword(SecretBytes([]))

    /// Refuses a password that an IPMI 1.5 session cannot carry.
    package func checkFitsIPMI15() throws(SecretError) {
        guard self.secret.count <= Self.limitIPMI15 else {
            throw .passwordTooLongForIPMI15(byteCount: self.secret.count)
        }
    }

    /// The first 16 bytes: what some boards keep of a longer one with HMAC-MD5 (`intel20`).
    package var cutForIPMI15: BMCPassword {
        BMCPassword(self.padded(to: min(self.secret.count, Self.limitIPMI15)))
    }

    /// The bytes, cut or filled up with zeros.
    func padded(to size: Int) -> SecretBytes {
        unsafe SecretBytes(count: size) { target in
            unsafe self.secret.withUnsafeBytes { source in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(size)))
            }
            return true
        }
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
