// SPDX-License-Identifier: Apache-2.0

/// What a console may be called.
package enum ConsoleName {
    /// The verbs of the command language. `ssh HOST web01` attaches, so a console may not bear one of them.
    package static let verbs: Set<String> = [
        "list", "status", "attach", "who", "disconnect", "broadcast", "log", "grep", "replay", "screen",
        "crashes", "scan",
        "events", "send", "break", "sysrq", "expect", "power", "bmc", "down", "up", "reload", "check",
        "import",
        "hash-password", "version", "help",
    ]

    /// Why this cannot be the name of a console; nil when it can.
    package static func problem(with name: String) -> String? {
        guard (1...128).contains(name.utf8.count) else { return "is not 1 to 128 characters long" }
        guard name.utf8.allSatisfy({ isNameByte($0, also: "._-") }) else {
            return "has a character other than letters, digits, \".\", \"_\" and \"-\""
        }
        guard name.utf8.first.map({ isNameByte($0, also: "_") }) == true else {
            return "does not begin with a letter, a digit or \"_\""
        }
        return Self.verbs.contains(name) ? "is a command's name" : nil
    }
}

/// What groups of consoles and of users, users, profiles and rule sets may be called.
enum GroupName {
    static func isValid(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.allSatisfy { isNameByte($0, also: "._-+") }
            && name.utf8.first.map { isNameByte($0, also: "_") } == true
    }
}

private func isNameByte(_ byte: UInt8, also others: String) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: others.utf8.contains(byte)
    }
}
