// SPDX-License-Identifier: Apache-2.0

/// Open Session Request (IPMI v2.0 §13.17): proposes algorithms and our session ID.
package struct OpenSessionRequest: WireMessage {
    /// Chosen by us, repeated by the BMC.
    package var tag: UInt8
    /// Ask for the same level as in RAKP 1: many boards hash this one (workaround `opensesspriv`).
    package var privilege: PrivilegeLevel
    package var remoteConsoleSessionID: UInt32
    package var authentication: AuthenticationAlgorithm
    package var integrity: IntegrityAlgorithm
    package var confidentiality: ConfidentialityAlgorithm

    package init(tag: UInt8, privilege: PrivilegeLevel, remoteConsoleSessionID: UInt32, suite: CipherSuite) {
        self.tag = tag
        self.privilege = privilege
        self.remoteConsoleSessionID = remoteConsoleSessionID
        self.authentication = suite.authentication
        self.integrity = suite.integrity
        self.confidentiality = suite.confidentiality
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try reader.u8("message tag")
        self.privilege = PrivilegeLevel(rawValue: try reader.u8("requested maximum privilege level"))
        try reader.skip(2, "reserved")
        self.remoteConsoleSessionID = try reader.u32LE("remote console session ID")
        self.authentication = .init(rawValue: try AlgorithmPayload.authentication.read(from: &reader))
        self.integrity = .init(rawValue: try AlgorithmPayload.integrity.read(from: &reader))
        self.confidentiality = .init(rawValue: try AlgorithmPayload.confidentiality.read(from: &reader))
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.tag)
        writer.u8(self.privilege.rawValue)
        writer.zeros(2)
        writer.u32LE(self.remoteConsoleSessionID)
        AlgorithmPayload.authentication.write(self.authentication.rawValue, into: &writer)
        AlgorithmPayload.integrity.write(self.integrity.rawValue, into: &writer)
        AlgorithmPayload.confidentiality.write(self.confidentiality.rawValue, into: &writer)
    }
}

/// The eight bytes that name one algorithm in Open Session messages.
enum AlgorithmPayload: UInt8 {
    case authentication = 0
    case integrity = 1
    case confidentiality = 2

    private var name: String {
        switch self {
        case .authentication: "authentication payload"
        case .integrity: "integrity payload"
        case .confidentiality: "confidentiality payload"
        }
    }

    func read(from reader: inout WireReader) throws(WireError) -> UInt8 {
        let type = try reader.u8(self.name)
        guard type == self.rawValue else { throw .invalid(field: self.name, value: UInt64(type)) }
        try reader.skip(2, self.name)
        // The length says 8; 0 would mean "you choose", which nobody uses. The field is eight bytes long either way.
        try reader.skip(1, self.name)
        let algorithm = try reader.u8(self.name)
        try reader.skip(3, self.name)
        return algorithm & 0x3f
    }

    func write(_ algorithm: UInt8, into writer: inout WireWriter) {
        writer.u8(self.rawValue)
        writer.zeros(2)
        writer.u8(8)
        writer.u8(algorithm)
        writer.zeros(3)
    }
}
