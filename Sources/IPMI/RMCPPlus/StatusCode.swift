// SPDX-License-Identifier: Apache-2.0

/// Result of a session set-up step (IPMI v2.0 §13.24).
package struct StatusCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let noErrors = Self(rawValue: 0x00)
    package static let insufficientResources = Self(rawValue: 0x01)
    package static let invalidSessionID = Self(rawValue: 0x02)
    package static let invalidPayloadType = Self(rawValue: 0x03)
    package static let invalidAuthenticationAlgorithm = Self(rawValue: 0x04)
    package static let invalidIntegrityAlgorithm = Self(rawValue: 0x05)
    package static let noMatchingAuthenticationPayload = Self(rawValue: 0x06)
    package static let noMatchingIntegrityPayload = Self(rawValue: 0x07)
    package static let inactiveSessionID = Self(rawValue: 0x08)
    package static let invalidRole = Self(rawValue: 0x09)
    package static let unauthorisedRole = Self(rawValue: 0x0a)
    package static let insufficientResourcesForRole = Self(rawValue: 0x0b)
    package static let invalidNameLength = Self(rawValue: 0x0c)
    package static let unauthorisedName = Self(rawValue: 0x0d)
    package static let unauthorisedGUID = Self(rawValue: 0x0e)
    package static let invalidIntegrityCheckValue = Self(rawValue: 0x0f)
    package static let invalidConfidentialityAlgorithm = Self(rawValue: 0x10)
    package static let noCipherSuiteMatch = Self(rawValue: 0x11)
    package static let illegalParameter = Self(rawValue: 0x12)

    package var description: String {
        Self.texts.indices.contains(Int(self.rawValue))
            ? Self.texts[Int(self.rawValue)]
            : "status code \(String(self.rawValue, radix: 16, uppercase: true))h"
    }

    private static let texts = [
        "no errors",
        "insufficient resources to create a session",
        "invalid session ID",
        "invalid payload type",
        "invalid authentication algorithm",
        "invalid integrity algorithm",
        "no matching authentication payload",
        "no matching integrity payload",
        "inactive session ID",
        "invalid role",
        "unauthorised role or privilege level",
        "insufficient resources for a session at the requested role",
        "invalid name length",
        "unauthorised name",
        "unauthorised GUID",
        "invalid integrity check value",
        "invalid confidentiality algorithm",
        "no cipher suite match with the proposed security algorithms",
        "illegal or unrecognised parameter",
    ]
}
