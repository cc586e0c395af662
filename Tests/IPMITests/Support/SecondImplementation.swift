// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import IPMI

/// The packet crypto and digests of IPMI once more, over swift-crypto and written apart from the product's: what both
/// agree on is not one library's or one author's mistake.
enum SecondImplementation {
    static func hmac(_ hash: IPMI.HashFunction, key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        switch hash {
        case .md5: return Array(HMAC<Insecure.MD5>.authenticationCode(for: message, using: key))
        case .sha1: return Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        case .sha256: return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        }
    }

    static func md5(_ message: [UInt8]) -> [UInt8] {
        Array(Insecure.MD5.hash(data: message))
    }

    static func padded(_ secret: [UInt8], to size: Int = 20) -> [UInt8] {
        Array((secret + [UInt8](repeating: 0, count: size)).prefix(size))
    }

    static func littleEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    static func authCode(_ suite: CipherSuite, k1: [UInt8], password: [UInt8], _ span: [UInt8]) -> [UInt8] {
        switch suite.integrity {
        case .hmacSHA1_96: return Array(Self.hmac(.sha1, key: k1, span).prefix(12))
        case .hmacMD5_128: return Self.hmac(.md5, key: k1, span)
        case .md5_128: return Self.md5(Self.padded(password) + span + Self.padded(password))
        case .hmacSHA256_128: return Array(Self.hmac(.sha256, key: k1, span).prefix(16))
        default: return []
        }
    }
}

/// A `PacketCipher` made of it.
final class SwiftCryptoCipher: PacketCipher, @unchecked Sendable {
    // Unchecked: used by one test at a time.
    var solIsInClear = false
    private let suite: CipherSuite
    private let k1: [UInt8]
    private let aesKey: SymmetricKey
    private let password: [UInt8]
    private let localSessionID: UInt32
    private let peerSessionID: UInt32
    private let random: any RandomByteSource

    init(
        suite: CipherSuite,
        keys: SessionKeys,
        password: [UInt8],
        local: UInt32,
        peer: UInt32,
        random: any RandomByteSource
    ) {
        self.suite = suite
        self.k1 = keys.k1.copied()
        self.aesKey = SymmetricKey(data: Array(keys.k2.copied().prefix(16)))
        self.password = password
        self.localSessionID = local
        self.peerSessionID = peer
        self.random = random
    }

    func seal(_ type: PayloadType, _ payload: [UInt8], sequence: UInt32) throws(PacketCipherFailure)
        -> [UInt8]
    {
        var field = payload
        if self.suite.isEncrypted {
            let vector = self.random.bytes(16)
            let padCount = (31 - payload.count % 16) % 16
            let clear = payload + (0..<padCount).map { UInt8($0 + 1) } + [UInt8(padCount)]
            guard let iv = try? AES._CBC.IV(ivBytes: vector),
                let encrypted = try? AES._CBC.encrypt(clear, using: self.aesKey, iv: iv, noPadding: true)
            else { throw .cryptoFailure }
            field = vector + encrypted
        }
        let flags: UInt8 = (self.suite.isEncrypted ? 0x80 : 0) + (self.suite.isAuthenticated ? 0x40 : 0)
        var span: [UInt8] = [6, flags + type.rawValue]
        span += SecondImplementation.littleEndian(self.peerSessionID)
        span += SecondImplementation.littleEndian(sequence)
        span += [UInt8(field.count & 0xff), UInt8(field.count >> 8)] + field
        if self.suite.isAuthenticated {
            var pad: UInt8 = 0
            while (span.count + 2) % 4 != 0 {
                span.append(0xff)
                pad += 1
            }
            span += [pad, 7]
            span += SecondImplementation.authCode(self.suite, k1: self.k1, password: self.password, span)
        }
        return [6, 0, 0xff, 7] + span
    }

    func open(_ datagram: consuming [UInt8]) throws(PacketRejection) -> OpenedPacket {
        let isEncrypted = datagram[5] & 0x80 != 0
        let length = Int(datagram[14]) + Int(datagram[15]) * 256
        if self.suite.isAuthenticated {
            let codeStart = datagram.count - self.suite.integrity.authCodeByteCount
            let code = SecondImplementation.authCode(
                self.suite,
                k1: self.k1,
                password: self.password,
                Array(datagram[4..<codeStart])
            )
            guard code == Array(datagram[codeStart...]) else { throw .wrongAuthCode }
        }
        var payload = datagram[16..<16 + length]
        if isEncrypted {
            guard let iv = try? AES._CBC.IV(ivBytes: Array(payload.prefix(16))),
                let clear = try? AES._CBC.decrypt(
                    Array(payload.dropFirst(16)),
                    using: self.aesKey,
                    iv: iv,
                    noPadding: true
                ), let padCount = clear.last
            else { throw .cryptoFailure }
            payload = Array(clear)[...].dropLast(Int(padCount) + 1)
        }
        return OpenedPacket(
            payloadType: PayloadType(rawValue: datagram[5]),
            sessionID: self.localSessionID,
            sequence: (0..<4).reduce(0) { $0 | UInt32(datagram[10 + $1]) << ($1 * 8) },
            payload: payload
        )
    }
}
