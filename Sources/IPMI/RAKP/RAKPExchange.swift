// SPDX-License-Identifier: Apache-2.0

/// Everything both sides know after RAKP Message 2, and the digests made of it (IPMI v2.0 §13.31). The same for console
/// and BMC: each computes all of them, sends its own and compares the other's.
package struct RAKPExchange: Equatable, Sendable {
    /// How some firmware departs from the specification; each is a part of a named workaround.
    package struct Deviations: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The user name is filled up with zeros to 16 bytes in RAKP 2's digest and SIK (and in RAKP 1).
        package static let paddedUserName = Self(rawValue: 0x01)
        /// The role byte of RAKP 3's digest lacks the lookup bit.
        package static let rakp3WithoutLookupBit = Self(rawValue: 0x02)
        /// RAKP 4's check value is made by the integrity algorithm.
        package static let checkValueByIntegrityAlgorithm = Self(rawValue: 0x04)
        /// With HMAC-MD5 the password is cut to 16 bytes.
        package static let shortPasswordWithMD5 = Self(rawValue: 0x08)

        /// FreeIPMI's `intel20`: Intel SE7520AF2.
        package static let intel20: Self = [
            .paddedUserName, .rakp3WithoutLookupBit, .checkValueByIntegrityAlgorithm, .shortPasswordWithMD5,
        ]
        /// ipmitool's `intelplus`.
        package static let intelPlus: Self = [.rakp3WithoutLookupBit, .checkValueByIntegrityAlgorithm]
    }

    package var authentication: AuthenticationAlgorithm
    package var integrity: IntegrityAlgorithm
    package var remoteConsoleSessionID: UInt32
    package var managedSystemSessionID: UInt32
    package var remoteConsoleRandom: [UInt8]
    package var managedSystemRandom: [UInt8]
    package var managedSystemGUID: [UInt8]
    /// The role byte that is hashed: RAKP 1's with its lookup bit; with the workaround `opensesspriv` the privilege of
    /// Open Session instead.
    package var role: RAKPMessage1.Role
    /// As in RAKP 1, without padding.
    package var userName: [UInt8]
    package var deviations: Deviations

    package init(
        authentication: AuthenticationAlgorithm,
        integrity: IntegrityAlgorithm,
        remoteConsoleSessionID: UInt32,
        managedSystemSessionID: UInt32,
        remoteConsoleRandom: [UInt8],
        managedSystemRandom: [UInt8],
        managedSystemGUID: [UInt8],
        role: RAKPMessage1.Role,
        userName: [UInt8],
        deviations: Deviations = []
    ) {
        self.authentication = authentication
        self.integrity = integrity
        self.remoteConsoleSessionID = remoteConsoleSessionID
        self.managedSystemSessionID = managedSystemSessionID
        self.remoteConsoleRandom = remoteConsoleRandom
        self.managedSystemRandom = managedSystemRandom
        self.managedSystemGUID = managedSystemGUID
        self.role = role
        self.userName = userName
        self.deviations = deviations
    }

    /// The BMC's proof that it knows the password. A wrong password shows here.
    package func rakp2Digest(password: BMCPassword) -> [UInt8] {
        var writer = WireWriter(capacity: 80)
        writer.u32LE(self.remoteConsoleSessionID)
        writer.u32LE(self.managedSystemSessionID)
        writer.append(self.remoteConsoleRandom)
        writer.append(self.managedSystemRandom)
        writer.append(self.managedSystemGUID)
        self.appendRoleAndName(to: &writer)
        return self.hmac(key: self.userKey(password), writer.bytes)
    }

    /// Our proof that we know the password.
    package func rakp3Digest(password: BMCPassword) -> [UInt8] {
        var writer = WireWriter(capacity: 40)
        writer.append(self.managedSystemRandom)
        writer.u32LE(self.remoteConsoleSessionID)
        let role = self.role.rawValue
        writer.u8(self.deviations.contains(.rakp3WithoutLookupBit) ? role & 0x0f : role)
        writer.u8(UInt8(truncatingIfNeeded: self.userName.count))
        writer.append(self.userName)
        return self.hmac(key: self.userKey(password), writer.bytes)
    }

    /// SIK, K1 and K2. Without K_g, or with one of zeros only, the password takes its place.
    package func keys(password: BMCPassword, bmcKey: BMCKey? = nil) -> SessionKeys {
        guard let hash = self.authentication.hash else { return .none }
        var writer = WireWriter(capacity: 50)
        writer.append(self.remoteConsoleRandom)
        writer.append(self.managedSystemRandom)
        self.appendRoleAndName(to: &writer)
        let key: SecretBytes
        if let bmcKey, !bmcKey.isUnset { key = bmcKey.secret } else { key = self.userKey(password) }
        return SessionKeys(sik: Digest.derivedKey(hash, key: key, writer.bytes), hash: hash)
    }

    /// The BMC's proof that it knows K_g. A wrong or missing K_g shows here.
    package func rakp4CheckValue(_ keys: SessionKeys) -> [UInt8] {
        var writer = WireWriter(capacity: 36)
        writer.append(self.remoteConsoleRandom)
        writer.u32LE(self.managedSystemSessionID)
        writer.append(self.managedSystemGUID)
        guard self.deviations.contains(.checkValueByIntegrityAlgorithm) else {
            return Array(
                self.hmac(key: keys.sik, writer.bytes).prefix(self.authentication.checkValueByteCount)
            )
        }
        let hash: HashFunction
        switch self.integrity {
        case .hmacSHA1_96: hash = .sha1
        case .hmacMD5_128: hash = .md5
        case .hmacSHA256_128: hash = .sha256
        default: return []
        }
        return Array(Digest.hmac(hash, key: keys.sik, writer.bytes).prefix(self.integrity.authCodeByteCount))
    }

    /// Says whether a received RAKP 2 digest is good. A longer one whose beginning matches counts: Sun's and Peppercon's
    /// firmware appends a byte. With RAKP-none there is nothing to prove.
    package func verifiesRAKP2(_ code: [UInt8], password: BMCPassword) -> Bool {
        guard self.authentication != .none else { return true }
        return Self.matches(code, self.rakp2Digest(password: password))
    }

    /// Says whether a received RAKP 3 digest is good. With RAKP-none there is nothing to prove.
    package func verifiesRAKP3(_ code: [UInt8], password: BMCPassword) -> Bool {
        guard self.authentication != .none else { return true }
        return Self.matches(code, self.rakp3Digest(password: password))
    }

    /// Says whether a received RAKP 4 check value is good. With RAKP-none whatever a board sends is ignored
    /// (`integritycheckvalue`).
    package func verifiesRAKP4(_ code: [UInt8], keys: SessionKeys) -> Bool {
        guard self.authentication != .none else { return true }
        let expected = self.rakp4CheckValue(keys)
        // Empty on suite 1 with `checkValueByIntegrityAlgorithm`: then there is nothing to compare.
        if expected.isEmpty {
            return self.deviations.contains(.checkValueByIntegrityAlgorithm) && self.integrity == .none
        }
        return Self.matches(code, expected)
    }

    private static func matches(_ code: [UInt8], _ expected: [UInt8]) -> Bool {
        guard !expected.isEmpty else { return false }
        return Digest.areEqual(code.prefix(expected.count), expected[...])
    }

    private func appendRoleAndName(to writer: inout WireWriter) {
        writer.u8(self.role.rawValue)
        if self.deviations.contains(.paddedUserName) {
            writer.u8(16)
            writer.append(self.userName, paddedTo: 16)
        } else {
            writer.u8(UInt8(truncatingIfNeeded: self.userName.count))
            writer.append(self.userName)
        }
    }

    private func userKey(_ password: BMCPassword) -> SecretBytes {
        let isCut = self.deviations.contains(.shortPasswordWithMD5) && self.authentication == .hmacMD5
        return isCut ? password.cutForIPMI15.secret : password.secret
    }

    private func hmac(key: SecretBytes, _ message: [UInt8]) -> [UInt8] {
        guard let hash = self.authentication.hash else { return [] }
        return Digest.hmac(hash, key: key, message)
    }
}
