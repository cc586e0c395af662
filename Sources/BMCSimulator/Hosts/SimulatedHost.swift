// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// What the chassis does to the host.
package enum PowerEvent: String, Equatable, Sendable, CaseIterable {
    case on
    case off
    case reset
    case diagnosticInterrupt = "nmi"
    /// The operating system is asked to shut down, as by a short press of the power button.
    case softOff = "soft"
}

/// The computer behind a simulated BMC's serial port: takes what is typed, prints what it prints. A machine like the
/// others: no clock, time comes in, one deadline goes out.
package protocol SimulatedHost: Sendable {
    /// False once the host has switched itself off or was switched off.
    var isPowered: Bool { get }

    /// When `run` has something to do although nothing was typed; nil if never.
    var deadline: MonotonicInstant? { get }

    /// The last load line begun, for hosts that print them.
    var lastLine: UInt32 { get }

    mutating func power(_ event: PowerEvent, now: MonotonicInstant)
    mutating func receive(_ characters: ArraySlice<UInt8>, now: MonotonicInstant)
    mutating func receiveBreak(now: MonotonicInstant)

    /// Lives until `now` and appends at most `limit` bytes of what the serial port transmitted; the rest waits,
    /// as if the other side had dropped CTS.
    mutating func run(until now: MonotonicInstant, limit: Int, into output: inout [UInt8])
}
