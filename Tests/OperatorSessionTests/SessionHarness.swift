// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// Drives a session at a fixed or moving time and joins what may come in pieces.
struct SessionHarness {
    var session: OperatorSession
    var now = ContinuousClock.now
    private(set) var effects: [OperatorEffect] = []

    init(
        _ prefix: EscapePrefix = .conserver,
        mode: AttachMode = .readWrite,
        escapeTimeout: Duration? = nil
    ) {
        self.session = OperatorSession(
            configuration: .init(prefix: prefix, escapeTimeout: escapeTimeout),
            mode: mode
        )
    }

    mutating func type(_ text: String) { self.type(Array(text.utf8)) }

    mutating func type(_ bytes: [UInt8]) { self.effects += self.session.receive(bytes[...], now: self.now) }

    mutating func pass(_ duration: Duration) {
        self.now += duration
        self.effects += self.session.wakeUp(now: self.now)
    }

    mutating func end() { self.effects += self.session.inputEnded(now: self.now) }

    /// All effects so far, neighbouring text joined.
    var joined: [OperatorEffect] {
        self.effects.reduce(into: []) { joined, effect in
            switch (joined.last, effect) {
            case (.send(let before), .send(let bytes)): joined[joined.count - 1] = .send(before + bytes)
            case (.show(let before), .show(let bytes)): joined[joined.count - 1] = .show(before + bytes)
            default: joined.append(effect)
            }
        }
    }

    /// What went to the console as text.
    var sent: [UInt8] {
        self.effects.flatMap { effect -> [UInt8] in
            guard case .send(let bytes) = effect else { return [] }
            return bytes
        }
    }

    /// What the operator was shown.
    var shown: String {
        String(
            decoding: self.effects.flatMap { effect -> [UInt8] in
                guard case .show(let bytes) = effect else { return [] }
                return bytes
            },
            as: UTF8.self
        )
    }

    /// Effects that are neither text for the console nor for the operator.
    var actions: [OperatorEffect] {
        self.effects.filter { effect in
            switch effect {
            case .send, .show: false
            default: true
            }
        }
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Presets, a literal that repeats itself, and one that is long.
let prefixes: [EscapePrefix] =
    EscapePrefix.presets.map(\.prefix)
    + ["^X^X", "^A^B^A^A^B", "\\001"].compactMap { try? EscapePrefix(parsing: $0) }
