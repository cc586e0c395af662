// SPDX-License-Identifier: Apache-2.0

package import IPMI
package import SerialOverLAN

/// Where a console stands. Every change is an event in its log.
package enum ConsoleState: Equatable, Sendable {
    /// Given away with `down`, or not opened yet: no session is wanted.
    case released
    /// A log-in is on its way or waits for its turn.
    case connecting
    /// Output is recorded.
    case up
    /// Connected, but the BMC does not answer at the moment.
    case suspect
    /// It did not work; tried again at `until`.
    case waiting(until: MonotonicInstant, error: SessionError)
}

/// How an entry is to be written into the console's log.
package enum RecordKind: Equatable, Sendable {
    case output
    /// A state change.
    case event
    /// Something an operator should look at: bytes lost, session stolen.
    case alert
}

/// What a `Console` wants done, in order.
package enum ConsoleAction: Equatable, Sendable {
    /// A datagram for the BMC.
    case send([UInt8])
    /// An entry for the log. Output always precedes the `send` of its acknowledgement.
    case record(RecordKind, [UInt8])
    /// Output that was acknowledged although the log could not take it: the loss is to be recorded when it
    /// can.
    case recordLoss(byteCount: Int)
    /// Call `login` as soon as the fleet's pace allows.
    case requestLogin
    /// Datagrams that bear this session ID are for this console from now on.
    case sessionBegan(id: UInt32)
    /// ... and no more.
    case sessionOver(id: UInt32)
    /// The BMC's session ID, to be kept over restarts of the daemon (nil: the session was closed in good
    /// order).
    case rememberBMCSession(UInt32?)
    /// So many bytes of what this reader typed are off our hands.
    case inputTaken(ReaderID, byteCount: Int)
    /// There is new output for the readers.
    case outputAvailable
    /// For events.jsonl and the daemon's log.
    case stateChanged(from: ConsoleState, to: ConsoleState)
    /// The address may have changed: resolve the BMC's name again.
    case resolveAddress
}
