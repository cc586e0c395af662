// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("IPMI messages")
struct MessageTests {
    @Test("are framed with both checksums")
    func request() {
        let request = IPMIRequest(
            GetChannelAuthenticationCapabilities.self,
            .init(privilege: .administrator),
            sequence: 0
        )
        #expect(hex(request.encoded()) == "2018c88100388e04b5")
    }

    @Test("are answered with addresses, sequence and command of the request")
    func response() throws {
        let request = IPMIRequest(SetSessionPrivilegeLevel.self, .init(privilege: .operator), sequence: 63)
        let response = IPMIResponse(to: request, SetSessionPrivilegeLevel.self, .init(privilege: .operator))
        #expect(hex(response.encoded()) == "811c6320fc3b0003a6")
        let decoded = try IPMIMessage(decoding: response.encoded())
        #expect(decoded == .response(response))
        guard case .response(let received) = decoded else { return }
        #expect(received.command == SetSessionPrivilegeLevel.id)
        #expect(received.sequence == 63)
        #expect(try received.decode(SetSessionPrivilegeLevel.self).privilege == .operator)
    }

    @Test("from the BMC may be requests")
    func requestFromBMC() throws {
        let request = IPMIRequest(
            SOLActivating.id,
            data: SOLActivating.Request().encoded()[...],
            sequence: 1,
            responder: IPMIAddress.remoteConsole,
            requester: IPMIAddress.bmc
        )
        guard case .request(let received) = try IPMIMessage(decoding: request.encoded()) else {
            Issue.record("read as a response")
            return
        }
        #expect(received == request)
        #expect(try received.decode(SOLActivating.self) == SOLActivating.Request())
    }

    @Test("with a wrong checksum are refused, or read when the session protects them", arguments: [2, 8])
    func checksums(_ index: Int) throws {
        let data = GetChannelAuthenticationCapabilities.Request(privilege: .user)
        let good = IPMIRequest(GetChannelAuthenticationCapabilities.self, data, sequence: 1)
        var bad = good.encoded()
        bad[index] ^= 0xff
        let field = index == 2 ? "checksum 1" : "checksum 2"
        #expect(!IPMIMessage.checksumsAreValid(bad[...]))
        #expect(throws: WireError.checksum(field: field)) { try IPMIMessage(decoding: bad) }
        #expect(try IPMIMessage(decoding: bad, checksums: .ignore) == .request(good))
    }

    @Test(
        "explain completion codes",
        arguments: [
            (0xc1, GetDeviceID.id, "invalid or unsupported command"),
            (0x80, ActivatePayload.id, "payload already active on another session"),
            (0x80, GetDeviceID.id, "command-specific code 80h"),
            (0x81, GetSessionChallenge.id, "unknown user name"),
            (0x02, GetDeviceID.id, "device-specific code 2h"),
            (0xe0, GetDeviceID.id, "completion code E0h"),
        ] as [(UInt8, CommandID, String)]
    )
    func completionCodes(_ code: UInt8, command: CommandID, text: String) {
        #expect(CompletionCode(rawValue: code).text(for: command) == text)
    }

    @Test("say which completion codes are worth a repetition")
    func temporary() {
        let temporary = (UInt8.min...UInt8.max).filter { CompletionCode(rawValue: $0).isTemporary }
        #expect(temporary == [0xc0, 0xc3, 0xce, 0xd0, 0xd1, 0xd2])
    }

    @Test("explain every status code")
    func statusCodes() {
        let texts = (UInt8(0)...0x13).map { StatusCode(rawValue: $0).description }
        #expect(Set(texts).count == 20)
        #expect(StatusCode.unauthorisedName.description == "unauthorised name")
        #expect(StatusCode.illegalParameter.description == "illegal or unrecognised parameter")
        #expect(texts.last == "status code 13h")
    }
}
