// SPDX-License-Identifier: Apache-2.0

import Foundation
import TerminalKeys

/// The tables of measured and captured sequences that the tests compare with.
enum KeyData {
    struct Entry: Decodable {
        var terminal: String
        var hex: String
    }

    private struct Terminals: Decodable { var keys: [String: [Entry]] }

    private struct Code: Decodable {
        var hex: String
        var also: [String]?
    }

    private struct Profile: Decodable {
        var keys: [String: Code]
        var no_code_for: [String]?
    }

    private struct Profiles: Decodable { var profiles: [String: Profile] }

    private static let directory = Bundle.module.bundleURL.appendingPathComponent("Data")

    static func bytes(ofFile name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Self.directory.appendingPathComponent(name)))
    }

    /// What each terminal sends: bytes to the names of the keys that send them.
    static func terminals() throws -> [String: [[UInt8]: Set<String>]] {
        let data = try Data(contentsOf: Self.directory.appendingPathComponent("terminal-input.json"))
        var terminals: [String: [[UInt8]: Set<String>]] = [:]
        for (key, entries) in try JSONDecoder().decode(Terminals.self, from: data).keys {
            for entry in entries {
                terminals[entry.terminal, default: [:]][unhex(entry.hex), default: []].insert(key)
            }
        }
        return terminals
    }

    /// What each firmware takes: names of keys to bytes; empty where the firmware has no code.
    static func profiles() throws -> [String: [String: [UInt8]]] {
        let data = try Data(contentsOf: Self.directory.appendingPathComponent("firmware-profiles.json"))
        return try JSONDecoder().decode(Profiles.self, from: data).profiles.mapValues { profile in
            var keys = profile.keys.mapValues { unhex($0.hex) }
            for key in profile.no_code_for ?? [] { keys[key] = [] }
            return keys
        }
    }
}

func unhex(_ text: String) -> [UInt8] {
    stride(from: 0, to: text.utf8.count, by: 2).compactMap { offset in
        UInt8(text.dropFirst(offset).prefix(2), radix: 16)
    }
}

/// Bytes from the notation of the tables.
func keys(_ notation: String) -> [UInt8] { ByteNotation.bytes(notation) ?? [] }

let start = ContinuousClock.now

extension ContinuousClock.Instant {
    /// So many milliseconds after the tests' beginning of time.
    static func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }
}

extension KeyTranslator {
    /// Everything that comes of `bytes` and of waiting afterwards.
    mutating func everything(_ bytes: [UInt8]) -> [Output] {
        var outputs = self.receive(bytes, now: start)
        while let deadline = self.deadline { outputs += self.wakeUp(now: deadline) }
        return outputs
    }
}

extension [KeyTranslator.Output] {
    /// The bytes for the console.
    var sent: [UInt8] {
        self.flatMap { output in
            switch output {
            case .send(let bytes): bytes
            case .hint: [UInt8]()
            }
        }
    }

    var hints: [String] {
        self.compactMap { output in
            switch output {
            case .send: nil
            case .hint(let text): text
            }
        }
    }
}

extension [TerminalToken] {
    /// What came in, but for the brackets of pastes.
    var bytes: [UInt8] { self.flatMap(\.bytes) }

    /// The same with neighbouring text, and neighbouring parts of a paste, in one.
    var joined: [TerminalToken] {
        self.reduce(into: []) { tokens, token in
            switch (tokens.last, token) {
            case (.text(let one), .text(let two)): tokens[tokens.count - 1] = .text(one + two)
            case (.paste(let one), .paste(let two)): tokens[tokens.count - 1] = .paste(one + two)
            default: tokens.append(token)
            }
        }
    }
}

extension TerminalToken {
    var bytes: [UInt8] {
        switch self {
        case .text(let bytes), .key(_, let bytes), .paste(let bytes), .unknown(let bytes): bytes
        }
    }
}

/// Reproducible random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
