// SPDX-License-Identifier: Apache-2.0

import IPMI

/// One session slot of a simulated BMC, from Open Session to its end.
///
///     opened --RAKP 1--> challenged --RAKP 3--> active
///       any --Close, time-out, reboot--> gone (the slot is removed)
struct BMCSession: Sendable {
    enum Stage: Sendable {
        case opened
        case challenged(RAKPExchange, BMCUser)
        case active(any PacketCipher)
    }

    /// What the console puts into packets to us.
    let id: UInt32
    /// What we put into packets to it.
    let remoteConsoleSessionID: UInt32
    let peer: PeerAddress
    let suite: CipherSuite
    /// 1...: the handle of Get Session Info.
    let handle: UInt8
    var stage = Stage.opened
    var userID: UInt8 = 0
    var mayUseSOL = false
    var maximumPrivilege = PrivilegeLevel.user
    var privilege = PrivilegeLevel.user
    /// When it ends unless something keeps it alive.
    var expires: MonotonicInstant
    var sequence: UInt32 = 0
    var window: SessionSequenceWindow
    /// RAKP 4, to repeat it when the console repeats RAKP 3.
    var rakp4: [UInt8] = []
    /// Sequence numbers of IPMI requests we sent (SOL Activating).
    var requestSequence: UInt8 = 0

    init(
        id: UInt32,
        remoteConsoleSessionID: UInt32,
        peer: PeerAddress,
        suite: CipherSuite,
        handle: UInt8,
        expires: MonotonicInstant
    ) {
        self.id = id
        self.remoteConsoleSessionID = remoteConsoleSessionID
        self.peer = peer
        self.suite = suite
        self.handle = handle
        self.expires = expires
        self.window = SessionSequenceWindow(isAuthenticated: suite.isAuthenticated)
    }

    var cipher: (any PacketCipher)? {
        if case .active(let cipher) = self.stage { cipher } else { nil }
    }

    mutating func nextSequence(step: UInt32) -> UInt32 {
        self.sequence &+= step
        if self.sequence == 0 { self.sequence = 1 }
        return self.sequence
    }
}
