// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Packets without protection, so that a test can play the BMC of a session.
final class PlainCipher: PacketCipher, @unchecked Sendable {
    // Unchecked: a test has one thread.
    var solIsInClear = false
    private let localSessionID: UInt32
    private let peerSessionID: UInt32

    init(localSessionID: UInt32, peerSessionID: UInt32) {
        self.localSessionID = localSessionID
        self.peerSessionID = peerSessionID
    }

    func seal(_ type: PayloadType, _ payload: [UInt8], sequence: UInt32) -> [UInt8] {
        RMCPPlusPacket(type, payload[...], sessionID: self.peerSessionID, sequence: sequence).encoded()
    }

    func open(_ datagram: consuming [UInt8]) throws(PacketRejection) -> OpenedPacket {
        do throws(WireError) {
            let packet = try RMCPPlusPacket(decoding: datagram)
            return OpenedPacket(
                payloadType: packet.payloadType,
                sessionID: packet.header.sessionID,
                sequence: packet.header.sequence,
                payload: packet.payload
            )
        } catch {
            throw .malformed(error)
        }
    }
}
