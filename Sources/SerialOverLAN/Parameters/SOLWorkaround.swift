// SPDX-License-Identifier: Apache-2.0

/// A named deviation for BMCs that deviate; all are off by default.
///
/// The names are FreeIPMI's and ipmitool's where those have one, so that lists can be carried over. Some are
/// accepted although nothing has to be switched on, because the session does it for every BMC
/// (`isAutomatic`).
package enum SOLWorkaround: String, CaseIterable, Hashable, Sendable {
    // Log-in.

    /// Intel SE7520AF2 and kin: name padded to 16 bytes in RAKP 1 and its hashes, RAKP 3 hashed with the bare
    /// privilege, RAKP 4 made by the integrity algorithm, HMAC-MD5 password cut to 16 bytes.
    case intel20
    /// RAKP 2 digest one byte too long (Supermicro H8QME): automatic.
    case supermicro20
    /// RAKP 2 digest too long, hashes with Open Session's level (Sun ILOM): automatic.
    case sun20
    /// RAKP hashes use the level of Open Session (Sun, Inventec, Supermicro X8, Intel, Quanta): automatic, as
    /// we always ask for the same level in both. With the flag the fallback to level 0 is left out, too.
    case opensesspriv
    /// Open Session asks for level 0, "the highest the algorithms allow" (an old Tyan board ties suites to
    /// levels).
    case zeroOpenPrivilege = "zeroopenpriv"
    /// Wrong bits in Get Channel Authentication Capabilities: automatic, they are hints only.
    case authcap
    /// RAKP 4 carries a check value although the suite has none: automatic.
    case integritycheckvalue
    /// After "wrong K_g" one log-in without K_g: for BMCs that cannot store one (OpenBMC).
    case kgOptional = "kgoptional"
    /// Open without asking for the channel's capabilities first (Intel 82571 pass-through).
    case noProbe = "noprobe"

    // Packets.

    /// Wrong IPMI checksums: automatic in protected sessions; with the flag in all.
    case nochecksumcheck
    /// Wrong or empty AuthCodes in the BMC's packets. IPMI 1.5 sessions only: without them nothing proves who
    /// sent an IPMI 2.0 packet, and no board is known to need it there.
    case noauthcodecheck
    /// Session sequence numbers byte-swapped, both ways (some Sun ILOM).
    case endianseq
    /// The BMC's packets carry session ID 0 (Tyan S2882). IPMI 1.5 sessions only.
    case idzero

    // SOL.

    /// Senseless payload sizes: automatic when they are outside 5...259; with the flag always 32 characters.
    case solpayloadsize
    /// The activation names a port that does not work: automatic, the port is ignored.
    case solport
    /// Get Payload Activation Status fails: automatic, never asked.
    case solstatus
    /// Get Channel Payload Support fails: automatic, never asked.
    case solchannelsupport
    /// Input ignored unless the activation says "alerts deferred": automatic.
    case serialalertsdeferred
    /// The BMC stops acknowledging until the number moves on (Windmill, Winterfell): automatic after four
    /// tries.
    case solpacketseq
    /// The BMC never acknowledges a repeated number (OpenBMC): ask with an empty packet after the first try
    /// already.
    case strictSequence = "strict-sequence"
    /// "0 accepted" without NACK means all accepted (Intel; part of ipmitool's `intelplus`).
    case zeroCountIsAll = "zero-count-is-all"
    /// Activate without encryption when the BMC cannot do it with: console text goes over the network in
    /// clear.
    case allowUnencryptedSOL = "allow-unencrypted-sol"
    /// Activate without encryption at once, although the suite has it. In clear, as above.
    case forceUnencryptedSOL = "force-unencrypted-sol"
    /// Get Device ID as keepalive from the start, for BMCs that choke on Get Payload Instance Info. Theft is
    /// then seen only when the BMC tells.
    case deviceIDKeepalive = "device-id-keepalive"

    /// The session does it for every BMC; the name is accepted and changes nothing.
    package var isAutomatic: Bool {
        switch self {
        case .supermicro20, .sun20, .authcap, .integritycheckvalue, .solport, .solstatus, .solchannelsupport,
            .serialalertsdeferred, .solpacketseq:
            true
        case .intel20, .opensesspriv, .zeroOpenPrivilege, .kgOptional, .noProbe, .nochecksumcheck,
            .noauthcodecheck, .endianseq, .idzero, .solpayloadsize, .strictSequence, .zeroCountIsAll,
            .allowUnencryptedSOL, .forceUnencryptedSOL, .deviceIDKeepalive:
            false
        }
    }

    /// Switching it on gives up protection; worth a warning where configuration is checked.
    package var weakensProtection: Bool {
        switch self {
        case .noauthcodecheck, .allowUnencryptedSOL, .forceUnencryptedSOL: true
        default: false
        }
    }
}
