// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// JSON to be written. Object members keep their order; strings are safe to look at in a terminal.
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A name and its value.
    package struct Member: Equatable, Sendable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// Null for nil.
    package static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// Null for nil; RFC 3339 otherwise.
    package static func time(_ time: WallMicroseconds?) -> JSON {
        time.map { .string(CivilTime.format($0)) } ?? .null
    }

    /// On one line, without blanks.
    package var text: String {
        var text = ""
        self.write(to: &text)
        return text
    }

    /// An array with one element per line, for people who look and for `grep`; with a newline at the end.
    package static func lines(_ values: [JSON]) -> String {
        values.isEmpty ? "[]\n" : "[\n" + values.map(\.text).joined(separator: ",\n") + "\n]\n"
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: self.write(scalar, to: &text)
            }
        }
        text += "\""
    }

    /// What would steer a terminal is written as `\u` escape, in UTF-16 as JSON has it.
    private static func write(_ scalar: Unicode.Scalar, to text: inout String) {
        if TerminalSafe.isHarmless(scalar) {
            text.unicodeScalars.append(scalar)
            return
        }
        for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
