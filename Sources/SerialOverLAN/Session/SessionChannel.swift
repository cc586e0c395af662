// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The protected packets of a session that is logged in: keys, sequence numbers of both directions, request
/// numbers.
struct SessionChannel: Sendable {
    let suite: CipherSuite
    let bmcSessionID: UInt32
    let cipher: any PacketCipher
    private var counter = SessionSequenceCounter()
    private var window: SessionSequenceWindow
    private var requestSequence: UInt8
    /// `endianseq`.
    private let swapsSequences: Bool
    private let ignoresChecksums: Bool

    init(
        suite: CipherSuite,
        bmcSessionID: UInt32,
        cipher: any PacketCipher,
        context: borrowing SessionContext
    ) {
        self.suite = suite
        self.bmcSessionID = bmcSessionID
        self.cipher = cipher
        self.window = SessionSequenceWindow(isAuthenticated: suite.isAuthenticated)
        self.requestSequence = context.random.bytes(1).first ?? 0
        self.swapsSequences = context.works(around: .endianseq)
        self.ignoresChecksums = suite.isAuthenticated || context.works(around: .nochecksumcheck)
    }

    /// A new rqSeq, 0...63.
    mutating func nextRequestSequence() -> UInt8 {
        self.requestSequence = (self.requestSequence &+ 1) & 0x3f
        return self.requestSequence
    }

    mutating func send(_ type: PayloadType, _ payload: [UInt8], _ context: inout SessionContext) {
        let number = self.counter.next()
        let sequence = self.swapsSequences ? number.byteSwapped : number
        guard let datagram = try? self.cipher.seal(type, payload, sequence: sequence) else {
            // Only libcrypto can fail here, and no input can make it; to the session it is a lost packet.
            context.counters.bad += 1
            return
        }
        context.send(datagram)
    }

    mutating func send(_ packet: SOLPayloadToBMC, _ context: inout SessionContext) {
        self.send(.sol, packet.encoded(), &context)
    }

    /// A valid packet that was not seen before, or nil: protection, AuthCode, window, in this order, so that
    /// a forged packet touches nothing.
    mutating func open(_ datagram: consuming [UInt8], _ context: inout SessionContext) -> OpenedPacket? {
        guard var packet = try? self.cipher.open(datagram) else {
            context.counters.bad += 1
            return nil
        }
        if self.swapsSequences { packet.sequence = packet.sequence.byteSwapped }
        switch self.window.accept(packet.sequence) {
        case .accepted:
            context.counters.packetsFromBMC += 1
            return packet
        case .duplicate, .tooOld:
            context.counters.duplicates += 1
            return nil
        case .tooFarAhead, .zero:
            context.counters.bad += 1
            return nil
        }
    }

    /// The IPMI message in a packet. Wrong checksums protect nothing in a signed session and are only
    /// counted.
    func message(in packet: OpenedPacket, _ context: inout SessionContext) -> IPMIMessage? {
        let policy: IPMIMessage.ChecksumPolicy = self.ignoresChecksums ? .ignore : .insist
        guard let message = try? IPMIMessage(decoding: packet.payload, checksums: policy) else {
            context.counters.bad += 1
            return nil
        }
        if self.ignoresChecksums, !IPMIMessage.checksumsAreValid(packet.payload) { context.counters.bad += 1 }
        return message
    }
}
