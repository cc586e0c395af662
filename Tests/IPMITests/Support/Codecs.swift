// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Reads a message, writes it again, and appends what the reader left.
func reencode<Message: WireMessage>(_ type: Message.Type, _ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
    var reader = WireReader(bytes)
    return try Message(decoding: &reader).encoded() + reader.rest()
}

/// The data parts of all commands we know.
struct CommandCodec: Sendable {
    var id: CommandID
    var name: String
    var request: @Sendable (ArraySlice<UInt8>) throws -> [UInt8]
    var response: @Sendable (ArraySlice<UInt8>) throws -> [UInt8]

    init<Command: IPMICommand>(_ command: Command.Type) {
        self.id = Command.id
        self.name = "\(command)"
        self.request = { try reencode(Command.Request.self, $0) }
        self.response = { try reencode(Command.Response.self, $0) }
    }

    static let all: [CommandCodec] = [
        CommandCodec(GetChannelAuthenticationCapabilities.self),
        CommandCodec(GetChannelCipherSuites.self),
        CommandCodec(GetSessionChallenge.self),
        CommandCodec(ActivateSession.self),
        CommandCodec(SetSessionPrivilegeLevel.self),
        CommandCodec(CloseSession.self),
        CommandCodec(GetSessionInfo.self),
        CommandCodec(ActivatePayload.self),
        CommandCodec(DeactivatePayload.self),
        CommandCodec(GetPayloadActivationStatus.self),
        CommandCodec(GetPayloadInstanceInfo.self),
        CommandCodec(SOLActivating.self),
        CommandCodec(GetDeviceID.self),
        CommandCodec(GetChassisStatus.self),
        CommandCodec(ChassisControl.self),
        CommandCodec(GetSOLConfigurationParameter.self),
    ]

    static let byID = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.id, $0) })
}
