// SPDX-License-Identifier: Apache-2.0

/// The text of a `*` or `!` line: a name and `key=value` pairs in logfmt quoting. Control characters cannot get in.
package struct EventLine: Sendable, Equatable {
    package private(set) var bytes: [UInt8]

    package init(_ name: String, _ fields: KeyValuePairs<String, String> = [:]) {
        self.bytes = []
        for byte in name.utf8 {
            self.bytes.append(EventLine.needsQuoting(byte) ? UInt8(ascii: "-") : byte)
        }
        for (key, value) in fields {
            self.append(key, value)
        }
    }

    package mutating func append(_ key: String, _ value: String) {
        self.bytes.append(UInt8(ascii: " "))
        for byte in key.utf8 {
            self.bytes.append(EventLine.needsQuoting(byte) ? UInt8(ascii: "-") : byte)
        }
        self.bytes.append(UInt8(ascii: "="))
        if !value.isEmpty, !value.utf8.contains(where: EventLine.needsQuoting) {
            self.bytes.append(contentsOf: value.utf8)
        } else {
            self.appendQuoted(value)
        }
    }

    private mutating func appendQuoted(_ value: String) {
        self.bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                self.bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0A: self.bytes.append(contentsOf: Array("\\n".utf8))
            case 0x09: self.bytes.append(contentsOf: Array("\\t".utf8))
            case 0x0D: self.bytes.append(contentsOf: Array("\\r".utf8))
            case 0..<0x20, 0x7F: self.bytes.append(contentsOf: hexEscape(byte))
            default: self.bytes.append(byte)
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuoting(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=")
            || byte == UInt8(ascii: "\\")
    }
}

/// `\xHH`, the way a byte that is not text is shown in a log.
func hexEscape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
}
