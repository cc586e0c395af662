// SPDX-License-Identifier: Apache-2.0

internal import CPacketCrypto

/// The production `PacketCipher`: libcrypto's EVP with contexts made once per session, about 2.5 KiB each.
///
/// Layout of a datagram (IPMI v2.0 §13.6, §13.28.4, §13.29):
///
///      0       4                  16            16 + n
///     | RMCP  | session header  |  payload     | FFh pad, pad length, 07h | AuthCode |
///             |<------------- signed span ------------------------------>|
///                               | IV, AES-CBC(payload, 1 2 3 ... p, p)  |
@safe package final class SessionCipher: PacketCipher, @unchecked Sendable {
    // Unchecked: the C contexts must not be used from two threads at a time. A session machine owns its cipher, and a
    // session lives on one shard. Safe: the pointer is made in `init`, freed in `deinit` and passed to C only.

    private let suite: CipherSuite
    private let localSessionID: UInt32
    private let peerSessionID: UInt32
    private let random: any RandomByteSource
    private let context: OpaquePointer
    private let authCodeByteCount: Int
    package var solIsInClear = false
    private var initialisationVector = [UInt8](repeating: 0, count: SessionCipher.blockSize)

    private static let blockSize = 16
    /// Pad length and next header.
    private static let trailerByteCount = 2
    private static let nextHeader: UInt8 = 0x07
    /// The longest end of a packet: 3 bytes of pad, 2 of trailer, 16 of AuthCode.
    private static let trailerRoom = 21
    /// Where the signed span begins: behind the RMCP header.
    private static let spanStart = RMCPHeader.byteCount

    /// - Parameters:
    ///   - suite: The algorithms the BMC answered in Open Session.
    ///   - keys: From `RAKPExchange.keys`.
    ///   - password: Keys MD5-128 (suites 11 and 12) instead of K1.
    ///   - localSessionID: The ID in packets we receive.
    ///   - peerSessionID: The ID we put into packets we send.
    ///   - random: Source of initialisation vectors.
    /// - Throws: `PacketCipherFailure` when the keys do not fit the suite or libcrypto lacks an algorithm.
    package init(
        suite: CipherSuite,
        keys: SessionKeys,
        password: BMCPassword,
        localSessionID: UInt32,
        peerSessionID: UInt32,
        random: any RandomByteSource
    ) throws(PacketCipherFailure) {
        self.suite = suite
        self.localSessionID = localSessionID
        self.peerSessionID = peerSessionID
        self.random = random
        self.authCodeByteCount = suite.integrity.authCodeByteCount
        let macKey =
            suite.integrity == .md5_128 ? password.padded(to: BMCPassword.limit) : keys.k1
        guard suite.integrity == .none || !macKey.isEmpty,
            suite.confidentiality == .none || keys.k2.count >= Self.blockSize
        else { throw .unsuitableKeys(suite) }
        let context = unsafe macKey.withUnsafeBytes { macKey in
            unsafe keys.k2.withUnsafeBytes { cipherKey in
                unsafe cpc_session_create(
                    Int32(suite.integrity.rawValue),
                    macKey.baseAddress,
                    macKey.count,
                    suite.confidentiality == .none ? nil : cipherKey.baseAddress
                )
            }
        }
        guard let context = unsafe context else { throw .algorithmUnavailable(suite) }
        unsafe self.context = context
    }

    deinit {
        unsafe cpc_session_free(self.context)
    }

    // MARK: Sending

    package func seal(
        _ type: PayloadType,
        _ payload: [UInt8],
        sequence: UInt32
    ) throws(PacketCipherFailure) -> [UInt8] {
        let isEncrypted = self.encrypts(type)
        let length = isEncrypted ? Self.encryptedByteCount(payload.count) : payload.count
        guard length <= Int(UInt16.max) else { throw .payloadTooLong(payload.count) }
        let header = RMCPPlusHeader(
            type,
            sessionID: self.peerSessionID,
            sequence: sequence,
            payloadLength: UInt16(length),
            isEncrypted: isEncrypted,
            isAuthenticated: self.suite.isAuthenticated
        )
        var writer = WireWriter(capacity: RMCPPlusHeader.byteCount + length + Self.trailerRoom)
        header.encode(into: &writer)
        if isEncrypted {
            try self.encrypt(payload, into: &writer)
        } else {
            writer.append(payload)
        }
        if self.suite.isAuthenticated { try self.sign(&writer) }
        return writer.bytes
    }

    private func encrypts(_ type: PayloadType) -> Bool {
        self.suite.isEncrypted && !(self.solIsInClear && type == .sol)
    }

    /// Initialisation vector, payload, at least one byte of pad length, up to a whole block.
    private static func encryptedByteCount(_ count: Int) -> Int {
        Self.blockSize + (count / Self.blockSize + 1) * Self.blockSize
    }

    private func encrypt(_ payload: [UInt8], into writer: inout WireWriter) throws(PacketCipherFailure) {
        self.random.fill(&self.initialisationVector)
        let vector = writer.bytes.count
        writer.append(self.initialisationVector)
        writer.append(payload)
        let padCount = UInt8(Self.blockSize - 1 - payload.count % Self.blockSize)
        for number in 0..<padCount { writer.u8(number + 1) }
        writer.u8(padCount)

        let succeeded = unsafe writer.bytes.withUnsafeMutableBytes { bytes in
            let blocks = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(vector + Self.blockSize)...])
            let start = unsafe UnsafeRawBufferPointer(rebasing: bytes[vector...]).baseAddress
            return unsafe cpc_session_encrypt(self.context, start, blocks.baseAddress, blocks.count)
        }
        guard succeeded == 1 else { throw .cryptoFailure }
    }

    private func sign(_ writer: inout WireWriter) throws(PacketCipherFailure) {
        // The span with its two trailing bytes is brought to a multiple of four.
        let unpadded = writer.bytes.count - Self.spanStart + Self.trailerByteCount
        let padCount = (4 - unpadded % 4) % 4
        for _ in 0..<padCount { writer.u8(0xff) }
        writer.u8(UInt8(padCount))
        writer.u8(Self.nextHeader)
        let spanEnd = writer.bytes.count
        writer.zeros(self.authCodeByteCount)

        let succeeded = unsafe writer.bytes.withUnsafeMutableBytes { bytes in
            let span = unsafe UnsafeRawBufferPointer(rebasing: bytes[Self.spanStart..<spanEnd])
            let code = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[spanEnd...])
            return unsafe cpc_session_sign(self.context, span.baseAddress, span.count, code.baseAddress)
        }
        guard succeeded == 1 else { throw .cryptoFailure }
    }

    // MARK: Receiving

    package func open(_ datagram: consuming [UInt8]) throws(PacketRejection) -> OpenedPacket {
        let (header, start) = try Self.readHeader(datagram)
        guard header.sessionID == self.localSessionID else { throw .otherSession(header.sessionID) }
        try self.checkProtection(header)
        var end = datagram.count
        if header.isAuthenticated {
            end -= self.authCodeByteCount + Self.trailerByteCount
            try self.verify(datagram)
        }
        let length = Int(header.payloadLength)
        guard length <= end - start else {
            throw .malformed(.truncated(field: "payload", needed: length, available: max(end - start, 0)))
        }
        var packet = OpenedPacket(
            payloadType: header.payloadType,
            sessionID: header.sessionID,
            sequence: header.sequence,
            payload: []
        )
        guard header.isEncrypted else {
            packet.payload = datagram[start..<start + length]
            return packet
        }
        let clear = try self.decrypt(&datagram, start..<start + length)
        packet.hasExpectedPad = Self.padCounts(datagram[clear.upperBound..<start + length])
        packet.payload = datagram[clear]
        return packet
    }

    private static func readHeader(
        _ datagram: borrowing [UInt8]
    ) throws(PacketRejection) -> (RMCPPlusHeader, payloadStart: Int) {
        do throws(WireError) {
            var reader = WireReader(copy datagram)
            let header = try RMCPPlusHeader(decoding: &reader)
            return (header, datagram.count - reader.remaining)
        } catch {
            throw .malformed(error)
        }
    }

    private func checkProtection(_ header: RMCPPlusHeader) throws(PacketRejection) {
        guard header.isAuthenticated == self.suite.isAuthenticated else {
            throw header.isAuthenticated ? .unexpectedProtection : .unsigned
        }
        guard !header.isEncrypted || self.suite.isEncrypted else { throw .unexpectedProtection }
        guard header.isEncrypted || !self.encrypts(header.payloadType) else { throw .unencrypted }
    }

    /// The code is the end of the packet, the span all that lies between: pad lengths are not recomputed, since some
    /// firmware (and ipmitool's `icts` mode) pads differently.
    private func verify(_ datagram: borrowing [UInt8]) throws(PacketRejection) {
        let spanEnd = datagram.count - self.authCodeByteCount
        guard spanEnd - Self.trailerByteCount >= RMCPPlusHeader.byteCount else {
            throw .malformed(
                .truncated(
                    field: "session trailer",
                    needed: self.authCodeByteCount + Self.trailerByteCount,
                    available: datagram.count - RMCPPlusHeader.byteCount
                )
            )
        }
        let verdict = unsafe datagram.withUnsafeBytes { bytes in
            let span = unsafe UnsafeRawBufferPointer(rebasing: bytes[Self.spanStart..<spanEnd])
            let code = unsafe UnsafeRawBufferPointer(rebasing: bytes[spanEnd...])
            return unsafe cpc_session_verify(self.context, span.baseAddress, span.count, code.baseAddress)
        }
        switch verdict {
        case 1: return
        case 0: throw .wrongAuthCode
        default: throw .cryptoFailure
        }
    }

    /// Decrypts the payload field where it lies and returns where the clear payload is.
    private func decrypt(
        _ datagram: inout [UInt8],
        _ field: Range<Int>
    ) throws(PacketRejection) -> Range<Int> {
        guard field.count >= 2 * Self.blockSize, field.count.isMultiple(of: Self.blockSize) else {
            throw .wrongCiphertextLength(field.count)
        }
        let first = field.lowerBound + Self.blockSize
        let succeeded = unsafe datagram.withUnsafeMutableBytes { bytes in
            let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[field])
            return unsafe cpc_session_decrypt(self.context, bytes.baseAddress, bytes.count)
        }
        guard succeeded == 1 else { throw .cryptoFailure }
        let padCount = datagram[field.upperBound - 1]
        guard padCount < UInt8(Self.blockSize) else { throw .wrongPadLength(padCount) }
        return first..<field.upperBound - 1 - Int(padCount)
    }

    /// Says whether a confidentiality trailer is 1, 2, 3 ... p, p.
    private static func padCounts(_ trailer: ArraySlice<UInt8>) -> Bool {
        zip(trailer.dropLast(), UInt8(1)...).allSatisfy { $0 == $1 }
    }
}
