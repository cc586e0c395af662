// SPDX-License-Identifier: Apache-2.0

/// What an operator asked for. `OperatorSession` turns keys into these, in the order typed; the server carries them out
/// and answers what it cannot do with `OperatorText.status("... not available yet")`.
package enum OperatorEffect: Equatable, Sendable {
    // For the console. Only from an operator who has, or is asking for, the pen.

    /// Characters for the console.
    case send([UInt8])
    /// A serial break.
    case sendBreak
    /// A break and then this key within the kernel's window. Destructive ones have been confirmed.
    case sysrq(UInt8)
    /// The named break sequence `0`-`9`, `a`-`z`.
    case breakSequence(UInt8)
    /// One key by its name, such as `F11`.
    case sendKey(String)

    // For this operator alone.

    /// Text for this operator's terminal.
    case show([UInt8])
    /// End the attachment.
    case detach
    /// Change how this operator is attached. Answer with `modeChanged(to:)` or `OperatorText.status`.
    case setMode(ModeRequest)
    /// Show the host's screen again.
    case redraw
    /// Show the last lines again.
    case playback(lines: Int)
    /// Search the recent record.
    case search(String)
    /// Tell about this console.
    case information
    /// Tell who is attached: here, or everywhere.
    case who(all: Bool)
    /// List the consoles.
    case listConsoles
    /// Leave this console for another.
    case moveTo(console: String)
    /// The prefix is another from here on. The session has already changed; this is for the record.
    case prefixChanged(EscapePrefix)
    /// Translate keys for firmware.
    case keyTranslation(KeyTranslationRequest)
    /// List the named break sequences.
    case listBreakSequences
    /// Suspend the program at the operator's end, where that is `helio attach`.
    case suspend

    // For the console's keeper.

    /// Write a note into the log.
    case note(String)
    /// Message to everybody on this console.
    case broadcast(String)
    /// Give the console away.
    case consoleDown
    /// Open the console, or open it again.
    case consoleReopen
    /// Log on or off.
    case toggleLog
    /// The power menu.
    case powerMenu
    /// Run the configured task with this letter.
    case task(UInt8)
    /// List the configured tasks.
    case listTasks
}

/// How an operator wants to be attached.
package enum ModeRequest: String, Equatable, Sendable, CaseIterable {
    /// Read and write, if nobody else has the pen.
    case readWrite
    /// Read only.
    case spectate
    /// Read and write, taking the pen from who has it.
    case force
    /// Write beside who has the pen, where the configuration allows.
    case join
}

/// How an operator is attached.
package enum AttachMode: String, Equatable, Sendable, CaseIterable {
    /// Has the pen.
    case readWrite
    /// Reads.
    case spectator
    /// Writes beside the one who has the pen.
    case joined

    /// Whether what this operator types may go to the console.
    package var mayWrite: Bool { self != .spectator }

    /// As an operator reads it.
    package var title: String {
        switch self {
        case .readWrite: "read-write"
        case .spectator: "spectator (read-only)"
        case .joined: "read-write, shared"
        }
    }
}

/// What `K` asks for.
package enum KeyTranslationRequest: Equatable, Sendable {
    /// On if it was off, off if it was on.
    case toggle
    /// List the profiles.
    case list
    /// Choose the profile with this letter.
    case choose(UInt8)
}
