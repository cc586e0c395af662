// SPDX-License-Identifier: Apache-2.0

/// What becomes of a key with Shift, Ctrl or Alt that the firmware has no code for. None of those measured takes any.
package enum ModifiedKeyPolicy: String, Hashable, Sendable, CaseIterable {
    /// It is not sent, and the operator is told.
    case drop
    /// It is sent without its modifiers.
    case strip
    /// Its bytes pass as they are. Firmware takes them as Escape and text.
    case pass
}

/// Turns the keys of an operator's terminal into those of the firmware, while that is switched on. Off, it is not there:
/// every byte passes, at once and unchanged.
///
/// Each `.send` of a key belongs into one packet. Comes after the escape recogniser, and before what sends to the console.
package struct KeyTranslator: Sendable {
    package enum Output: Equatable, Sendable {
        /// Bytes for the console. A key, an unknown sequence and a character of several bytes are never spread over two.
        case send([UInt8])
        /// A line for this operator.
        case hint(String)
    }

    /// What becomes of a key with Shift, Ctrl or Alt that the firmware has no code for.
    package var modifiedKeys: ModifiedKeyPolicy
    /// Whether keys are translated.
    package private(set) var isOn: Bool
    /// What keys are translated to.
    package private(set) var profile: KeyProfile

    private var decoder: TerminalDecoder
    private var pacer = OutputPacer()
    private var resetGuard = ResetGuard()
    private var lastHint: (text: String, at: ContinuousClock.Instant)?
    /// When ESC was sent alone, until something else is.
    private var loneEscape: ContinuousClock.Instant?
    private var scratch: [TerminalToken] = []

    private static let resetHint = "that would have become ESC R ESC r ESC R, which resets the host: not sent"
    /// How long firmware waits for what follows ESC.
    private static let firmwareEscapeTimeout: Duration = .seconds(2)
    /// The same hint is not repeated before this has passed: a held key repeats.
    private static let hintInterval: Duration = .seconds(5)

    package init(
        family: TerminalFamily,
        profile: KeyProfile = .vtUTF8,
        isOn: Bool = false,
        modifiedKeys: ModifiedKeyPolicy = .drop,
        escapeTimeout: Duration = TerminalDecoder.defaultEscapeTimeout
    ) {
        self.decoder = TerminalDecoder(family: family, escapeTimeout: escapeTimeout)
        self.profile = profile
        self.isOn = isOn
        self.modifiedKeys = modifiedKeys
    }

    package init(
        term: String,
        profile: KeyProfile = .vtUTF8,
        isOn: Bool = false,
        modifiedKeys: ModifiedKeyPolicy = .drop,
        escapeTimeout: Duration = TerminalDecoder.defaultEscapeTimeout
    ) {
        self.init(
            family: TerminalFamily(term: term),
            profile: profile,
            isOn: isOn,
            modifiedKeys: modifiedKeys,
            escapeTimeout: escapeTimeout
        )
    }

    /// Call `wakeUp(now:)` then. Nil: nothing is held.
    package var deadline: ContinuousClock.Instant? {
        switch (self.decoder.deadline, self.pacer.deadline) {
        case (let one?, let other?): min(one, other)
        case (let one?, nil): one
        case (nil, let other): other
        }
    }

    /// How many pasted bytes wait for their turn. Stop reading the operator's channel when it grows.
    package var waitingByteCount: Int { self.pacer.byteCount }

    /// Takes what the operator's terminal sent; what comes of it is added to `outputs`. Neither off nor, for plain text, on
    /// does this copy the bytes.
    package mutating func receive(
        _ bytes: [UInt8],
        now: ContinuousClock.Instant,
        into outputs: inout [Output]
    ) {
        guard !bytes.isEmpty else { return }
        self.pacer.release(now: now, into: &outputs)
        guard self.isOn else { return self.emit(bytes, into: &outputs) }
        var tokens: [TerminalToken] = []
        swap(&tokens, &self.scratch)
        self.decoder.receive(bytes, now: now, into: &tokens)
        self.handle(&tokens, now, &outputs)
    }

    /// Takes what the operator's terminal sent.
    package mutating func receive(_ bytes: [UInt8], now: ContinuousClock.Instant) -> [Output] {
        var outputs: [Output] = []
        self.receive(bytes, now: now, into: &outputs)
        return outputs
    }

    /// Gives out what has waited long enough: a lone ESC, the next portion of a paste.
    package mutating func wakeUp(now: ContinuousClock.Instant) -> [Output] {
        var outputs: [Output] = []
        self.pacer.release(now: now, into: &outputs)
        var tokens = self.decoder.wakeUp(now: now)
        self.handle(&tokens, now, &outputs)
        return outputs
    }

    /// Switches translation. What is held goes out first.
    package mutating func turn(on: Bool, now: ContinuousClock.Instant) -> [Output] {
        let outputs = self.release(now)
        self.isOn = on
        self.resetGuard = ResetGuard()
        self.loneEscape = nil
        return outputs
    }

    /// Changes what keys are translated to; switches nothing. What is held goes out first.
    package mutating func use(_ profile: KeyProfile, now: ContinuousClock.Instant) -> [Output] {
        let outputs = self.release(now)
        self.profile = profile
        return outputs
    }

    /// Changes what terminal the operator is taken to have. What is held goes out first.
    package mutating func use(_ family: TerminalFamily, now: ContinuousClock.Instant) -> [Output] {
        let outputs = self.release(now)
        self.decoder = TerminalDecoder(family: family, escapeTimeout: self.decoder.escapeTimeout)
        return outputs
    }

    /// Sends a key by its name, whether translation is on or off. This is the one way to send Ctrl-Alt-Delete.
    package mutating func press(_ key: KeyName, now: ContinuousClock.Instant) -> [Output] {
        var outputs = self.release(now)
        guard let code = self.profile.encode(key) else {
            self.hint("\(self.profile.name) has no code for \(key): not sent", now, &outputs)
            return outputs
        }
        self.loneEscape = nil
        if key == .controlAltDelete {
            self.resetGuard.reset()
            self.emit(code, into: &outputs)
        } else {
            self.send(code, isTyped: false, now, &outputs)
        }
        return outputs
    }
}

// MARK: - Tokens

extension KeyTranslator {
    private mutating func release(_ now: ContinuousClock.Instant) -> [Output] {
        var outputs: [Output] = []
        var tokens: [TerminalToken] = []
        self.decoder.release(into: &tokens)
        self.handle(&tokens, now, &outputs)
        return outputs
    }

    private mutating func handle(
        _ tokens: inout [TerminalToken],
        _ now: ContinuousClock.Instant,
        _ outputs: inout [Output]
    ) {
        for token in tokens {
            switch token {
            case .text(let bytes):
                self.loneEscape = nil
                self.send(bytes, isTyped: true, isText: true, now, &outputs)
            case .unknown(let bytes): self.unknown(bytes, now, &outputs)
            case .key(let key, let bytes): self.key(key, bytes, now, &outputs)
            case .paste(let bytes): self.paste(bytes, now, &outputs)
            }
        }
        tokens.removeAll(keepingCapacity: true)
        swap(&tokens, &self.scratch)
    }

    private mutating func paste(_ bytes: [UInt8], _ now: ContinuousClock.Instant, _ outputs: inout [Output]) {
        self.loneEscape = nil
        self.resetGuard.gap()
        let kept = self.resetGuard.check(bytes, isTyped: true)
        self.resetGuard.gap()
        self.pacer.paste(kept ?? bytes, now: now, into: &outputs)
        if kept != nil { self.hint(Self.resetHint, now, &outputs) }
    }

    private mutating func unknown(
        _ bytes: [UInt8],
        _ now: ContinuousClock.Instant,
        _ outputs: inout [Output]
    ) {
        // A paste that paused too long ended without this, its end.
        if bytes == TerminalDecoder.pasteEnd { return self.resetGuard.gap() }
        self.loneEscape = bytes == [0x1B] ? now : nil
        if bytes.count == 2, !self.resetGuard.isUnderWay, let code = self.profile.altLetter(bytes[1]) {
            self.send(code, isTyped: false, now, &outputs)
        } else {
            self.send(bytes, isTyped: true, now, &outputs)
        }
    }

    private mutating func key(
        _ key: KeyName,
        _ bytes: [UInt8],
        _ now: ContinuousClock.Instant,
        _ outputs: inout [Output]
    ) {
        // ESC Ctrl-H and ESC Ctrl-J, typed one after the other, are keys of some firmware.
        let followsEscape = self.loneEscape.map { now - $0 < Self.firmwareEscapeTimeout } ?? false
        self.loneEscape = nil
        if followsEscape, bytes == [0x08] || bytes == [0x0A] {
            self.send(bytes, isTyped: true, now, &outputs)
            return
        }
        let code = self.profile.encode(key)
        if code == ResetGuard.sequence {
            self.drop("\(key) would reset the host and is only sent by name: not sent", now, &outputs)
        } else if let code {
            self.send(code, isTyped: code == bytes, now, &outputs)
        } else if self.profile.passesUnknownKeys || !key.modifiers.isEmpty && self.modifiedKeys == .pass {
            self.send(bytes, isTyped: true, now, &outputs)
        } else if self.modifiedKeys == .strip, let code = self.profile.encode(KeyName(key.key)) {
            self.send(code, isTyped: false, now, &outputs)
        } else {
            self.drop("\(self.profile.name) has no code for \(key): not sent", now, &outputs)
        }
    }

    private mutating func drop(_ text: String, _ now: ContinuousClock.Instant, _ outputs: inout [Output]) {
        self.resetGuard.gap()
        self.hint(text, now, &outputs)
    }

    private mutating func hint(_ text: String, _ now: ContinuousClock.Instant, _ outputs: inout [Output]) {
        if let lastHint, lastHint.text == text, now - lastHint.at < Self.hintInterval { return }
        self.lastHint = (text, now)
        outputs.append(.hint(text))
    }

    private mutating func send(
        _ bytes: [UInt8],
        isTyped: Bool,
        isText: Bool = false,
        _ now: ContinuousClock.Instant,
        _ outputs: inout [Output]
    ) {
        // Text has no ESC, so without one waiting it needs no second look.
        guard !isText || self.resetGuard.isWaiting,
            let kept = self.resetGuard.check(bytes, isTyped: isTyped)
        else { return self.emit(bytes, into: &outputs) }
        if !kept.isEmpty { self.emit(kept, into: &outputs) }
        self.hint(Self.resetHint, now, &outputs)
    }

    private mutating func emit(_ bytes: [UInt8], into outputs: inout [Output]) {
        if self.pacer.isEmpty {
            outputs.append(.send(bytes))
        } else {
            self.pacer.follow(bytes)
        }
    }
}
