// SPDX-License-Identifier: Apache-2.0

/// Named corrections for BMCs that do not follow the specification. All are off unless configured.
///
/// The names are FreeIPMI's (`-W`) where it has one, so that what an administrator already knows about a board can be
/// copied. A session machine does some of them for every BMC; their names are accepted all the same.
package enum Workaround: String, CaseIterable, Sendable {
    // Log-in.
    case authcap
    case intel20
    case supermicro20
    case sun20
    case opensesspriv
    case zeroOpenPrivilege = "zeroopenpriv"
    case integritycheckvalue
    case kgOptional = "kgoptional"
    case noProbe = "noprobe"
    // Packets.
    case nochecksumcheck
    case noauthcodecheck
    case endianseq
    case idzero
    // Serial over LAN.
    case solpayloadsize
    case solport
    case solstatus
    case solchannelsupport
    case serialalertsdeferred
    case solpacketseq
    case strictSequence = "strict-sequence"
    case zeroCountIsAll = "zero-count-is-all"
    case allowUnencryptedSOL = "allow-unencrypted-sol"
    case forceUnencryptedSOL = "force-unencrypted-sol"
    case deviceIDKeepalive = "device-id-keepalive"
    // IPMI 1.5.
    case unexpectedauth
    case forcepermsg
    case isol

    /// Names of other programs for what is called something else here, and what that is.
    static let foreignNames: [String: String] = [
        "intelplus": "intel20 and zero-count-is-all",
        "i82571spt": "noprobe",
        "ignoresolpayloadsize": "solpayloadsize",
        "ignoresolport": "solport",
        "skipsolactivationstatus": "solstatus",
        "skipchannelpayload": "solchannelsupport",
    ]
}
