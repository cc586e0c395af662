// SPDX-License-Identifier: Apache-2.0

/// All verbs, in the order of the help text.
package enum VerbTable {
    package static let all: [VerbDescription] = watching + writing + records + machines + administration

    package static func description(of verb: Verb) -> VerbDescription {
        // A test holds that every verb has a row.
        self.all.first { $0.verb == verb } ?? VerbDescription(verb, "", isBuilt: false)
    }

    private static let watching: [VerbDescription] = [
        VerbDescription(
            .list,
            "consoles, their state and who is attached",
            operands: ["[NAMES]"],
            options: [
                .init(
                    "--state S,...",
                    "only these states: " + FleetState.allCases.map(\.rawValue).joined(separator: ", ")
                ),
                .json,
            ]
        ),
        VerbDescription(.status, "everything about one console", operands: ["NAME"], options: [.json]),
        VerbDescription(
            .attach,
            "be at a console",
            operands: ["NAME"],
            options: [
                .init("-r, --read-only", "only watch"),
                .init("-f, --force", "take the pen from whoever has it"),
                .init("-j, --join", "write beside whoever has the pen"),
                .init("-e, --escape E", "escape prefix: conserver, conman, ssh, telnet or keys such as ^X^X"),
            ]
        ),
        VerbDescription(.who, "who is attached where", operands: ["[NAMES]"], options: [.json]),
        VerbDescription(
            .disconnect,
            "end an attachment: number, USER or USER:CONSOLE",
            operands: ["WHO"]
        ),
        VerbDescription(.broadcast, "message to attached operators", operands: ["[NAMES]", "TEXT"]),
    ]

    private static let writing: [VerbDescription] = [
        VerbDescription(
            .send,
            "type at a console: the text, then the keys, then Enter",
            operands: ["NAME", "[TEXT]"],
            options: [
                .init("--key NAME...", "a key by name, such as F11; may be repeated"),
                .init("--enter", "then Enter"),
            ]
        ),
        VerbDescription(.break, "send a serial break", operands: ["NAME"]),
        VerbDescription(.sysrq, "send a break and a magic sysrq key", operands: ["NAME", "KEY"]),
        VerbDescription(
            .expect,
            "wait until a console prints something",
            operands: ["NAME", "PATTERN"],
            options: [.init("--timeout T", "give up after T"), .init("--send TEXT", "type this first")],
            isBuilt: false
        ),
    ]

    private static let records: [VerbDescription] = [
        VerbDescription(
            .log,
            "read a console's log",
            operands: ["NAME"],
            options: [
                .since, .until, .init("-n, --lines N", "the last N lines"),
                .init("-f, --follow", "and what comes"),
                .init("--raw", "the console's text without stamps"), .json,
            ],
            place: .either
        ),
        VerbDescription(
            .grep,
            "search the logs in time order",
            operands: ["[NAMES]", "PATTERN"],
            options: [
                .since, .until, .init("-C, --context N", "lines around"),
                .init("-i, --ignore-case", "either case"),
            ],
            place: .either,
            isBuilt: false
        ),
        VerbDescription(
            .replay,
            "play back with the original timing",
            operands: ["NAME"],
            options: [
                .since, .until, .init("--speed X", "so many times as fast"),
                .init("--export FORMAT", "write `cast` (asciicast) instead"),
            ],
            place: .either,
            isBuilt: false
        ),
        VerbDescription(
            .screen,
            "the screen now, or as it stood",
            operands: ["NAME"],
            options: [.init("--at T", "as it stood then")],
            place: .either,
            isBuilt: false
        ),
        VerbDescription(
            .crashes,
            "crash records; `show ID` prints one",
            operands: ["[NAMES]", "[ID]"],
            options: [.since, .json],
            place: .either,
            isBuilt: false
        ),
        VerbDescription(
            .scan,
            "look for crashes in any log",
            operands: ["FILE..."],
            options: [.json],
            place: .local,
            isBuilt: false
        ),
        VerbDescription(
            .events,
            "state changes, gaps, crashes, attachments",
            operands: ["[NAMES]"],
            options: [
                .since, .until, .init("-n, --lines N", "the last N"), .init("-f, --follow", "and what comes"),
                .json,
            ],
            isBuilt: false
        ),
    ]

    private static let machines: [VerbDescription] = [
        VerbDescription(
            .power,
            "status, on, off, cycle, reset, soft, diag",
            operands: ["NAMES", "ACTION"],
            options: [.init("--wait", "until it is done")],
            isBuilt: false
        ),
        VerbDescription(
            .bmc,
            "the BMC: sensors, SEL, boot device and more",
            operands: ["NAME", "WHAT", "[ARGUMENT]..."],
            isBuilt: false
        ),
        VerbDescription(.down, "give consoles away for maintenance", operands: ["NAMES"]),
        VerbDescription(.up, "take consoles back, or try again now", operands: ["NAMES"]),
    ]

    private static let administration: [VerbDescription] = [
        VerbDescription(.reload, "read the configuration again: all of it, or none"),
        VerbDescription(
            .check,
            "check a configuration file, or the daemon's",
            operands: ["[FILE]"],
            place: .either
        ),
        VerbDescription(
            .import,
            "make a configuration from another program's",
            operands: ["FILE"],
            place: .local,
            isBuilt: false
        ),
        VerbDescription(.hashPassword, "make a password hash for the configuration", place: .local),
        VerbDescription(.version, "versions", options: [.json], place: .either),
        VerbDescription(.help, "this text, or a verb's", operands: ["[VERB]"], place: .either),
    ]
}
