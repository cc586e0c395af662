// SPDX-License-Identifier: Apache-2.0

/// What the Linux kernel does on a break followed by a key (Documentation/admin-guide/sysrq.rst).
package struct SysrqKey: Equatable, Sendable {
    package var key: UInt8
    package var title: String

    private init(_ key: Unicode.Scalar, _ title: String) {
        self.key = UInt8(ascii: key)
        self.title = title
    }

    package static let table: [SysrqKey] = [
        SysrqKey("b", "reboot at once, no sync"),
        SysrqKey("c", "crash (and dump, if set up)"),
        SysrqKey("d", "show held locks"),
        SysrqKey("e", "SIGTERM to all but init"),
        SysrqKey("f", "kill a memory hog (OOM)"),
        SysrqKey("g", "enter kgdb"),
        SysrqKey("h", "help"),
        SysrqKey("i", "SIGKILL to all but init"),
        SysrqKey("j", "thaw frozen filesystems"),
        SysrqKey("k", "kill all on this terminal (SAK)"),
        SysrqKey("l", "backtrace of all CPUs"),
        SysrqKey("m", "show memory"),
        SysrqKey("n", "make real-time tasks nice"),
        SysrqKey("o", "power off"),
        SysrqKey("p", "show registers"),
        SysrqKey("q", "show timers"),
        SysrqKey("r", "keyboard out of raw mode"),
        SysrqKey("s", "sync filesystems"),
        SysrqKey("t", "show all tasks"),
        SysrqKey("u", "remount all read-only"),
        SysrqKey("v", "restore framebuffer console"),
        SysrqKey("w", "show blocked tasks"),
        SysrqKey("x", "per architecture"),
        SysrqKey("y", "per architecture"),
        SysrqKey("z", "dump the ftrace buffer"),
        SysrqKey("R", "replay kernel messages"),
    ]

    /// The keys that the kernel's table has room for: digits and letters.
    package static func isKey(_ key: UInt8) -> Bool {
        switch key {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    /// Keys that end what the machine is doing.
    package static func needsConfirmation(_ key: UInt8) -> Bool { "bcoieu".utf8.contains(key) }

    /// What a key does; digits set the console's log level.
    package static func title(of key: UInt8) -> String {
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(key) {
            return "log level \(key - UInt8(ascii: "0"))"
        }
        return self.table.first { $0.key == key }?.title ?? "not known to us"
    }
}
