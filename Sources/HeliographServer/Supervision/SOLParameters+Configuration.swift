// SPDX-License-Identifier: Apache-2.0

import HeliographConfig
import IPMI
import SerialOverLAN

extension SOLParameters {
    /// The session machine's parameters for a BMC of the configuration. `secret` fetches a secret and may block.
    init(_ link: BMCLink, secret: (SecretReference) throws(SecretProblem) -> [UInt8]) throws(SecretProblem) {
        var password: [UInt8] = []
        if let reference = link.password { password = try secret(reference) }
        var key: [UInt8]?
        if let reference = link.kg { key = try secret(reference) }
        do throws(SecretError) {
            self.init(user: link.user, password: try BMCPassword(password))
            self.bmcKey = try key.map { (bytes) throws(SecretError) in try BMCKey(written: bytes) }
        } catch {
            throw SecretProblem("\(error)")
        }
        self.privilege = PrivilegeLevel(rawValue: link.privilege.level)
        switch link.cipherSuite {
        case .automatic: self.cipherSuite = .automatic
        case .number(let suite): self.cipherSuite = .number(suite)
        }
        self.workarounds = Set(link.workarounds.compactMap { SOLWorkaround(rawValue: $0.rawValue) })
        self.takeover = SOLTakeoverPolicy(rawValue: link.takeover.rawValue) ?? .ifIdle
        if let reply = link.timeouts.reply { self.timing.setReplyTimeout(reply) }
        if let keepalive = link.timeouts.keepalive { self.timing.keepaliveInterval = keepalive }
        if let session = link.timeouts.session { self.timing.silenceDeath = session }
    }
}

extension SOLTiming {
    /// Stretches the waits of the log-in so that the first is this long.
    fileprivate mutating func setReplyTimeout(_ reply: Duration) {
        guard let first = self.setupRetries.first, first > .zero else { return }
        let factor = reply / first
        self.setupRetries = self.setupRetries.map { $0 * factor }
        self.commandRetries = self.commandRetries.map { $0 * factor }
    }
}

extension BMCKey {
    /// A key as administrators write it: `0x` and hexadecimal digits, or the text itself.
    fileprivate init(written bytes: [UInt8]) throws(SecretError) {
        if bytes.starts(with: "0x".utf8) {
            try self.init(hexadecimal: String(decoding: bytes, as: UTF8.self))
        } else {
            try self.init(bytes)
        }
    }
}
