// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Commands")
struct CommandTests {
    @Test(
        "ask for the activation no known firmware objects to",
        arguments: [(0, 0x04), (1, 0x04), (2, 0x44), (3, 0xc4), (12, 0xc4), (15, 0x04), (17, 0xc4)]
    )
    func activation(_ id: Int, byte: UInt8) throws {
        let request = ActivatePayload.Request(suite: try .number(id))
        #expect(request.encoded() == [1, 1, byte, 0, 0, 0])
    }

    @Test("read the answer of a recorded ipmi_sim")
    func capabilities() throws {
        let response = try GetChannelAuthenticationCapabilities.Response(decoding: bytes("0197060300000000"))
        #expect(response.supportsIPMI20)
        #expect(response.authenticationTypes.contains([.none, .md2, .md5, .straightPassword]))
        #expect(response.status == [.nullUserNames, .nonNullUserNames])
        #expect(response.protocols == [.ipmi15, .ipmi20])
    }

    @Test("show a firmware revision as vendors write it")
    func firmware() throws {
        let response = try GetDeviceID.Response(decoding: bytes("0003090802bf911200020f00000000"))
        #expect(response.firmwareRevision == "9.08")
        #expect(response.manufacturer == 4753)
        #expect(response.product == 0x0f02)
        #expect(response.auxiliaryFirmwareRevision == [0, 0, 0, 0])
    }

    @Test("tell chassis power and its restore policy")
    func chassis() throws {
        let response = try GetChassisStatus.Response(decoding: bytes("61 10 40"))
        #expect(response.isOn)
        #expect(response.power.restorePolicy == .unknown)
        #expect(response.lastPowerEvent == [.switchedOnByCommand])
        #expect(response.frontPanel == nil)
        #expect(
            try GetChassisStatus.Response(decoding: bytes("20 00 00")).power.restorePolicy == .previousState
        )
    }

    @Test("refuse a chassis control that does not exist")
    func chassisControl() {
        #expect(throws: WireError.invalid(field: "chassis control", value: 6)) {
            try ChassisControl.Request(decoding: [6])
        }
    }

    @Test("tell which payload instances are active")
    func activationStatus() throws {
        let response = try GetPayloadActivationStatus.Response(decoding: bytes("01 01 80"))
        #expect(response.isActive(1))
        #expect(!response.isActive(2))
        #expect(response.isActive(16))
        #expect(!response.isActive(0))
        #expect(!response.isActive(17))
    }

    @Test("tell who holds a session")
    func sessionInfo() throws {
        let response = try GetSessionInfo.Response(
            decoding: bytes("05 04 01 02 04 11 c0000207 010203040506 4ec7")
        )
        let peer = try #require(response.session?.peer)
        #expect(peer.address == [192, 0, 2, 7])
        #expect(peer.port == 0xc74e)
        #expect(response.session?.isIPMI20 == true)
        #expect(response.session?.privilege == .administrator)
        #expect(try GetSessionInfo.Response(decoding: [0, 4, 0]).session == nil)
    }

    @Test("read and write SOL parameters", arguments: SOLParameterSample.all)
    func solParameters(_ parameter: SOLParameter) throws {
        let response = GetSOLConfigurationParameter.Response(data: parameter.encoded()[...])
        #expect(try response.value(of: parameter.selector) == parameter)
    }

    @Test("keep SOL parameters they do not know")
    func otherParameters() throws {
        let selector = SOLParameterSelector(rawValue: 192)
        let parameter = try SOLParameter(selector, decoding: [1, 2, 3])
        #expect(parameter == .other(selector, [1, 2, 3]))
        #expect(parameter.encoded() == [1, 2, 3])
        #expect(parameter.selector == selector)
    }

    @Test("cut intervals to what the wire holds")
    func intervals() {
        #expect(SOLParameter.retry(count: 7, interval: .seconds(60)).encoded() == [7, 255])
        #expect(SOLParameter.accumulate(interval: .milliseconds(-5), threshold: 1).encoded() == [0, 1])
        #expect(SOLBitRate(rawValue: 10).bitsPerSecond == 115_200)
        #expect(SOLBitRate.unchanged.bitsPerSecond == nil)
    }
}
