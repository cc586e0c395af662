// SPDX-License-Identifier: Apache-2.0

import IPMI
import ConsoleHub
import LogStore
import NIOCore

/// One console on its shard: the pure machine and what ties it to the world. Touched only by the shard.
final class ConsoleSlot {
    let id: Int
    let logID: LogID
    var console: Console
    /// The BMC's address; nil until its name is resolved.
    var peer: SocketAddress?
    /// Which of the shard's sockets it speaks through; nil as long as the address is not known.
    var socket: Int?
    var attachments: [ReaderID: Attachment] = [:]
    /// What the timer wheel is set for on its behalf.
    var scheduled: (tick: Int64, deadline: MonotonicInstant)?
    /// It waits in `Shard.loginQueue`.
    var isQueued = false
    /// It is in `Shard.touched` and will be looked after at the end of the turn.
    var isTouched = false
    /// It is to be dropped once its session is closed.
    var isRemoved = false
    var stateSince: WallTime
    var lastOutput: WallTime?

    init(id: Int, logID: LogID, console: Console, now: WallTime) {
        self.id = id
        self.logID = logID
        self.console = console
        self.stateSince = now
    }
}
