// SPDX-License-Identifier: Apache-2.0

/// What one entry of `bmc_profiles:` or a console says about its BMC. Nil = not said here.
package struct BMCSettings: Equatable, Sendable {
    package var user: String?
    package var password: SecretReference?
    package var kg: SecretReference?
    package var cipherSuite: CipherSuiteSetting?
    package var privilege: BMCPrivilege?
    package var takeover: TakeoverPolicy?
    package var workarounds: [Workaround]?
    package var port: UInt16?
    package var timeouts = BMCTimeouts()
    package var solProbe: Duration?

    package init() {}

    /// These settings, with those of `other` for whatever is not said here.
    package func filled(from other: BMCSettings) -> BMCSettings {
        var result = self
        result.user = self.user ?? other.user
        result.password = self.password ?? other.password
        result.kg = self.kg ?? other.kg
        result.cipherSuite = self.cipherSuite ?? other.cipherSuite
        result.privilege = self.privilege ?? other.privilege
        result.takeover = self.takeover ?? other.takeover
        result.workarounds = self.workarounds ?? other.workarounds
        result.port = self.port ?? other.port
        result.timeouts = self.timeouts.filled(from: other.timeouts)
        result.solProbe = self.solProbe ?? other.solProbe
        return result
    }
}

/// `timeouts:` of a BMC. Nil = what the session machine thinks best.
package struct BMCTimeouts: Equatable, Sendable {
    /// How long one answer is waited for before the message is repeated the first time.
    package var reply: Duration?
    /// Silence after which a keepalive is sent.
    package var keepalive: Duration?
    /// Silence after which the session is given up.
    package var session: Duration?

    package init() {}

    fileprivate func filled(from other: BMCTimeouts) -> BMCTimeouts {
        var result = self
        result.reply = self.reply ?? other.reply
        result.keepalive = self.keepalive ?? other.keepalive
        result.session = self.session ?? other.session
        return result
    }
}

/// `privilege:` — the level a session asks for.
package enum BMCPrivilege: String, CaseIterable, Sendable {
    case user
    case `operator`
    case administrator

    /// The number in IPMI messages.
    package var level: UInt8 {
        switch self {
        case .user: 2
        case .operator: 3
        case .administrator: 4
        }
    }
}

/// `takeover:` — what happens when the BMC says that somebody has its SOL payload already.
package enum TakeoverPolicy: String, CaseIterable, Sendable {
    case never
    /// Only a session that we left behind.
    case ifOurs = "if-ours"
    /// Ours, or one whose holder is silent.
    case ifIdle = "if-idle"
    case always
}
