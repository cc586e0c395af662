// SPDX-License-Identifier: Apache-2.0

/// What happened at one simulated BMC: a verifier compares it with what arrived elsewhere.
package struct BMCStatistics: Equatable, Sendable {
    package var sessionsOpened = 0
    package var sessionsTimedOut = 0
    package var loginsRefused = 0
    package var activations = 0
    package var reboots = 0
    package var thefts = 0
    /// Datagrams that no session could use: unreadable, wrong AuthCode, unknown session.
    package var badDatagrams: UInt64 = 0
    package var datagramsReceived: UInt64 = 0
    package var datagramsSent: UInt64 = 0
    package var commands: UInt64 = 0
    package var nacksSent: UInt64 = 0
    /// Characters given to the host, and zlib's CRC-32 of them.
    package var inputCount: UInt64 = 0
    package var inputCRC = CRC32()
    package var breaks = 0

    package init() {}
}
