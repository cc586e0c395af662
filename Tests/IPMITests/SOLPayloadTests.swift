// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("SOL payload")
struct SOLPayloadTests {
    @Test("to the BMC is laid out as in the worked example")
    func toBMC() throws {
        let payload = SOLPayloadToBMC(sequence: 1, characters: Array("ls -l\r".utf8)[...])
        #expect(hex(payload.encoded()) == "010000006c73202d6c0d")
        let sysrq = SOLPayloadToBMC(
            sequence: 2,
            acknowledged: 3,
            acceptedCount: 4,
            operation: [.generateBreak]
        )
        #expect(sysrq.encoded() == [2, 3, 4, 0x10])
    }

    @Test("from the BMC tells what happened on the line")
    func fromBMC() throws {
        let payload = try SOLPayloadFromBMC(decoding: bytes("f0 f5 03 7c"))
        #expect(payload.sequence == 0)
        #expect(payload.acknowledged == 5)
        #expect(payload.acceptedCount == 3)
        #expect(
            payload.status == [.nack, .transferUnavailable, .deactivating, .transmitOverrun, .breakDetected]
        )
        #expect(payload.characters.isEmpty)
    }

    @Test("masks the reserved bits of its sequence numbers")
    func reservedBits() throws {
        #expect(SOLPayloadFromBMC(sequence: 0x1f, acknowledged: 0x21).encoded() == [0x0f, 1, 0, 0])
        #expect(try SOLPayloadToBMC(decoding: [0x1f, 0x2e, 0, 0]).sequence == 15)
    }
}
