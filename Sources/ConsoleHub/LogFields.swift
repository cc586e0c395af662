// SPDX-License-Identifier: Apache-2.0

/// The text of an event line: a word, then `key=value` pairs with logfmt quoting.
package struct LogFields: Equatable, Sendable {
    package private(set) var bytes: [UInt8]

    package init(_ event: String) {
        self.bytes = Array(event.utf8)
    }

    /// Appends a pair. Values with spaces, quotes or control characters are quoted; control characters become
    /// `?`.
    package func with(_ key: String, _ value: some CustomStringConvertible) -> LogFields {
        var copy = self
        copy.bytes.append(UInt8(ascii: " "))
        copy.bytes.append(contentsOf: key.utf8)
        copy.bytes.append(UInt8(ascii: "="))
        copy.append(Array(value.description.utf8))
        return copy
    }

    private mutating func append(_ value: [UInt8]) {
        let isPlain =
            !value.isEmpty && value.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 != 0x7f }
        guard !isPlain else { return self.bytes.append(contentsOf: value) }
        self.bytes.append(UInt8(ascii: "\""))
        for byte in value {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                self.bytes.append(UInt8(ascii: "\\"))
            }
            self.bytes.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte)
        }
        self.bytes.append(UInt8(ascii: "\""))
    }
}
