// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A server as one meets it on a serial console: firmware, set-up menu, boot loader, Linux, login, shell, panic.
///
///     off --on--> post --F2/Del--> setup --leave--> post
///                  |                                        +--exit--+
///                  v                                        v        |
///              bootMenu --> kernel --> services --> loginName --> password --> shell <--> flooding
///                                         any of Linux's stages: break + c, panic --> panicking --> dead --> post
///                                         reboot, poweroff, soft off --> goingDown --> post or off
package struct ScriptedHost: SimulatedHost {
    /// Where the host stands when the simulator starts.
    package enum Start: String, Equatable, Sendable, CaseIterable {
        /// Power-on: POST, boot loader, kernel, login.
        case boot
        /// The login prompt has been there for long.
        case login
        /// Somebody left it in the set-up menu.
        case bios
    }

    private enum AfterShutdown: Equatable, Sendable { case reboot, powerOff }

    private enum Stage: Equatable, Sendable {
        case off
        case post(next: Int)
        case setup(BIOSSetup)
        case bootMenu(secondsLeft: Int?)
        case kernel(next: Int)
        case services(next: Int)
        case loginName
        case password(user: String)
        case shell(user: String)
        case flooding(user: String, next: UInt32, last: UInt32)
        case goingDown(next: Int, then: AfterShutdown)
        case panicking(next: Int, reason: String, command: String)
        case dead

        /// A kernel runs that would hear a sysrq.
        var isLinux: Bool {
            switch self {
            case .kernel, .services, .loginName, .password, .shell, .flooding, .goingDown: true
            case .off, .post, .setup, .bootMenu, .panicking, .dead: false
            }
        }
    }

    /// After a break the next character within this time is a sysrq command, as in Linux's serial core.
    private static let sysrqPatience: Duration = .seconds(5)
    private static let rebootAfterPanic = 7
    /// Longest line the shell edits; more is ignored with a bell.
    private static let longestLine = 4096

    private let name: String
    /// Multiplies every pause of the scripts: 1 is natural, 0.01 for tests.
    private let pace: Double
    private var serial: SerialLine
    private var keys = HostKeyDecoder()
    private var stage: Stage = .off
    private var wakeAt: MonotonicInstant?
    /// Printed, not yet transmitted. Bounded by what one command prints; `flood` prints as it drains.
    private var queue: [UInt8] = []
    private var transmitAt: MonotonicInstant?
    private var typed: [UInt8] = []
    private var kernelStart: MonotonicInstant
    private var sysrqUntil: MonotonicInstant?
    private var floodLine: LoadLine
    package private(set) var lastLine: UInt32 = 0

    package init(
        name: String,
        start: Start = .boot,
        bitRate: Int? = 115_200,
        pace: Double = 1,
        now: MonotonicInstant
    ) {
        self.name = name
        self.pace = pace
        self.serial = SerialLine(bitRate: bitRate)
        self.kernelStart = now
        self.floodLine = LoadLine(name: name)
        switch start {
        case .boot: self.beginPOST(now: now)
        case .login: self.beginLogin(now: now)
        case .bios: self.beginSetup(now: now)
        }
    }

    package var isPowered: Bool { self.stage != .off }

    package var deadline: MonotonicInstant? {
        [self.wakeAt, self.transmitAt, self.keys.deadline].compactMap { $0 }.min()
    }

    // MARK: Chassis

    package mutating func power(_ event: PowerEvent, now: MonotonicInstant) {
        switch event {
        case .on:
            if self.stage == .off { self.beginPOST(now: now) }
        case .off: self.switchOff()
        case .reset: self.beginPOST(now: now)
        case .diagnosticInterrupt:
            if self.stage.isLinux { self.panic("NMI: Not continuing", command: "swapper/7", now: now) }
        case .softOff:
            if self.stage.isLinux { self.goDown(then: .powerOff, now: now) } else { self.switchOff() }
        }
    }

    private mutating func switchOff() {
        self.stage = .off
        self.wakeAt = nil
        self.queue = []
        self.typed = []
        self.sysrqUntil = nil
    }

    private mutating func beginPOST(now: MonotonicInstant) {
        self.queue = []
        self.typed = []
        self.sysrqUntil = nil
        self.stage = .post(next: 0)
        self.wake(after: .zero, now)
    }

    private mutating func beginSetup(now: MonotonicInstant) {
        let setup = BIOSSetup()
        setup.draw(&self.queue)
        self.wakeAt = nil
        self.stage = .setup(setup)
    }

    private mutating func beginLogin(now: MonotonicInstant) {
        self.typed = []
        self.print(BootScript.issue(name: self.name))
        self.print("\(self.name) login: ")
        self.wakeAt = nil
        self.stage = .loginName
    }

    // MARK: Time

    private mutating func wake(after pause: Duration, _ now: MonotonicInstant) {
        self.wakeAt = now + pause * self.pace
    }

    package mutating func run(until now: MonotonicInstant, limit: Int, into output: inout [UInt8]) {
        while let due = self.wakeAt, due <= now { self.advance(at: due) }
        for key in self.keys.timedOut(now: now) { self.press(key, now: now) }
        self.transmit(now: now, limit: limit, into: &output)
    }

    private mutating func transmit(now: MonotonicInstant, limit: Int, into output: inout [UInt8]) {
        let allowance = self.serial.allowance(now: now)
        var room = min(limit, allowance)
        self.refillFlood(atLeast: room)
        let count = max(0, min(room, self.queue.count))
        if count > 0 {
            output.append(contentsOf: self.queue[..<count])
            self.queue.removeFirst(count)
            self.serial.spend(count)
            room -= count
        }
        if self.queue.isEmpty {
            self.serial.wasIdle()
            self.transmitAt = self.isFlooding ? now : nil
        } else {
            // Held back by the rate: come again. Held back by the BMC: it runs us when it has room.
            self.transmitAt = limit > count ? self.serial.nextTurn(now: now) : nil
        }
    }

    /// One step of what happens by itself, due at `due`. Sets the next `wakeAt`.
    private mutating func advance(at due: MonotonicInstant) {
        self.wakeAt = nil
        switch self.stage {
        case .post(let next): self.advancePOST(next, due)
        case .bootMenu(let seconds): self.advanceBootMenu(seconds, due)
        case .kernel(let next): self.advanceKernel(next, due)
        case .services(let next): self.advanceServices(next, due)
        case .goingDown(let next, let then): self.advanceShutdown(next, then, due)
        case .panicking(let next, let reason, let command): self.advancePanic(next, reason, command, due)
        case .dead: self.beginPOST(now: due)
        case .off, .setup, .loginName, .password, .shell, .flooding: break
        }
    }

    private mutating func advancePOST(_ next: Int, _ due: MonotonicInstant) {
        let script = BootScript.post(name: self.name)
        if next > 0 { self.print(script[next - 1].text) }
        guard next < script.count else {
            self.print(BootScript.bootMenu)
            self.stage = .bootMenu(secondsLeft: 5)
            return self.wake(after: .zero, due)
        }
        self.stage = .post(next: next + 1)
        self.wake(after: script[next].pause, due)
    }

    private mutating func advanceBootMenu(_ seconds: Int?, _ due: MonotonicInstant) {
        guard let seconds else { return }
        guard seconds > 0 else { return self.beginKernel(now: due) }
        self.print(BootScript.countdown(seconds))
        self.stage = .bootMenu(secondsLeft: seconds - 1)
        self.wake(after: .seconds(1), due)
    }

    private mutating func beginKernel(now: MonotonicInstant) {
        self.print(
            "\u{1B}[2J\u{1B}[HLoading Linux \(BootScript.kernelVersion) ...\r\nLoading initial ramdisk ...\r\n"
        )
        self.stage = .kernel(next: 0)
        self.wake(after: .seconds(1), now)
    }

    private mutating func advanceKernel(_ next: Int, _ due: MonotonicInstant) {
        let log = BootScript.kernelLog(name: self.name)
        if next == 0 { self.kernelStart = due }
        guard next < log.count else {
            self.stage = .services(next: 0)
            return self.wake(after: .milliseconds(300), due)
        }
        self.print(Self.stamped(log[next].time, log[next].text))
        let pause = next + 1 < log.count ? log[next + 1].time - log[next].time : 0.2
        self.stage = .kernel(next: next + 1)
        self.wake(after: .microseconds(Int(pause * 1_000_000)), due)
    }

    private mutating func advanceServices(_ next: Int, _ due: MonotonicInstant) {
        guard next < BootScript.services.count else { return self.beginLogin(now: due) }
        self.print(
            "[\u{1B}[0;32m  OK  \u{1B}[0m] Started \u{1B}[0;1;39m\(BootScript.services[next])\u{1B}[0m.\r\n"
        )
        self.stage = .services(next: next + 1)
        self.wake(after: .milliseconds(150), due)
    }

    private mutating func goDown(then: AfterShutdown, now: MonotonicInstant) {
        self.typed = []
        self.stage = .goingDown(next: 0, then: then)
        self.wake(after: .milliseconds(100), now)
    }

    private mutating func advanceShutdown(_ next: Int, _ then: AfterShutdown, _ due: MonotonicInstant) {
        if next < BootScript.services.count {
            let service = BootScript.services[BootScript.services.count - 1 - next]
            self.print("[\u{1B}[0;32m  OK  \u{1B}[0m] Stopped \u{1B}[0;1;39m\(service)\u{1B}[0m.\r\n")
        } else {
            self.printKernel(then == .reboot ? "reboot: Restarting system" : "reboot: Power down", now: due)
        }
        guard next <= BootScript.services.count else {
            guard then == .reboot else { return self.switchOff() }
            return self.beginPOST(now: due)
        }
        self.stage = .goingDown(next: next + 1, then: then)
        self.wake(after: .milliseconds(150), due)
    }

    // MARK: Panic and sysrq

    private mutating func panic(_ reason: String, command: String, now: MonotonicInstant) {
        self.typed = []
        self.sysrqUntil = nil
        self.stage = .panicking(next: 0, reason: reason, command: command)
        self.wake(after: .zero, now)
    }

    private mutating func advancePanic(
        _ next: Int,
        _ reason: String,
        _ command: String,
        _ due: MonotonicInstant
    ) {
        let lines = BootScript.panic(reason: reason, command: command)
        guard next < lines.count else {
            self.printKernel("Rebooting in \(Self.rebootAfterPanic) seconds..", now: due)
            self.stage = .dead
            return self.wake(after: .seconds(Self.rebootAfterPanic), due)
        }
        self.printKernel(lines[next], now: due)
        self.stage = .panicking(next: next + 1, reason: reason, command: command)
        self.wake(after: .milliseconds(2), due)
    }

    package mutating func receiveBreak(now: MonotonicInstant) {
        self.catchUp(to: now)
        if self.stage.isLinux { self.sysrqUntil = now + Self.sysrqPatience }
    }

    private mutating func sysrq(_ byte: UInt8, now: MonotonicInstant) {
        switch byte {
        case UInt8(ascii: "c"):
            self.printKernel("sysrq: Trigger a crash", now: now)
            self.panic("sysrq triggered crash", command: "swapper/7", now: now)
        case UInt8(ascii: "b"):
            self.printKernel("sysrq: Resetting", now: now)
            self.beginResetKeepingOutput(now: now)
        case UInt8(ascii: "s"):
            self.printKernel("sysrq: Emergency Sync", now: now)
            self.printKernel("Emergency Sync complete", now: now)
        case UInt8(ascii: "u"): self.printKernel("sysrq: Emergency Remount R/O", now: now)
        case UInt8(ascii: "m"): self.printKernel("sysrq: Show Memory", now: now)
        case UInt8(ascii: "o"):
            self.printKernel("sysrq: Power Off", now: now)
            self.switchOff()
        default: self.printKernel(BootScript.sysrqHelp, now: now)
        }
    }

    private mutating func beginResetKeepingOutput(now: MonotonicInstant) {
        let printed = self.queue
        self.beginPOST(now: now)
        self.queue = printed
    }

    // MARK: Typing

    package mutating func receive(_ characters: ArraySlice<UInt8>, now: MonotonicInstant) {
        self.catchUp(to: now)
        for byte in characters {
            if let until = self.sysrqUntil {
                self.sysrqUntil = nil
                if now <= until {
                    self.sysrq(byte, now: now)
                    continue
                }
            }
            self.receive(byte, now: now)
        }
    }

    private mutating func catchUp(to now: MonotonicInstant) {
        while let due = self.wakeAt, due <= now { self.advance(at: due) }
    }

    private mutating func receive(_ byte: UInt8, now: MonotonicInstant) {
        switch self.stage {
        case .off, .kernel, .services, .goingDown, .panicking, .dead: break
        case .post, .setup, .bootMenu:
            for key in self.keys.decode([byte], now: now) { self.press(key, now: now) }
        case .loginName, .password, .shell: self.edit(byte, now: now)
        case .flooding(let user, _, _):
            guard byte == 0x03 else { return }
            self.queue = []
            self.print("^C\r\n")
            self.beginShell(user)
        }
    }

    private mutating func press(_ key: HostKey, now: MonotonicInstant) {
        switch self.stage {
        case .post:
            guard key == .function(2) || key == .delete else { return }
            self.print("\r\nEntering Setup...\r\n")
            self.beginSetup(now: now)
        case .setup(var setup):
            let outcome = setup.press(key, output: &self.queue)
            self.stage = .setup(setup)
            if case .leave = outcome { self.beginPOST(now: now) }
        case .bootMenu:
            if key == .enter { return self.beginKernel(now: now) }
            self.stage = .bootMenu(secondsLeft: nil)
            self.wakeAt = nil
        case .off, .kernel, .services, .loginName, .password, .shell, .flooding, .goingDown, .panicking,
            .dead:
            break
        }
    }

    /// The terminal driver's line editing: echo (not for a password), erase, kill, interrupt.
    private mutating func edit(_ byte: UInt8, now: MonotonicInstant) {
        let echoes = if case .password = self.stage { false } else { true }
        switch byte {
        case 0x0D, 0x0A:
            self.print("\r\n")
            let line = String(decoding: self.typed, as: UTF8.self)
            self.typed = []
            self.enter(line, now: now)
        case 0x08, 0x7F:
            guard self.typed.popLast() != nil, echoes else { return }
            self.print("\u{8} \u{8}")
        case 0x15:
            if echoes { self.print(String(repeating: "\u{8} \u{8}", count: self.typed.count)) }
            self.typed = []
        case 0x03:
            self.typed = []
            self.print("^C\r\n")
            self.prompt()
        case 0x04 where self.typed.isEmpty:
            if case .shell = self.stage { self.leaveShell(now: now) }
        case 0x00..<0x20: break
        default:
            guard self.typed.count < Self.longestLine else { return self.print("\u{7}") }
            self.typed.append(byte)
            if echoes { self.queue.append(byte) }
        }
    }

    private mutating func prompt() {
        switch self.stage {
        case .loginName: self.print("\(self.name) login: ")
        case .password: self.print("Password: ")
        case .shell(let user): self.print("\(user)@\(self.name):~\(user == "root" ? "#" : "$") ")
        case .off, .post, .setup, .bootMenu, .kernel, .services, .flooding, .goingDown, .panicking, .dead:
            break
        }
    }

    private mutating func enter(_ line: String, now: MonotonicInstant) {
        switch self.stage {
        case .loginName:
            if !line.isEmpty { self.stage = .password(user: line) }
            self.prompt()
        case .password(let user):
            self.print("Linux \(self.name) \(BootScript.kernelVersion) \(BootScript.kernelBuild) x86_64\r\n")
            self.print("Last login: Sat Nov 21 09:14:02 UTC 2026 on ttyS1\r\n")
            self.beginShell(user)
        case .shell(let user): self.execute(line, user: user, now: now)
        case .off, .post, .setup, .bootMenu, .kernel, .services, .flooding, .goingDown, .panicking, .dead:
            break
        }
    }

    // MARK: Shell

    private mutating func beginShell(_ user: String) {
        self.stage = .shell(user: user)
        self.prompt()
    }

    private mutating func leaveShell(now: MonotonicInstant) {
        self.print("logout\r\n")
        self.beginLogin(now: now)
    }

    private mutating func execute(_ line: String, user: String, now: MonotonicInstant) {
        let words = line.split(separator: " ").map(String.init)
        guard let command = words.first else { return self.prompt() }
        switch command {
        case "echo" where words.dropFirst(2) == [">", "/proc/sysrq-trigger"]:
            for byte in words[1].utf8.prefix(1) { self.sysrq(byte, now: now) }
        case "echo": self.print(words.dropFirst().joined(separator: " ") + "\r\n")
        case "uname":
            let all =
                "Linux \(self.name) \(BootScript.kernelVersion) \(BootScript.kernelBuild) x86_64 GNU/Linux"
            self.print((words.contains("-a") ? all : "Linux") + "\r\n")
        case "hostname": self.print("\(self.name)\r\n")
        case "dmesg":
            for entry in BootScript.kernelLog(name: self.name) {
                self.print(Self.stamped(entry.time, entry.text))
            }
        case "panic": self.panic("Fatal exception", command: "panic", now: now)
        case "reboot": self.goDown(then: .reboot, now: now)
        case "poweroff", "halt": self.goDown(then: .powerOff, now: now)
        case "exit", "logout": return self.leaveShell(now: now)
        case "clear": self.print("\u{1B}[H\u{1B}[2J")
        case "flood": return self.flood(words.dropFirst().first.flatMap { UInt32($0) } ?? 100, user: user)
        case "help": self.print("echo uname hostname dmesg flood panic reboot poweroff clear exit\r\n")
        default: self.print("-bash: \(command): command not found\r\n")
        }
        self.prompt()
    }

    private var isFlooding: Bool {
        if case .flooding = self.stage { true } else { false }
    }

    private mutating func flood(_ count: UInt32, user: String) {
        guard count > 0 else { return self.prompt() }
        self.stage = .flooding(user: user, next: 1, last: count)
    }

    /// Prints lines of `flood` only as they are about to leave, so that a million of them need no memory.
    private mutating func refillFlood(atLeast room: Int) {
        let enough = min(room, 65_536)
        while case .flooding(let user, let next, let last) = self.stage, self.queue.count <= enough {
            self.floodLine.append(next, to: &self.queue)
            self.lastLine = next
            if next < last {
                self.stage = .flooding(user: user, next: next + 1, last: last)
            } else {
                self.beginShell(user)
            }
        }
    }

    // MARK: Printing

    private mutating func print(_ text: String) {
        self.queue.append(contentsOf: text.utf8)
    }

    private mutating func printKernel(_ text: String, now: MonotonicInstant) {
        let (seconds, attoseconds) = (now - self.kernelStart).components
        self.print(Self.stamped(Double(seconds) + Double(attoseconds) * 1e-18, text))
    }

    private static func stamped(_ seconds: Double, _ text: String) -> String {
        let microseconds = Int(max(0, seconds) * 1_000_000)
        let whole = String(microseconds / 1_000_000)
        let fraction = String(microseconds % 1_000_000)
        let left = String(repeating: " ", count: max(0, 5 - whole.count))
        return "[\(left)\(whole).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)] \(text)\r\n"
    }
}
