// SPDX-License-Identifier: Apache-2.0

// What an operator types, turned into effects.
//
//                      first keys of the prefix            prefix complete
//     text(held: 0) -------------------------> text(held: n) -----------> command
//        ^   ^   |  other key, or escape timeout: keys go out                |
//        |   +---+-------------------------------------------------+        |
//        |                                                          |        |
//        +-- effect ---------------------- no argument -------------|--------+
//        +-- effect <- key(sysrq, ...) <-- one more key             |        |
//        |               `-> confirm --- y --> effect               |        |
//        +-- effect <- octal <------------ three digits             |        |
//        +-- effect <- optionalKey <------ a letter, if soon        |        |
//        +-- effect <- line <------------- Enter; Esc cancels       |        |
//                                                                   +-- not a command: all of it goes out unchanged
//
// Every step takes one key, so a sequence may be cut anywhere. What goes out as text is never more than what came in
// plus `heldByteCount`, so that who has room for n bytes may pass n - `heldByteCount` keys.

/// One attached operator's side of the conversation: keys in, effects out. Lives at the operator's door.
package struct OperatorSession: Sendable {
    /// What the configuration says about escapes.
    package struct Configuration: Equatable, Sendable {
        package var prefix: EscapePrefix
        /// How long the first keys of a prefix may wait for the rest before they are sent on; nil: for ever.
        package var escapeTimeout: Duration?

        package init(prefix: EscapePrefix = .conserver, escapeTimeout: Duration? = nil) {
            self.prefix = prefix
            self.escapeTimeout = escapeTimeout
        }

        /// From keys that were read elsewhere.
        package init(
            keys: [UInt8],
            onlyAfterNewline: Bool,
            escapeTimeout: Duration? = nil
        ) throws(EscapePrefixError) {
            let prefix = try EscapePrefix(bytes: keys, onlyAfterNewline: onlyAfterNewline)
            self.init(prefix: prefix, escapeTimeout: escapeTimeout)
        }
    }

    private enum State: Equatable {
        /// Text for the console; so many keys of the prefix are held back, the last one typed then.
        case text(held: Int, at: ContinuousClock.Instant?)
        /// The prefix is complete.
        case command
        case key(EscapeCommand.KeyArgument)
        case octal([UInt8])
        case optionalKey(until: ContinuousClock.Instant)
        case confirm(sysrq: UInt8)
        case line(LinePrompt)

        static let idle = State.text(held: 0, at: nil)
    }

    /// Effects being collected; text is joined until something else comes.
    private struct Output {
        var effects: [OperatorEffect] = []
        var text: [UInt8] = []
    }

    /// How long `K` waits for a letter before it means the switch alone.
    package static let optionalKeyPatience: Duration = .milliseconds(600)
    /// A spectator who types is told so at most this often.
    package static let hintInterval: Duration = .seconds(5)
    /// Lines that `p` and `r` play back.
    package static let longPlayback = 60
    package static let shortPlayback = 20

    package private(set) var prefix: EscapePrefix
    package private(set) var mode: AttachMode
    package var escapeTimeout: Duration?
    private var state = State.idle
    private var atLineStart = true
    /// A request for the pen is out; until it is answered the console decides whether typing is taken.
    private var askedForPen = false
    private var nextHint: ContinuousClock.Instant?

    package init(configuration: Configuration, mode: AttachMode) {
        self.prefix = configuration.prefix
        self.escapeTimeout = configuration.escapeTimeout
        self.mode = mode
    }

    /// When `wakeUp` has something to do.
    package var deadline: ContinuousClock.Instant? {
        switch self.state {
        case .text(_, let at?): self.escapeTimeout.map { at + $0 }
        case .optionalKey(let until): until
        case .line(let prompt): prompt.deadline
        case .text, .command, .key, .octal, .confirm: nil
        }
    }

    /// Keys held back that may still go out as text.
    package var heldByteCount: Int {
        switch self.state {
        case .text(let held, _): held
        case .command: self.prefix.bytes.count
        case .key: self.prefix.bytes.count + 1
        case .octal(let digits): self.prefix.bytes.count + 1 + digits.count
        case .optionalKey, .confirm, .line: 0
        }
    }

    /// True while a prompt has the keyboard: what others would like to show is better held back until it is done.
    package var isPrompting: Bool {
        switch self.state {
        case .line, .confirm: true
        case .text, .command, .key, .octal, .optionalKey: false
        }
    }

    // MARK: Inputs

    /// Takes what the operator typed.
    package mutating func receive(_ bytes: ArraySlice<UInt8>, now: ContinuousClock.Instant)
        -> [OperatorEffect]
    {
        guard !bytes.isEmpty else { return [] }
        if self.state == .idle, !bytes.contains(self.prefix.bytes[0]) {
            self.noteLineStart(after: bytes)
            return self.mayType ? [.send(Array(bytes))] : self.hint(now: now)
        }
        var output = Output()
        self.expire(now: now, &output)
        var rest = bytes
        while let byte = rest.first {
            if self.state == .idle {
                self.takeText(&rest, now: now, &output)
            } else {
                rest.removeFirst()
                self.take(byte, now: now, &output)
            }
        }
        return self.finish(&output, now: now)
    }

    /// Does what is due at `deadline`.
    package mutating func wakeUp(now: ContinuousClock.Instant) -> [OperatorEffect] {
        var output = Output()
        self.expire(now: now, &output)
        return self.finish(&output, now: now)
    }

    /// The operator will type no more: keys held back go out.
    package mutating func inputEnded(now: ContinuousClock.Instant) -> [OperatorEffect] {
        var output = Output()
        switch self.state {
        case .text(let held, _): output.text += self.prefix.bytes.prefix(held)
        case .command: output.text += self.prefix.bytes
        case .key, .octal, .optionalKey, .confirm, .line: break
        }
        self.state = .idle
        return self.finish(&output, now: now)
    }

    /// How the operator is attached now: the answer to `.setMode`, granted or not, and whenever it changes otherwise.
    package mutating func modeChanged(to mode: AttachMode) {
        self.mode = mode
        self.askedForPen = false
        if mode.mayWrite { self.nextHint = nil }
    }

    /// The console did not take what was typed, because somebody else has the pen. Returns a hint, not too often.
    package mutating func inputRefused(now: ContinuousClock.Instant) -> [OperatorEffect] {
        self.hint(now: now)
    }

    /// Changes the prefix from outside, as a new configuration does. Keys held back go out.
    package mutating func setPrefix(_ prefix: EscapePrefix, now: ContinuousClock.Instant) -> [OperatorEffect]
    {
        guard prefix != self.prefix else { return [] }
        let effects: [OperatorEffect] = self.isPrompting ? [] : self.inputEnded(now: now)
        self.prefix = prefix
        return effects
    }

    // MARK: Text

    /// Takes a run without the prefix's first key at once, then that key.
    private mutating func takeText(
        _ rest: inout ArraySlice<UInt8>,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        let end = rest.firstIndex(of: self.prefix.bytes[0]) ?? rest.endIndex
        let run = rest[..<end]
        if !run.isEmpty {
            output.text += run
            self.noteLineStart(after: run)
        }
        rest = rest[end...]
        guard let byte = rest.popFirst() else { return }
        self.match(byte, held: 0, now: now, &output)
    }

    private mutating func noteLineStart(after text: ArraySlice<UInt8>) {
        guard let last = text.last else { return }
        self.atLineStart = last == 0x0D || last == 0x0A
    }

    /// One key while `held` keys of the prefix have been typed: Knuth, Morris and Pratt's search, so that `^X^X` is found
    /// wherever it begins.
    private mutating func match(
        _ byte: UInt8,
        held: Int,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        let keys = self.prefix.bytes
        var held = held
        while true {
            let allowed = held > 0 || !self.prefix.onlyAfterNewline || self.atLineStart
            if allowed, keys[held] == byte {
                held += 1
                self.state = held == keys.count ? .command : .text(held: held, at: now)
                return
            }
            guard held > 0 else { break }
            let shorter = self.prefix.onlyAfterNewline ? 0 : self.border(of: held)
            output.text += keys[..<(held - shorter)]
            self.atLineStart = false
            held = shorter
        }
        output.text.append(byte)
        self.atLineStart = byte == 0x0D || byte == 0x0A
        self.state = .idle
    }

    /// How many of the prefix's first keys also end its first `count` keys.
    private func border(of count: Int) -> Int {
        let keys = self.prefix.bytes.prefix(count)
        for length in stride(from: count - 1, to: 0, by: -1) where keys.suffix(length) == keys.prefix(length)
        {
            return length
        }
        return 0
    }

    // MARK: Commands

    private mutating func take(_ byte: UInt8, now: ContinuousClock.Instant, _ output: inout Output) {
        switch self.state {
        case .text(let held, _): self.match(byte, held: held, now: now, &output)
        case .command: self.takeCommand(byte, now: now, &output)
        case .key(let argument): self.takeKey(byte, argument, now: now, &output)
        case .octal(let digits): self.takeOctal(digits + [byte], now: now, &output)
        case .optionalKey: self.takeOptionalKey(byte, now: now, &output)
        case .confirm(let key): self.takeConfirmation(byte, key, now: now, &output)
        case .line(var prompt):
            let step = prompt.take(byte, now: now)
            self.state = .line(prompt)
            self.follow(step, of: prompt, byte: byte, now: now, &output)
        }
    }

    private mutating func takeCommand(_ byte: UInt8, now: ContinuousClock.Instant, _ output: inout Output) {
        if byte == self.prefix.bytes.last {
            self.passThrough(self.prefix.bytes, &output)
            return
        }
        if byte == 0x0D || byte == 0x0A {
            self.state = .idle
            return
        }
        guard let command = EscapeCommand.find(byte) else {
            // Not a command. The key itself may begin a prefix again.
            self.passThrough(self.prefix.bytes, &output)
            self.match(byte, held: 0, now: now, &output)
            return
        }
        switch command.argument {
        case .none:
            self.state = .idle
            self.perform(command, now: now, &output)
        case .key(let argument): self.state = .key(argument)
        case .octal: self.state = .octal([])
        case .optionalKey: self.state = .optionalKey(until: now + Self.optionalKeyPatience)
        case .line(let purpose):
            guard !command.needsPen || self.mayType else {
                self.state = .idle
                self.emit(.show(OperatorText.needsPen(self.prefix)), now: now, &output)
                return
            }
            let prompt = LinePrompt(purpose)
            self.state = .line(prompt)
            self.emit(.show(prompt.opening), now: now, &output)
        }
    }

    /// Commands without an argument. Those with one never come here.
    private mutating func perform(
        _ command: EscapeCommand,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        switch Unicode.Scalar(command.key) {
        case ".": self.emit(.detach, now: now, &output)
        case "?": self.emit(.show(OperatorText.help(prefix: self.prefix)), now: now, &output)
        case "a": self.request(.readWrite, now: now, &output)
        case "s": self.request(.spectate, now: now, &output)
        case "f": self.request(.force, now: now, &output)
        case "j": self.request(.join, now: now, &output)
        case "B": self.emitWithPen(.sendBreak, now: now, &output)
        case "t": self.emit(.redraw, now: now, &output)
        case "p": self.emit(.playback(lines: Self.longPlayback), now: now, &output)
        case "r": self.emit(.playback(lines: Self.shortPlayback), now: now, &output)
        case "i": self.emit(.information, now: now, &output)
        case "w": self.emit(.who(all: false), now: now, &output)
        case "u": self.emit(.who(all: true), now: now, &output)
        case "d": self.emit(.consoleDown, now: now, &output)
        case "o": self.emit(.consoleReopen, now: now, &output)
        case "L": self.emit(.toggleLog, now: now, &output)
        case "P": self.emit(.powerMenu, now: now, &output)
        case "x": self.emit(.listConsoles, now: now, &output)
        case "z": self.emit(.suspend, now: now, &output)
        default: assertionFailure("a command of the table without an effect")
        }
    }

    private mutating func request(
        _ request: ModeRequest,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        self.emit(.setMode(request), now: now, &output)
        if request == .spectate {
            self.mode = .spectator
            self.askedForPen = false
        } else {
            self.askedForPen = true
        }
    }

    // MARK: Arguments

    private mutating func takeKey(
        _ byte: UInt8,
        _ argument: EscapeCommand.KeyArgument,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        self.state = .idle
        if LinePrompt.cancels(byte) {
            self.emit(.show(OperatorText.status("cancelled")), now: now, &output)
            return
        }
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        switch argument {
        case .sysrq where byte == UInt8(ascii: "?"):
            self.emit(.show(OperatorText.sysrqHelp()), now: now, &output)
        case .sysrq where SysrqKey.needsConfirmation(byte) && self.mayType:
            self.state = .confirm(sysrq: byte)
            self.emit(.show(OperatorText.sysrqQuestion(byte)), now: now, &output)
        case .sysrq where SysrqKey.isKey(byte):
            self.emitWithPen(.sysrq(byte), now: now, &output)
        case .breakSequence where byte == UInt8(ascii: "?"):
            self.emit(.listBreakSequences, now: now, &output)
        case .breakSequence where isDigit || isLower:
            self.emitWithPen(.breakSequence(byte), now: now, &output)
        case .task where byte == UInt8(ascii: "?"):
            self.emit(.listTasks, now: now, &output)
        case .task where SysrqKey.isKey(byte):
            self.emit(.task(byte), now: now, &output)
        case .sysrq: self.passThrough(self.prefix.bytes + [UInt8(ascii: "S")], then: byte, now: now, &output)
        case .breakSequence:
            self.passThrough(self.prefix.bytes + [UInt8(ascii: "l")], then: byte, now: now, &output)
        case .task: self.passThrough(self.prefix.bytes + [UInt8(ascii: "!")], then: byte, now: now, &output)
        }
    }

    private mutating func takeConfirmation(
        _ byte: UInt8,
        _ key: UInt8,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        self.state = .idle
        if byte == UInt8(ascii: "y") || byte == UInt8(ascii: "Y") {
            self.emit(.show(Array("y\r\n".utf8)), now: now, &output)
            self.emitWithPen(.sysrq(key), now: now, &output)
        } else {
            self.emit(.show(OperatorText.status("sysrq not sent")), now: now, &output)
        }
    }

    private mutating func takeOctal(
        _ digits: [UInt8],
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        let isOctal = digits.allSatisfy(OctalCharacter.isDigit) && digits[0] <= UInt8(ascii: "3")
        guard isOctal else {
            let before = self.prefix.bytes + [UInt8(ascii: "\\")] + digits.dropLast()
            self.passThrough(before, then: digits[digits.count - 1], now: now, &output)
            return
        }
        guard let character = OctalCharacter.value(of: digits) else {
            self.state = .octal(digits)
            return
        }
        self.passThrough([character], &output)
    }

    private mutating func takeOptionalKey(
        _ byte: UInt8,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        self.state = .idle
        switch byte {
        case UInt8(ascii: "?"): self.emit(.keyTranslation(.list), now: now, &output)
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            self.emit(.keyTranslation(.choose(byte)), now: now, &output)
        case 0x0D, 0x0A: self.emit(.keyTranslation(.toggle), now: now, &output)
        default:
            self.emit(.keyTranslation(.toggle), now: now, &output)
            self.match(byte, held: 0, now: now, &output)
        }
    }

    private mutating func follow(
        _ step: LinePrompt.Step,
        of prompt: LinePrompt,
        byte: UInt8,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        switch step {
        case .more(let echo):
            if !echo.isEmpty { self.emit(.show(echo), now: now, &output) }
        case .cancelled:
            self.state = .idle
            self.emit(.show(OperatorText.status("cancelled")), now: now, &output)
        case .cancelledBefore:
            self.state = .idle
            self.emit(.show(OperatorText.status("cancelled")), now: now, &output)
            self.match(byte, held: 0, now: now, &output)
        case .done(let line):
            self.state = .idle
            self.emit(.show(Array("\r\n".utf8)), now: now, &output)
            self.complete(prompt.purpose, line, now: now, &output)
        }
    }

    private mutating func complete(
        _ purpose: LinePrompt.Purpose,
        _ line: [UInt8],
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        let text = TerminalSafe.text(String(decoding: line, as: UTF8.self))
        switch purpose {
        case .note: self.emit(.note(text), now: now, &output)
        case .broadcast: self.emit(.broadcast(text), now: now, &output)
        case .search: self.emit(.search(text), now: now, &output)
        case .keyName: self.emitWithPen(.sendKey(text), now: now, &output)
        case .console: self.emit(.moveTo(console: text), now: now, &output)
        case .prefix: self.changePrefix(line, now: now, &output)
        }
    }

    /// The new prefix is what was pressed, or, where only printable characters were, what the configuration would take.
    private mutating func changePrefix(
        _ keys: [UInt8],
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        do throws(EscapePrefixError) {
            let isPrintable = keys.allSatisfy { (0x20..<0x7F).contains($0) }
            let prefix =
                isPrintable
                ? try EscapePrefix(parsing: String(decoding: keys, as: UTF8.self))
                : try EscapePrefix(bytes: keys)
            self.prefix = prefix
            self.emit(.prefixChanged(prefix), now: now, &output)
            self.emit(.show(OperatorText.prefixChanged(prefix)), now: now, &output)
        } catch {
            self.emit(.show(OperatorText.status("escape unchanged: \(error)")), now: now, &output)
        }
    }

    // MARK: Time

    private mutating func expire(now: ContinuousClock.Instant, _ output: inout Output) {
        guard let deadline = self.deadline, deadline <= now else { return }
        switch self.state {
        case .text(let held, _):
            self.passThrough(Array(self.prefix.bytes.prefix(held)), &output)
        case .optionalKey:
            self.state = .idle
            self.emit(.keyTranslation(.toggle), now: now, &output)
        case .line:
            // A lone Esc: no arrow key's sequence came after it.
            self.state = .idle
            self.emit(.show(OperatorText.status("cancelled")), now: now, &output)
        case .command, .key, .octal, .confirm: break
        }
    }

    // MARK: Effects

    private var mayType: Bool { self.mode.mayWrite || self.askedForPen }

    private mutating func passThrough(_ bytes: [UInt8], _ output: inout Output) {
        output.text += bytes
        self.noteLineStart(after: bytes[...])
        self.state = .idle
    }

    private mutating func passThrough(
        _ bytes: [UInt8],
        then byte: UInt8,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        self.passThrough(bytes, &output)
        self.match(byte, held: 0, now: now, &output)
    }

    private mutating func emit(
        _ effect: OperatorEffect,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        self.flushText(&output, now: now)
        output.effects.append(effect)
    }

    private mutating func emitWithPen(
        _ effect: OperatorEffect,
        now: ContinuousClock.Instant,
        _ output: inout Output
    ) {
        let effect = self.mayType ? effect : .show(OperatorText.needsPen(self.prefix))
        self.emit(effect, now: now, &output)
    }

    private mutating func flushText(_ output: inout Output, now: ContinuousClock.Instant) {
        guard !output.text.isEmpty else { return }
        if self.mayType {
            output.effects.append(.send(output.text))
        } else {
            output.effects += self.hint(now: now)
        }
        output.text.removeAll()
    }

    private mutating func finish(_ output: inout Output, now: ContinuousClock.Instant) -> [OperatorEffect] {
        self.flushText(&output, now: now)
        return output.effects
    }

    private mutating func hint(now: ContinuousClock.Instant) -> [OperatorEffect] {
        if let next = self.nextHint, now < next { return [] }
        self.nextHint = now + Self.hintInterval
        return [.show(OperatorText.spectatorHint(self.prefix))]
    }
}
