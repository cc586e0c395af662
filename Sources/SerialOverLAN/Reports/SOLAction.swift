// SPDX-License-Identifier: Apache-2.0

/// What a `SOLSession` wants done, in order.
package enum SOLAction: Equatable, Sendable {
    /// A datagram for the BMC.
    case send([UInt8])
    /// New console characters, each once. Always precedes the `.send` of their acknowledgement: what the BMC
    /// may forget, we hold.
    case output([UInt8])
    /// The console works. Comes once before the first `.output`, and once more if the payload had to be
    /// activated anew within the session.
    case established(SOLEstablished)
    /// The input queue has room again after `send` accepted less than it was offered.
    case inputRoom
    case event(SOLEvent)
    /// The session is over: nil after `stop`, otherwise why. Always the last action.
    case ended(SessionError?)
}
