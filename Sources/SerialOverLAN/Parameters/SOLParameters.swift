// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// Everything one `SOLSession` needs to know about its BMC and about our wishes.
package struct SOLParameters: Sendable {
    /// The user name, at most 16 bytes; empty for the null user.
    package var user: [UInt8]
    package var password: BMCPassword
    /// K_g, the BMC key; nil where none is set (the password takes its place).
    package var bmcKey: BMCKey?
    /// The level asked for.
    package var privilege: PrivilegeLevel = .administrator
    /// The lowest level we go down to when `privilege` is refused.
    package var lowestPrivilege: PrivilegeLevel = .user
    package var cipherSuite: CipherSuiteChoice = .automatic
    /// The suite that worked with this BMC last time; tried first by `.automatic`.
    package var rememberedSuite: UInt8?
    package var workarounds: Set<SOLWorkaround> = []
    package var takeover: SOLTakeoverPolicy = .ifOurs
    /// BMC session IDs that earlier sessions of ours had and may have left behind.
    package var ourPreviousBMCSessionIDs: [UInt32] = []
    /// A count 0 without NACK was found to mean "all accepted" in an earlier session with this BMC.
    package var rememberedZeroCountIsAll = false
    /// The BMC's UDP port, to notice an activation that names another one; nil: not compared.
    package var port: UInt16?
    /// Bound of the input queue, in bytes; `send` accepts no more.
    package var inputQueueByteCount = 65_536
    package var timing = SOLTiming()

    package init(user: [UInt8], password: BMCPassword) {
        self.user = user
        self.password = password
    }

    /// The user name goes out as UTF-8.
    package init(user: String, password: BMCPassword) {
        self.init(user: Array(user.utf8), password: password)
    }
}
