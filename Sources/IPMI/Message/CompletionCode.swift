// SPDX-License-Identifier: Apache-2.0

/// First byte of every response (IPMI v2.0 §5.2).
package struct CompletionCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let success = Self(rawValue: 0x00)
    package static let nodeBusy = Self(rawValue: 0xc0)
    package static let invalidCommand = Self(rawValue: 0xc1)
    package static let invalidForLUN = Self(rawValue: 0xc2)
    package static let timeout = Self(rawValue: 0xc3)
    package static let outOfSpace = Self(rawValue: 0xc4)
    package static let reservationCancelled = Self(rawValue: 0xc5)
    package static let requestTruncated = Self(rawValue: 0xc6)
    package static let requestLengthInvalid = Self(rawValue: 0xc7)
    package static let requestFieldTooLong = Self(rawValue: 0xc8)
    package static let parameterOutOfRange = Self(rawValue: 0xc9)
    package static let cannotReturnThatManyBytes = Self(rawValue: 0xca)
    package static let notPresent = Self(rawValue: 0xcb)
    package static let invalidField = Self(rawValue: 0xcc)
    package static let illegalForSensor = Self(rawValue: 0xcd)
    package static let responseNotProvided = Self(rawValue: 0xce)
    /// The real answer to the request is on its way: ignore.
    package static let duplicatedRequest = Self(rawValue: 0xcf)
    package static let repositoryInUpdate = Self(rawValue: 0xd0)
    package static let deviceInFirmwareUpdate = Self(rawValue: 0xd1)
    package static let initialisationInProgress = Self(rawValue: 0xd2)
    package static let destinationUnavailable = Self(rawValue: 0xd3)
    package static let insufficientPrivilege = Self(rawValue: 0xd4)
    package static let notSupportedInPresentState = Self(rawValue: 0xd5)
    package static let subFunctionDisabled = Self(rawValue: 0xd6)
    package static let unspecified = Self(rawValue: 0xff)

    /// Says that the same request may well succeed after a short wait.
    package var isTemporary: Bool {
        switch self {
        case .nodeBusy, .timeout, .responseNotProvided, .repositoryInUpdate, .deviceInFirmwareUpdate,
            .initialisationInProgress:
            true
        default: false
        }
    }

    /// What the code says whatever the command; codes that depend on the command: `text(for:)`.
    package var description: String {
        if let text = Self.generic[self.rawValue] { return text }
        let number = String(self.rawValue, radix: 16, uppercase: true)
        switch self.rawValue {
        case 0x80...0xbe: return "command-specific code \(number)h"
        case 0x01...0x7e: return "device-specific code \(number)h"
        default: return "completion code \(number)h"
        }
    }

    /// What the code says as an answer to this command.
    package func text(for command: CommandID) -> String {
        Self.specific[command]?[self.rawValue] ?? self.description
    }

    private static let generic: [UInt8: String] = [
        0x00: "success",
        0xc0: "node busy",
        0xc1: "invalid or unsupported command",
        0xc2: "command invalid for this LUN",
        0xc3: "timeout while processing the command",
        0xc4: "out of space",
        0xc5: "reservation cancelled or invalid",
        0xc6: "request data truncated",
        0xc7: "request data length invalid",
        0xc8: "request field length limit exceeded",
        0xc9: "parameter out of range",
        0xca: "cannot return that many bytes",
        0xcb: "requested sensor, data or record not present",
        0xcc: "invalid data field in request",
        0xcd: "command illegal for this sensor or record type",
        0xce: "response could not be provided",
        0xcf: "duplicated request",
        0xd0: "SDR repository in update mode",
        0xd1: "device in firmware update mode",
        0xd2: "BMC initialisation in progress",
        0xd3: "destination unavailable",
        0xd4: "insufficient privilege level",
        0xd5: "not supported in present state",
        0xd6: "sub-function disabled or unavailable",
        0xff: "unspecified error",
    ]

    private static let specific: [CommandID: [UInt8: String]] = [
        GetSessionChallenge.id: [0x81: "unknown user name", 0x82: "null user name not enabled"],
        ActivateSession.id: [
            0x81: "no session slot free",
            0x82: "no session slot free for this user",
            0x83: "no session slot free at this privilege level",
            0x84: "session sequence number out of range",
            0x85: "invalid session ID",
            0x86: "privilege level exceeds the limit of user or channel",
        ],
        SetSessionPrivilegeLevel.id: [
            0x80: "privilege level not available for this user",
            0x81: "privilege level exceeds the limit of user or channel",
            0x82: "cannot disable user-level authentication",
        ],
        CloseSession.id: [0x87: "invalid session ID", 0x88: "invalid session handle"],
        ActivatePayload.id: [
            0x80: "payload already active on another session",
            0x81: "payload type disabled",
            0x82: "payload activation limit reached",
            0x83: "cannot activate payload with encryption",
            0x84: "cannot activate payload without encryption",
        ],
        DeactivatePayload.id: [0x80: "payload already deactivated", 0x81: "payload type disabled"],
        GetSOLConfigurationParameter.id: [0x80: "parameter not supported"],
    ]
}
