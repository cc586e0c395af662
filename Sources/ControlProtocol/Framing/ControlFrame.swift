// SPDX-License-Identifier: Apache-2.0

package import OperatorSession

// The control socket carries one command per connection, as frames in both directions:
//
//     helio                                        heliographd
//       | <------------------- hello(version) ------- |   at once after accept
//       | -- request(version, argv, terminal) ------> |   once, first
//       | -- stdin, stdinEnd, resize, sendBreak ----> |
//       | <------------- stdout, stderr, suspend ---- |
//       | <------------------------ exit(status) ---- |   last; then the daemon closes
//
// A frame is a big-endian 32-bit count of what follows, a type byte and the payload. The count is 1 to
// `ControlFrame.maximumLength`; anything else is not this protocol.

/// One frame on the control socket.
package enum ControlFrame: Equatable, Sendable {
    /// The daemon's first words. A client that reads anything else is not talking to heliographd.
    case hello(protocolVersion: UInt8, daemonVersion: String)
    /// What the client wants.
    case request(ControlRequest)
    /// What was typed.
    case stdin([UInt8])
    /// End of file at the client's input.
    case stdinEnd
    /// The client's window changed.
    case resize(columns: Int, rows: Int)
    /// A serial break, for clients that have another way to ask for it.
    case sendBreak
    /// The client is back from being suspended.
    case resumed
    /// For the client's standard output.
    case stdout([UInt8])
    /// For the client's standard error.
    case stderr([UInt8])
    /// The client is to restore the terminal and stop itself, as on `^Z`.
    case suspend
    /// The command is over.
    case exit(UInt8)

    /// The version of this protocol: changed when an old client would misunderstand.
    package static let protocolVersion: UInt8 = 1
    /// The longest frame, type byte included. Longer data is cut into several frames by `encoded`.
    package static let maximumLength = 256 * 1024
    /// Data in one `stdout`, `stderr` or `stdin` frame as we write them.
    package static let dataChunk = 32 * 1024
}

/// A command from a control-socket client.
package struct ControlRequest: Equatable, Sendable {
    package var protocolVersion: UInt8
    package var arguments: [String]
    /// Nil when the client's input or output is not a terminal.
    package var terminal: OperatorTerminal?

    package init(
        arguments: [String],
        terminal: OperatorTerminal?,
        protocolVersion: UInt8 = ControlFrame.protocolVersion
    ) {
        self.protocolVersion = protocolVersion
        self.arguments = arguments
        self.terminal = terminal
    }
}
