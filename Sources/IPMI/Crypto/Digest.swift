// SPDX-License-Identifier: Apache-2.0

internal import CPacketCrypto

/// The hash functions of IPMI.
package enum HashFunction: Sendable {
    case md5
    case sha1
    case sha256

    package var digestByteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        }
    }

    fileprivate var number: Int32 {
        switch self {
        case .md5: CPC_MD5
        case .sha1: CPC_SHA1
        case .sha256: CPC_SHA256
        }
    }
}

/// Digests outside a session's packets, through libcrypto.
package enum Digest {
    /// HMAC of `message`; empty should libcrypto refuse the hash (MD5 in FIPS mode), which then verifies nowhere.
    package static func hmac(_ hash: HashFunction, key: SecretBytes, _ message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: hash.digestByteCount)
        let succeeded = unsafe result.withUnsafeMutableBytes {
            unsafe Self.hmac(hash, key: key, message, into: $0)
        }
        return succeeded ? result : []
    }

    /// HMAC that is itself a key: written where it stays, without a copy that nobody overwrites.
    package static func derivedKey(_ hash: HashFunction, key: SecretBytes, _ message: [UInt8]) -> SecretBytes
    {
        unsafe SecretBytes(count: hash.digestByteCount) {
            unsafe Self.hmac(hash, key: key, message, into: $0)
        }
    }

    private static func hmac(
        _ hash: HashFunction,
        key: SecretBytes,
        _ message: [UInt8],
        into result: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let succeeded = unsafe key.withUnsafeBytes { key in
            unsafe message.withUnsafeBytes { message in
                unsafe cpc_hmac(
                    hash.number,
                    key.baseAddress,
                    key.count,
                    message.baseAddress,
                    message.count,
                    result.baseAddress
                )
            }
        }
        return succeeded == 1
    }

    /// MD5 of `message`; empty should libcrypto refuse it.
    package static func md5(_ message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 16)
        let succeeded = unsafe message.withUnsafeBytes { message in
            unsafe result.withUnsafeMutableBytes { result in
                unsafe cpc_md5(message.baseAddress, message.count, result.baseAddress)
            }
        }
        return succeeded == 1 ? result : []
    }

    /// Overwrites an array that held a secret for a moment.
    static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe cpc_cleanse($0.baseAddress, $0.count) }
    }

    /// Compares digests in constant time; false when their lengths differ.
    package static func areEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe cpc_equal(left.baseAddress, right.baseAddress, left.count) == 1
            }
        }
    }
}
