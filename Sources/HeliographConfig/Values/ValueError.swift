// SPDX-License-Identifier: Apache-2.0

/// Why a value cannot be read, as a sentence that stands for itself.
package struct ValueError: Error, Equatable, Sendable {
    package var message: String

    package init(_ message: String) {
        self.message = message
    }
}

func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

extension StringProtocol {
    /// Fit to be shown on a terminal in one line: control characters escaped, long text cut.
    var forDisplay: String {
        var result = ""
        for (count, scalar) in self.unicodeScalars.enumerated() {
            if count == 80 { return result + "..." }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// In double quotes, fit for a message.
    var quoted: String { "\"\(self.forDisplay)\"" }
}
