// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

/// One parser with a message it reads, for the tests that every parser has to pass.
struct ParserSample: Sendable, CustomTestStringConvertible {
    var name: String
    /// A whole message.
    var message: [UInt8]
    /// With fewer bytes than this the message must be refused.
    var minimum: Int
    /// Reads a message and writes it again.
    var reencode: @Sendable ([UInt8]) throws -> [UInt8]

    var testDescription: String { self.name }

    /// A message of which `optionalBytes` at the end may be missing.
    init<Message: WireMessage>(_ message: Message, name: String? = nil, optionalBytes: Int = 0) {
        self.name = name ?? "\(Message.self)".split(separator: ".").last.map(String.init) ?? ""
        self.message = message.encoded()
        self.minimum = self.message.count - optionalBytes
        self.reencode = { try IPMITests.reencode(Message.self, $0[...]) }
    }

    private init<Command: IPMICommand>(
        _ command: Command.Type,
        _ request: Command.Request,
        _ sample: (ParserSample) -> ParserSample = { $0 }
    ) {
        self = sample(ParserSample(request, name: "\(command) request"))
    }

    private init(_ name: String, message: [UInt8], reencode: @escaping @Sendable ([UInt8]) throws -> [UInt8])
    {
        self.name = name
        self.message = message
        self.minimum = message.count
        self.reencode = reencode
    }

    private static func response<Command: IPMICommand>(
        _ command: Command.Type,
        _ response: Command.Response,
        optionalBytes: Int = 0
    ) -> ParserSample {
        ParserSample(response, name: "\(command) response", optionalBytes: optionalBytes)
    }

    static let all: [ParserSample] =
        Self.framing + Self.setup + Self.requests + Self.responses + Self.parameters

    private static let framing: [ParserSample] = [
        ParserSample(RMCPHeader(.ipmi)),
        ParserSample(ASFPresencePing(tag: 7)),
        ParserSample(ASFPresencePong(tag: 7)),
        ParserSample(RMCPPlusHeader(.sol, sessionID: 1, sequence: 2, payloadLength: 3)),
        ParserSample(
            RMCPPlusHeader(
                .oemExplicit,
                sessionID: 1,
                sequence: 2,
                payloadLength: 3,
                oem: .init(enterprise: 343, payloadID: 9)
            ),
            name: "RMCPPlusHeader with OEM payload"
        ),
        ParserSample(RMCPPlusPacket(.ipmiMessage, [1, 2, 3, 4, 5, 6, 7])),
        ParserSample(IPMI15Packet([1, 2, 3, 4, 5, 6, 7])),
        ParserSample(
            IPMI15Packet(signing: [1, 2, 3, 4, 5, 6, 7], .md2, sessionID: 1, sequence: 2, password: .empty),
            name: "IPMI15Packet signed"
        ),
        // The data and the second checksum have no length of their own, so a cut message shows in the checksum.
        ParserSample("IPMI request", message: IPMIRequest(GetDeviceID.self, NoData(), sequence: 5).encoded())
        {
            try IPMIMessage(decoding: $0).encoded()
        },
        ParserSample(
            "IPMI response",
            message: IPMIResponse(GetDeviceID.id, completion: .nodeBusy, data: [9, 8], sequence: 5).encoded()
        ) { try IPMIMessage(decoding: $0).encoded() },
        ParserSample(SOLPayloadToBMC(sequence: 1, characters: [1, 2, 3]), optionalBytes: 3),
        ParserSample(SOLPayloadFromBMC(sequence: 1, characters: [1, 2, 3]), optionalBytes: 3),
    ]

    private static let setup: [ParserSample] = [
        ParserSample(
            OpenSessionRequest(tag: 1, privilege: .user, remoteConsoleSessionID: 2, suite: .suite17)
        ),
        ParserSample(
            OpenSessionResponse(
                tag: 1,
                maximumPrivilege: .administrator,
                remoteConsoleSessionID: 2,
                session: .init(managedSystemSessionID: 3, suite: .suite3)
            )
        ),
        ParserSample(
            OpenSessionResponse(
                tag: 1,
                status: .noCipherSuiteMatch,
                maximumPrivilege: .unspecified,
                remoteConsoleSessionID: 2,
                session: nil
            ),
            name: "OpenSessionResponse refusing",
            optionalBytes: 6
        ),
        ParserSample(
            RAKPMessage1(
                tag: 1,
                managedSystemSessionID: 2,
                remoteConsoleRandom: [UInt8](1...16),
                role: .init(.administrator),
                userName: Array("admin".utf8)
            )
        ),
        ParserSample(
            RAKPMessage2(
                tag: 1,
                remoteConsoleSessionID: 2,
                challenge: .init(
                    managedSystemRandom: [UInt8](1...16),
                    managedSystemGUID: [UInt8](17...32),
                    keyExchangeAuthenticationCode: [UInt8](1...20)
                )
            ),
            optionalBytes: 20
        ),
        ParserSample(
            RAKPMessage2(tag: 1, status: .unauthorisedName, remoteConsoleSessionID: 2, challenge: nil),
            name: "RAKPMessage2 refusing"
        ),
        ParserSample(
            RAKPMessage3(tag: 1, managedSystemSessionID: 2, keyExchangeAuthenticationCode: [UInt8](1...20)),
            optionalBytes: 20
        ),
        ParserSample(
            RAKPMessage4(tag: 1, remoteConsoleSessionID: 2, integrityCheckValue: [UInt8](1...12)),
            optionalBytes: 12
        ),
    ]

    private static let requests: [ParserSample] = [
        ParserSample(GetChannelAuthenticationCapabilities.self, .init(privilege: .administrator)),
        ParserSample(GetChannelCipherSuites.self, .init(index: 3)),
        ParserSample(
            GetSessionChallenge.self,
            .init(authenticationType: .md5, userName: Array("admin".utf8))
        ),
        ParserSample(
            ActivateSession.self,
            .init(
                authenticationType: .md5,
                privilege: .operator,
                challenge: [UInt8](1...16),
                initialOutboundSequence: 0x0102_0304
            )
        ),
        ParserSample(SetSessionPrivilegeLevel.self, .init(privilege: .operator)),
        ParserSample(CloseSession.self, .init(sessionID: 0x0102_0304)),
        ParserSample(
            CloseSession.Request(sessionID: 0, handle: 5),
            name: "CloseSession by handle",
            optionalBytes: 1
        ),
        ParserSample(GetSessionInfo.self, .current),
        ParserSample(GetSessionInfo.self, .active(1)),
        ParserSample(GetSessionInfo.self, .handle(9)),
        ParserSample(GetSessionInfo.self, .sessionID(0x0102_0304)),
        ParserSample(ActivatePayload.self, .init(suite: .suite3)),
        ParserSample(DeactivatePayload.self, .init()),
        ParserSample(GetPayloadActivationStatus.self, .init()),
        ParserSample(GetPayloadInstanceInfo.self, .sol),
        ParserSample(SOLActivating.self, .init()),
        ParserSample(ChassisControl.self, .init(.diagnosticInterrupt)),
        ParserSample(GetSOLConfigurationParameter.self, .init(.retry, revisionOnly: true)),
    ]

    private static let responses: [ParserSample] = [
        .response(
            GetChannelAuthenticationCapabilities.self,
            .init(
                channel: 1,
                authenticationTypes: [.md5, .ipmi20Data],
                status: [.nonNullUserNames],
                protocols: [.ipmi15, .ipmi20],
                oemEnterprise: 10_876,
                oemAuxiliary: 4
            )
        ),
        .response(
            GetChannelCipherSuites.self,
            .init(channel: 1, page: [0xc0, 3, 1, 0x41, 0x81]),
            optionalBytes: 5
        ),
        .response(GetSessionChallenge.self, .init(temporarySessionID: 5, challenge: [UInt8](1...16))),
        .response(
            ActivateSession.self,
            .init(authenticationType: .md5, sessionID: 5, initialInboundSequence: 6, maximumPrivilege: .user)
        ),
        .response(SetSessionPrivilegeLevel.self, .init(privilege: .operator)),
        .response(
            GetSessionInfo.self,
            .init(handle: 0, possibleSessions: 4, activeSessions: 0, session: nil)
        ),
        .response(
            ActivatePayload.self,
            .init(inboundPayloadSize: 259, outboundPayloadSize: 259)
        ),
        .response(GetPayloadActivationStatus.self, .init(capacity: 1, activeInstances: 1)),
        .response(GetPayloadInstanceInfo.self, .init(sessionID: 7, serialPort: 2), optionalBytes: 8),
        .response(
            GetDeviceID.self,
            .init(
                deviceID: 0x20,
                deviceRevision: 1,
                firmwareMajor: 9,
                firmwareMinor: 8,
                manufacturer: 10_876,
                product: 0x1234,
                auxiliaryFirmwareRevision: [1, 2, 3, 4]
            ),
            optionalBytes: 4
        ),
        .response(GetChassisStatus.self, .init(power: [.on], frontPanel: 0x40), optionalBytes: 1),
        .response(GetSOLConfigurationParameter.self, .init(data: [1]), optionalBytes: 1),
        ParserSample(
            GetSessionInfo.Session(
                userID: 2,
                privilege: .administrator,
                isIPMI20: true,
                channel: 1,
                peer: .init(address: [192, 0, 2, 7], macAddress: [UInt8](1...6), port: 51_022)
            ),
            name: "GetSessionInfo session",
            optionalBytes: 12
        ),
        ParserSample(
            GetSessionInfo.Peer(address: [192, 0, 2, 7], macAddress: [UInt8](1...6), port: 51_022),
            name: "GetSessionInfo peer"
        ),
    ]

    private static let parameters: [ParserSample] = SOLParameterSample.all.map { parameter in
        ParserSample("SOL parameter \(parameter.selector.rawValue)", message: parameter.encoded()) {
            try SOLParameter(parameter.selector, decoding: $0[...]).encoded()
        }
    }
}

/// One value of every SOL parameter that has a meaning of its own.
enum SOLParameterSample {
    static let all: [SOLParameter] = [
        .setInProgress(1),
        .enable(true),
        .authentication(forceEncryption: true, forceAuthentication: false, minimumPrivilege: .operator),
        .accumulate(interval: .milliseconds(60), threshold: 96),
        .retry(count: 7, interval: .milliseconds(500)),
        .nonVolatileBitRate(.rate115200),
        .volatileBitRate(.rate9600),
        .payloadChannel(1),
        .payloadPort(623),
    ]
}
