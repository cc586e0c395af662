// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A key as the firmware of the simulated host understands it on its serial port.
package enum HostKey: Equatable, Sendable {
    case character(UInt8)
    case enter, escape, backspace, delete
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
}

/// Recognises keys in what terminals send: VT, xterm and VT-UTF8/PC-ANSI ("ESC 2" for F2, "ESC 0" for F10) forms.
/// An ESC alone is a key when nothing follows for `patience`.
package struct HostKeyDecoder: Equatable, Sendable {
    private static let patience: Duration = .milliseconds(200)
    private static let longestSequence = 6

    private var sequence: [UInt8] = []
    private var lastByte: MonotonicInstant?

    package init() {}

    /// When a lone ESC becomes the Esc key.
    package var deadline: MonotonicInstant? {
        self.sequence.isEmpty ? nil : self.lastByte.map { $0 + Self.patience }
    }

    package mutating func timedOut(now: MonotonicInstant) -> [HostKey] {
        guard let deadline, deadline <= now else { return [] }
        defer { self.sequence = [] }
        return self.sequence == [0x1B] ? [.escape] : []
    }

    package mutating func decode(_ bytes: ArraySlice<UInt8>, now: MonotonicInstant) -> [HostKey] {
        var keys = self.timedOut(now: now)
        self.lastByte = now
        for byte in bytes {
            if self.sequence.isEmpty {
                if byte == 0x1B { self.sequence = [byte] } else { keys.append(Self.key(for: byte)) }
            } else {
                self.continueSequence(byte, into: &keys)
            }
        }
        return keys
    }

    private static func key(for byte: UInt8) -> HostKey {
        switch byte {
        case 0x0D, 0x0A: .enter
        case 0x08: .backspace
        case 0x7F: .delete
        default: .character(byte)
        }
    }

    private mutating func continueSequence(_ byte: UInt8, into keys: inout [HostKey]) {
        if byte == 0x1B {
            keys.append(.escape)
            self.sequence = [byte]
            return
        }
        self.sequence.append(byte)
        if self.sequence.count == 2, byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") { return }
        let isParameter = byte == UInt8(ascii: ";") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        if self.sequence.count > 2, isParameter, self.sequence.count < Self.longestSequence { return }
        if let key = Self.keys[String(decoding: self.sequence.dropFirst(), as: UTF8.self)] {
            keys.append(key)
        }
        self.sequence = []
    }

    private static let keys: [String: HostKey] = [
        "[A": .up, "[B": .down, "[C": .right, "[D": .left, "OA": .up, "OB": .down, "OC": .right, "OD": .left,
        "[H": .home, "[F": .end, "[1~": .home, "[4~": .end, "[5~": .pageUp, "[6~": .pageDown, "[3~": .delete,
        "OP": .function(1), "OQ": .function(2), "OR": .function(3), "OS": .function(4),
        "[11~": .function(1), "[12~": .function(2), "[13~": .function(3), "[14~": .function(4),
        "[15~": .function(5), "[17~": .function(6), "[18~": .function(7), "[19~": .function(8),
        "[20~": .function(9), "[21~": .function(10), "[23~": .function(11), "[24~": .function(12),
        "1": .function(1), "2": .function(2), "3": .function(3), "4": .function(4), "5": .function(5),
        "6": .function(6), "7": .function(7), "8": .function(8), "9": .function(9), "0": .function(10),
        "!": .function(11), "@": .function(12),
    ]
}
