// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A console's text log as it was read.
package struct ConsoleLog: Sendable {
    package enum Kind: Character, Sendable {
        case output = "|"
        case continuation = "+"
        case event = "*"
        case alert = "!"
        case input = "<"
    }

    package struct Entry: Sendable {
        package var stamp: String
        package var kind: Kind
        package var text: String
    }

    package let bytes: Data
    package let entries: [Entry]
    /// Lines that do not have the form `STAMP KIND TEXT`.
    package let malformed: [String]

    package init(contentsOf path: String) {
        self.bytes = FileManager.default.contents(atPath: path) ?? Data()
        var entries: [Entry] = []
        var malformed: [String] = []
        // What is being written has no end yet.
        let bytes = [UInt8](self.bytes)
        let end = bytes.lastIndex(of: 0x0A) ?? bytes.startIndex
        for line in bytes[..<end].split(separator: 0x0A) {
            if let entry = Self.entry(line) {
                entries.append(entry)
            } else {
                malformed.append(String(decoding: line, as: UTF8.self))
            }
        }
        self.entries = entries
        self.malformed = malformed
    }

    package var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// What the console printed: whole lines, whatever was written between their parts.
    package var lines: [String] {
        var lines: [String] = []
        for entry in self.entries {
            switch entry.kind {
            case .output: lines.append(entry.text)
            case .continuation where !lines.isEmpty: lines[lines.count - 1] += entry.text
            case .continuation, .event, .alert, .input: break
            }
        }
        return lines
    }

    package func texts(_ kind: Kind) -> [String] { self.entries.filter { $0.kind == kind }.map(\.text) }

    /// `2026-11-22T08:05:19.123Z | text`, by bytes: characters are slow over megabytes.
    private static func entry(_ line: ArraySlice<UInt8>) -> Entry? {
        let start = line.startIndex
        guard line.count >= 27, line[start + 23] == 0x5A, line[start + 24] == 0x20, line[start + 26] == 0x20,
            let kind = Kind(rawValue: Character(UnicodeScalar(line[start + 25])))
        else { return nil }
        return Entry(
            stamp: String(decoding: line[start..<start + 24], as: UTF8.self),
            kind: kind,
            text: String(decoding: line[(start + 27)...], as: UTF8.self)
        )
    }
}
