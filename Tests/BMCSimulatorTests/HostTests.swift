// SPDX-License-Identifier: Apache-2.0

import IPMI
import BMCSimulator
import Testing

@Suite("Simulated hosts")
struct HostTests {
    private static let start = MonotonicInstant.now

    /// A scripted host and what it printed so far, with a clock of its own.
    private struct Terminal {
        var host: ScriptedHost
        var now = HostTests.start
        var output: [UInt8] = []

        init(_ start: ScriptedHost.Start, bitRate: Int? = nil) {
            self.host = ScriptedHost(name: "web01", start: start, bitRate: bitRate, now: HostTests.start)
            self.run()
        }

        var text: String { String(decoding: self.output, as: UTF8.self) }

        mutating func run() { self.host.run(until: self.now, limit: .max, into: &self.output) }

        mutating func wait(_ duration: Duration) {
            let end = self.now + duration
            while let due = self.host.deadline, due <= end {
                self.now = max(self.now, due)
                self.run()
            }
            self.now = end
            self.run()
        }

        /// Types and returns what was printed within 0.3 s.
        mutating func type(_ text: String) -> String {
            let before = self.output.count
            self.host.receive(Array(text.utf8)[...], now: self.now)
            self.run()
            self.wait(.milliseconds(300))
            return String(decoding: self.output[before...], as: UTF8.self)
        }

        mutating func sysrq(_ key: String) -> String {
            self.host.receiveBreak(now: self.now)
            return self.type(key)
        }
    }

    @Test("boots from power-on to the login prompt")
    func boot() {
        var terminal = Terminal(.boot)
        terminal.wait(.seconds(30))
        for piece in [
            "Press <F2>", "GNU GRUB", "automatically in 3s", "Linux version 6.1.0", "Started",
            "web01 login: ",
        ] {
            #expect(terminal.text.contains(piece), "\(piece)")
        }
    }

    @Test(
        "opens the set-up menu for F2 in any notation, obeys keys, and boots on",
        arguments: ["\u{1B}OQ", "\u{1B}[12~", "\u{1B}2", "\u{1B}[3~"]
    )
    func setup(key: String) {
        var terminal = Terminal(.boot)
        terminal.wait(.seconds(2))
        #expect(terminal.type(key).contains("Setup Utility"))
        #expect(terminal.type("\u{1B}[C").contains("Hyper-Threading"))
        #expect(terminal.type("\u{1B}[B\r").contains("[Disabled]"))
        #expect(terminal.type("\u{1B}").contains("Discard changes"))
        #expect(terminal.type("n").contains("Hyper-Threading"))
        #expect(terminal.type("\u{1B}0").contains("Save configuration"))
        _ = terminal.type("\r")
        terminal.wait(.seconds(30))
        #expect(terminal.text.hasSuffix("web01 login: "))
    }

    @Test("logs in anybody, runs its commands, and lets go")
    func shell() {
        var terminal = Terminal(.login)
        #expect(terminal.type("root\r").hasSuffix("Password: "))
        let login = terminal.type("secret\r")
        #expect(!login.contains("secret") && login.hasSuffix("root@web01:~# "))
        #expect(terminal.type("echo hello  world\r") == "echo hello  world\r\nhello world\r\nroot@web01:~# ")
        #expect(terminal.type("uname -a\r").contains("Linux web01 6.1.0-28-amd64"))
        #expect(terminal.type("dmesg\r").contains("[    0.000000] Linux version"))
        #expect(terminal.type("nosuch\r").contains("-bash: nosuch: command not found"))
        #expect(terminal.type("ab\u{7F}c\u{15}exit\r").contains("logout"))
        #expect(terminal.text.hasSuffix("web01 login: "))
    }

    @Test("prints numbered lines on demand and stops for an interrupt")
    func flood() {
        var terminal = Terminal(.login)
        _ = terminal.type("root\r\r")
        let output = terminal.type("flood 3000\r")
        let numbers = output.split(separator: "\r\n").compactMap {
            LoadLine.verify(Array($0.utf8)[...])?.number
        }
        let (isComplete, endsWithPrompt) = (numbers == Array(1...3000), output.hasSuffix("# "))
        #expect(isComplete)
        #expect(endsWithPrompt)
        var slow = Terminal(.login, bitRate: 115_200)
        _ = slow.type("root\r\r")
        _ = slow.type("flood 1000000\r")
        #expect(slow.type("\u{3}").hasSuffix("^C\r\nroot@web01:~# "))
    }

    @Test(
        "panics by sysrq and by command, and boots again",
        arguments: ["sysrq", "panic\r", "echo c > /proc/sysrq-trigger\r"]
    )
    func panics(how: String) {
        var terminal = Terminal(.login)
        _ = terminal.type("root\r\r")
        let output = how == "sysrq" ? terminal.sysrq("c") : terminal.type(how)
        #expect(output.contains("Kernel panic - not syncing"))
        #expect(output.contains("Call Trace:"))
        #expect(output.contains("Rebooting in 7 seconds"))
        terminal.wait(.seconds(6))
        #expect(!terminal.text.contains("UEFI Firmware"))
        terminal.wait(.seconds(30))
        #expect(terminal.text.hasSuffix("web01 login: "))
    }

    @Test("takes only the character after a break for a sysrq, and only while it is fresh")
    func sysrq() {
        var terminal = Terminal(.login)
        _ = terminal.type("root\r\r")
        #expect(terminal.sysrq("h").contains("sysrq: HELP"))
        #expect(terminal.type("c") == "c")
        terminal.host.receiveBreak(now: terminal.now)
        terminal.wait(.seconds(6))
        #expect(terminal.type("b") == "b")
        #expect(terminal.sysrq("b").contains("sysrq: Resetting"))
        terminal.wait(.seconds(1))
        #expect(terminal.text.contains("UEFI Firmware"))
    }

    @Test("ignores a sysrq before Linux runs")
    func sysrqInFirmware() {
        var terminal = Terminal(.bios)
        #expect(!terminal.sysrq("c").contains("panic"))
    }

    @Test("obeys the chassis", arguments: PowerEvent.allCases)
    func power(_ event: PowerEvent) {
        var terminal = Terminal(.login)
        terminal.host.power(event, now: terminal.now)
        terminal.wait(.seconds(4))
        switch event {
        case .on: #expect(terminal.text.hasSuffix("login: "))
        case .off, .softOff: #expect(!terminal.host.isPowered)
        case .reset: #expect(terminal.text.contains("UEFI Firmware"))
        case .diagnosticInterrupt: #expect(terminal.text.contains("NMI: Not continuing"))
        }
    }

    @Test("prints no faster than its line", arguments: [9600, 115_200])
    func pacing(bitRate: Int) {
        var terminal = Terminal(.login, bitRate: bitRate)
        _ = terminal.type("root\r\r")
        _ = terminal.type("flood 1000000\r")
        let before = terminal.output.count
        terminal.wait(.seconds(10))
        let rate = Double(terminal.output.count - before) / 10
        #expect(abs(rate - Double(bitRate) / 10) < Double(bitRate) / 10 * 0.02)
    }

    @Test("print load at their rate and hold when told to")
    func load() {
        var host = LoadHost(name: "web01", load: LoadHost.Load(bytesPerSecond: 1000), now: Self.start)
        var output: [UInt8] = []
        var now = Self.start
        while let due = host.deadline, due <= Self.start + .seconds(60) {
            now = max(now, due)
            host.run(until: now, limit: 300, into: &output)
        }
        #expect((59_500...60_500).contains(output.count))
        let lines = output.split(separator: UInt8(ascii: "\n")).map { LoadLine.verify($0.dropLast())?.number }
        let isComplete = lines == (1...host.lastLine).map { $0 }
        #expect(isComplete)
        let before = output.count
        host.run(until: now + .seconds(30), limit: 10, into: &output)
        #expect(output.count == before + 10)
    }

    @Test(
        "write load lines that prove themselves",
        arguments: [("w", 80), ("a-long-console-name", 40), ("n", 0)]
    )
    func loadLine(name: String, width: Int) throws {
        var line = LoadLine(name: name, width: width)
        var bytes: [UInt8] = []
        line.append(123, to: &bytes)
        #expect(bytes.count == line.width)
        let text = bytes.dropLast(2)
        let verified = try #require(LoadLine.verify(text))
        #expect(verified.name == name && verified.number == 123)
        for index in text.indices {
            var torn = Array(text)
            torn.remove(at: index)
            #expect(LoadLine.verify(torn[...])?.number != 123 || torn == Array(text), "without byte \(index)")
        }
    }

    @Test("understand keys in pieces, and an ESC alone by its pause")
    func keys() {
        let sequences: [(String, [HostKey])] = [
            ("\u{1B}[A", [.up]), ("\u{1B}OQ", [.function(2)]),
            ("\u{1B}[21~x", [.function(10), .character(0x78)]),
            ("\r\u{7F}", [.enter, .delete]), ("\u{1B}\u{1B}[B", [.escape, .down]),
        ]
        for (text, expected) in sequences {
            let bytes = Array(text.utf8)
            for split in 0...bytes.count {
                var decoder = HostKeyDecoder()
                let keys =
                    decoder.decode(bytes[..<split], now: Self.start)
                    + decoder.decode(bytes[split...], now: Self.start)
                #expect(keys == expected, "\(text.debugDescription) split at \(split)")
            }
        }
        var decoder = HostKeyDecoder()
        #expect(decoder.decode([0x1B], now: Self.start) == [])
        #expect(decoder.timedOut(now: Self.start + .seconds(1)) == [.escape])
    }
}
