// SPDX-License-Identifier: Apache-2.0

/// Open Session Response (IPMI v2.0 §13.18): the BMC's session ID and the algorithms it settled on, or a refusal.
package struct OpenSessionResponse: WireMessage {
    /// What an agreed session consists of.
    package struct Session: Equatable, Sendable {
        package var managedSystemSessionID: UInt32
        package var authentication: AuthenticationAlgorithm
        package var integrity: IntegrityAlgorithm
        package var confidentiality: ConfidentialityAlgorithm

        package init(managedSystemSessionID: UInt32, suite: CipherSuite) {
            self.managedSystemSessionID = managedSystemSessionID
            self.authentication = suite.authentication
            self.integrity = suite.integrity
            self.confidentiality = suite.confidentiality
        }

        /// The suite the three algorithms make, nil when we do not speak it.
        package var suite: CipherSuite? {
            CipherSuite(self.authentication, self.integrity, self.confidentiality)
        }
    }

    package var tag: UInt8
    package var status: StatusCode
    /// Do not check it: boards echo the 0 of the request. Set Session Privilege Level decides.
    package var maximumPrivilege: PrivilegeLevel
    package var remoteConsoleSessionID: UInt32
    /// Nil unless `status` is `.noErrors`: a BMC that refuses ends the message after byte 8.
    package var session: Session?

    package init(
        tag: UInt8,
        status: StatusCode = .noErrors,
        maximumPrivilege: PrivilegeLevel,
        remoteConsoleSessionID: UInt32,
        session: Session?
    ) {
        self.tag = tag
        self.status = status
        self.maximumPrivilege = maximumPrivilege
        self.remoteConsoleSessionID = remoteConsoleSessionID
        self.session = session
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.tag = try reader.u8("message tag")
        self.status = StatusCode(rawValue: try reader.u8("status code"))
        guard self.status == .noErrors else {
            // Some refusals end after the status code; what is missing counts as 0.
            self.maximumPrivilege = PrivilegeLevel(rawValue: (try? reader.u8("maximum privilege level")) ?? 0)
            try? reader.skip(1, "reserved")
            self.remoteConsoleSessionID = (try? reader.u32LE("remote console session ID")) ?? 0
            return
        }
        self.maximumPrivilege = PrivilegeLevel(rawValue: try reader.u8("maximum privilege level"))
        try reader.skip(1, "reserved")
        self.remoteConsoleSessionID = try reader.u32LE("remote console session ID")
        self.session = try Session(decoding: &reader)
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.tag)
        writer.u8(self.status.rawValue)
        writer.u8(self.maximumPrivilege.rawValue)
        writer.zeros(1)
        writer.u32LE(self.remoteConsoleSessionID)
        self.session?.encode(into: &writer)
    }
}

extension OpenSessionResponse.Session: WireMessage {
    package init(decoding reader: inout WireReader) throws(WireError) {
        self.managedSystemSessionID = try reader.u32LE("managed system session ID")
        self.authentication = .init(rawValue: try AlgorithmPayload.authentication.read(from: &reader))
        self.integrity = .init(rawValue: try AlgorithmPayload.integrity.read(from: &reader))
        self.confidentiality = .init(rawValue: try AlgorithmPayload.confidentiality.read(from: &reader))
    }

    package func encode(into writer: inout WireWriter) {
        writer.u32LE(self.managedSystemSessionID)
        AlgorithmPayload.authentication.write(self.authentication.rawValue, into: &writer)
        AlgorithmPayload.integrity.write(self.integrity.rawValue, into: &writer)
        AlgorithmPayload.confidentiality.write(self.confidentiality.rawValue, into: &writer)
    }
}
