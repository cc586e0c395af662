// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A user of a simulated BMC.
package struct BMCUser: Equatable, Sendable {
    /// User ID, from 2 up; 1 is the anonymous user of the specification.
    package var id: UInt8
    package var name: String
    package var password: BMCPassword
    /// Highest privilege the user may have.
    package var maximumPrivilege: PrivilegeLevel
    /// User payload access: whether the user may activate SOL.
    package var mayUseSOL: Bool

    package init(
        id: UInt8 = 2,
        name: String,
        password: BMCPassword,
        maximumPrivilege: PrivilegeLevel = .administrator,
        mayUseSOL: Bool = true
    ) {
        self.id = id
        self.name = name
        self.password = password
        self.maximumPrivilege = maximumPrivilege
        self.mayUseSOL = mayUseSOL
    }
}

/// What a simulated BMC is: its users, keys, limits, and the habits of real firmware.
package struct BMCConfiguration: Equatable, Sendable {
    package var name: String
    package var users: [BMCUser]
    package var bmcKey: BMCKey?
    /// In the order in which the BMC lists them. Suite 0 (no password) only on request.
    package var cipherSuites = CipherSuite.all.filter { $0.id != 0 }
    /// Sessions at a time, those still logging in included.
    package var sessionSlots = 8
    /// Without a packet for this long a session ends.
    package var sessionTimeout: Duration = .seconds(60)
    /// A log-in must be through within this time.
    package var loginTimeout: Duration = .seconds(10)
    /// False: only IPMI messages keep a session alive, SOL packets do not (ipmi_sim).
    package var solKeepsSessionsAlive = true
    package var answersPing = true
    package var sol = SOLConfiguration()
    package var manufacturer: UInt32 = 10_876
    package var product: UInt16 = 0x0612

    // Habits of real firmware (section numbers of ipmi-sol.md's sources are in their workarounds).

    /// Answers these commands with a completion code and nothing else.
    package var refusedCommands: [CommandID: CompletionCode] = [:]
    /// Does not answer these at all.
    package var ignoredCommands: Set<CommandID> = []
    /// Refusals during the log-in carry tag 0 and session ID 0 (OpenBMC).
    package var refusesAnonymously = false
    /// Sizes in Activate Payload's answer byte-swapped.
    package var swapsPayloadSizes = false
    /// UDP port named in Activate Payload's answer; nil: the one it listens on.
    package var announcedPort: UInt16?
    /// Session sequence numbers go up by this much (ASRock MT-C224: 2).
    package var sequenceStep: UInt32 = 1
    /// IPMI messages carry wrong checksums (Supermicro X9).
    package var sendsWrongChecksums = false
    /// Deactivate Payload says yes and does nothing (Supermicro H8QME).
    package var ignoresDeactivation = false

    package init(name: String, users: [BMCUser], bmcKey: BMCKey? = nil) {
        self.name = name
        self.users = users
        self.bmcKey = bmcKey
    }

    /// The password of the user `admin` where nobody configured another: for demonstrations and tests, printed at start.
    package static let demonstrationPassword = "heliograph"

    /// A BMC with the user `admin` and the demonstration password.
    package static func demonstration(name: String) -> BMCConfiguration {
        // The literal fits the 20 bytes a password may have; an empty password would only make log-ins fail.
        let password = (try? BMCPassword(Self.demonstrationPassword)) ?? .empty
        return BMCConfiguration(name: name, users: [BMCUser(name: "admin", password: password)])
    }
}
