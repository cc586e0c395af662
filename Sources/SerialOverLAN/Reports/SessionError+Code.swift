// SPDX-License-Identifier: Apache-2.0

extension SessionError {
    /// The stable names of everything that can end a session.
    package enum Code: String, CaseIterable, Sendable {
        // Reaching the BMC.
        case noReply = "no-reply"
        case loginNoReply = "login-no-reply"
        case loginTimeout = "login-timeout"
        case notIPMI20 = "not-ipmi20"
        case malformedReply = "malformed-reply"

        // Logging in.
        case cipherSuiteUnsupported = "cipher-suite-unsupported"
        case cipherSuiteRefused = "cipher-suite-refused"
        case unknownUser = "unknown-user"
        case invalidUserName = "invalid-user-name"
        case wrongPassword = "wrong-password"
        case wrongBMCKey = "wrong-kg"
        case privilegeRefused = "privilege-refused"
        case loginRefused = "login-refused"
        case noSessionSlots = "no-session-slots"
        case bmcBusy = "bmc-busy"

        // Getting the console.
        case solUnsupported = "sol-unsupported"
        case solDisabled = "sol-disabled"
        case solNotPermitted = "sol-not-permitted"
        case solInUse = "sol-in-use"
        case solLimit = "sol-limit"
        case solRefused = "sol-refused"
        case encryptionUnavailable = "encryption-unavailable"
        case encryptionRequired = "encryption-required"

        // Keeping it.
        case solStolen = "sol-stolen"
        case solDeactivated = "sol-deactivated"
        case solReleased = "sol-released"
        case inputStuck = "input-stuck"
        case sessionLost = "session-lost"
        case bmcRestarted = "bmc-restarted"

        case internalError = "internal-error"
    }
}

extension SessionError.Code {
    /// What an operator can do, in one line. The manual's TROUBLESHOOTING section repeats it under the code.
    package var remedy: String {
        switch self {
        case .noReply:
            "Check the address, the route to the BMC, UDP port 623 and that IPMI over LAN is enabled."
        case .loginNoReply:
            "The BMC answers discovery but not the log-in; check that this user may use the LAN channel, or restart the BMC."
        case .loginTimeout:
            "The log-in took too long; the BMC or the network is overloaded, or the BMC's firmware needs a restart."
        case .notIPMI20:
            "The BMC speaks IPMI 1.5 only; update its firmware, or reach this console another way."
        case .malformedReply:
            "Something that is not an IPMI 2.0 BMC answers on this port; check the address and the port."
        case .cipherSuiteUnsupported:
            "Configure cipher suite 3 or 17; the one configured is not built in (RC4 suites never are)."
        case .cipherSuiteRefused:
            "Enable cipher suite 17 or 3 on the BMC, or name a suite it offers with 'cipher_suite'."
        case .unknownUser:
            "Check the user name and that this user is enabled for the LAN channel at the configured privilege."
        case .invalidUserName:
            "IPMI user names have at most 16 bytes; correct 'user'."
        case .wrongPassword:
            "Check the user's password on the BMC; IPMI 2.0 allows at most 20 bytes, some BMCs 16."
        case .wrongBMCKey:
            "Check K_g ('kg_file' and its kin) on both sides; leave it out where the BMC has none."
        case .privilegeRefused:
            "Give the user this privilege on the LAN channel, or lower 'privilege'."
        case .loginRefused:
            "The BMC refused the log-in with the status shown; look it up in the BMC's own log."
        case .noSessionSlots:
            "All sessions of the BMC are taken; close some, or wait until dead ones expire (about a minute)."
        case .bmcBusy:
            "The BMC is starting or updating its firmware; it is tried again by itself."
        case .solUnsupported:
            "This BMC has no Serial over LAN by IPMI 2.0; reach the console another way."
        case .solDisabled:
            "Enable SOL on the BMC's channel and for this user (ipmitool sol set enabled true, sol payload enable)."
        case .solNotPermitted:
            "SOL needs a higher privilege on this BMC; raise 'privilege' or lower the BMC's SOL privilege level."
        case .solInUse:
            "Somebody else holds the SOL payload; ask them to leave, or set 'takeover: always'."
        case .solLimit:
            "The BMC has no free SOL instance; close another console, or wait until a dead one expires."
        case .solRefused:
            "The BMC refused to activate SOL with the code shown; look it up in the BMC's own log."
        case .encryptionUnavailable:
            "The BMC cannot encrypt SOL; update its firmware, or allow clear text with 'allow-unencrypted-sol'."
        case .encryptionRequired:
            "The BMC wants SOL encrypted; use a cipher suite with encryption (3 or 17)."
        case .solStolen:
            "Another session took the SOL payload; talk to its owner. It is not taken back at once."
        case .solDeactivated:
            "Somebody deactivated SOL on the BMC; it is tried again after a while, or at once when you attach."
        case .solReleased:
            "The BMC dropped the SOL payload by itself; it is activated again. If it recurs, update its firmware."
        case .inputStuck:
            "The BMC stopped taking input and is logged in to again; if it recurs, restart the BMC."
        case .sessionLost:
            "The BMC fell silent; check its power and network. It is tried again by itself."
        case .bmcRestarted:
            "The BMC forgot our session, most likely by a restart; it is logged in to again at once."
        case .internalError:
            "A mistake of ours; please report it with the detail shown."
        }
    }

    /// How patiently to try again.
    package var retry: RetryClass {
        switch self {
        case .noReply, .loginNoReply, .loginTimeout, .malformedReply, .bmcBusy: .unreachable
        case .cipherSuiteUnsupported, .cipherSuiteRefused, .notIPMI20, .solUnsupported, .solDisabled,
            .solNotPermitted, .solRefused, .encryptionUnavailable, .encryptionRequired, .internalError:
            .disabled
        case .unknownUser, .invalidUserName, .wrongPassword, .wrongBMCKey, .privilegeRefused, .loginRefused:
            .credentials
        case .noSessionSlots, .solInUse, .solLimit: .busy
        case .solStolen, .solDeactivated: .stolen
        case .solReleased, .inputStuck, .sessionLost: .lost
        case .bmcRestarted: .restarted
        }
    }
}
