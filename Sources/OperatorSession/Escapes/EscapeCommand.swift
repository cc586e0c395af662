// SPDX-License-Identifier: Apache-2.0

/// One row of the escape table: the key after the prefix, what follows it, and its line on the help screen.
package struct EscapeCommand: Equatable, Sendable {
    /// What is read after the key.
    package enum Argument: Equatable, Sendable {
        /// Nothing: the command is complete.
        case none
        /// One key, at once.
        case key(KeyArgument)
        /// A line with a prompt of its own.
        case line(LinePrompt.Purpose)
        /// Three octal digits.
        case octal
        /// A letter or `?` if one follows quickly.
        case optionalKey
    }

    /// Commands that take one more key.
    package enum KeyArgument: Equatable, Sendable {
        case sysrq
        case breakSequence
        case task
    }

    package var key: UInt8
    package var argument: Argument
    /// What the help screen says.
    package var help: String
    /// Whether it types at the console, which a spectator may not.
    package var needsPen: Bool

    private init(
        _ key: Unicode.Scalar,
        _ help: String,
        _ argument: Argument = .none,
        needsPen: Bool = false
    ) {
        self.key = UInt8(ascii: key)
        self.argument = argument
        self.help = help
        self.needsPen = needsPen
    }

    /// All commands, in the order of the help screen.
    package static let table: [EscapeCommand] = [
        EscapeCommand(".", "detach"),
        EscapeCommand("?", "this help"),
        EscapeCommand("a", "attach read-write"),
        EscapeCommand("s", "become a spectator"),
        EscapeCommand("f", "force read-write"),
        EscapeCommand("j", "join as second writer"),
        EscapeCommand("B", "send a serial break", needsPen: true),
        EscapeCommand("S", "magic sysrq: + key; S? lists", .key(.sysrq), needsPen: true),
        EscapeCommand("l", "break sequence: + 0-9 a-z; l? lists", .key(.breakSequence), needsPen: true),
        EscapeCommand("k", "send a key by name: kF11 Enter", .line(.keyName), needsPen: true),
        EscapeCommand("K", "BIOS keys on/off; K? lists", .optionalKey),
        EscapeCommand("\\", "send an octal character: \\ooo", .octal, needsPen: true),
        EscapeCommand("t", "show the screen again"),
        EscapeCommand("p", "play back 60 lines"),
        EscapeCommand("r", "play back 20 lines"),
        EscapeCommand("/", "search the recent record", .line(.search)),
        EscapeCommand("i", "about this console"),
        EscapeCommand("w", "who is attached here"),
        EscapeCommand("u", "who is attached anywhere"),
        EscapeCommand("n", "write a note into the log", .line(.note)),
        EscapeCommand("b", "message to all here", .line(.broadcast)),
        EscapeCommand("d", "take the console down"),
        EscapeCommand("o", "open the console (again)"),
        EscapeCommand("L", "log on/off"),
        EscapeCommand("P", "power menu"),
        EscapeCommand("x", "list consoles"),
        EscapeCommand(";", "move to another console", .line(.console)),
        EscapeCommand("e", "change the escape: e keys Enter", .line(.prefix)),
        EscapeCommand("!", "run a task: + letter; !? lists", .key(.task)),
        EscapeCommand("z", "suspend (helio attach)"),
    ]

    package static func find(_ key: UInt8) -> EscapeCommand? { self.table.first { $0.key == key } }
}
