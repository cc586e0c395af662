// SPDX-License-Identifier: Apache-2.0

/// Words of a command line, with a POSIX shell's quoting and none of its expansions: `'...'`, `"..."`, `\`.
package enum ShellWords {
    /// Splits a line.
    package static func split(_ line: String) throws(ShellWordsError) -> [String] {
        var words: [String] = []
        // Nil between words: "" and no word at all are different.
        var word: String.UnicodeScalarView?
        var rest = line.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t", "\n", "\r":
                if let done = word { words.append(String(done)) }
                word = nil
            case "'": word = (word ?? .init()) + (try self.single(&rest))
            case "\"": word = (word ?? .init()) + (try self.double(&rest))
            case "\\":
                guard let next = rest.popFirst() else { throw .trailingBackslash }
                if next != "\n" { word = (word ?? .init()) + [next] }
            default: word = (word ?? .init()) + [scalar]
            }
        }
        if let done = word { words.append(String(done)) }
        return words
    }

    private static func single(
        _ rest: inout String.UnicodeScalarView.SubSequence
    ) throws(ShellWordsError) -> [Unicode.Scalar] {
        guard let end = rest.firstIndex(of: "'") else { throw .unclosed("'") }
        let text = Array(rest[..<end])
        rest = rest[rest.index(after: end)...]
        return text
    }

    private static func double(
        _ rest: inout String.UnicodeScalarView.SubSequence
    ) throws(ShellWordsError) -> [Unicode.Scalar] {
        var text: [Unicode.Scalar] = []
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return text }
            guard scalar == "\\", let next = rest.first else {
                text.append(scalar)
                continue
            }
            switch next {
            case "\"", "\\", "$", "`":
                text.append(next)
                rest.removeFirst()
            case "\n": rest.removeFirst()
            default: text.append(scalar)
            }
        }
        throw .unclosed("\"")
    }
}

/// A line that a shell would ask to be continued.
package enum ShellWordsError: Error, Equatable, Sendable, CustomStringConvertible {
    case unclosed(Character)
    case trailingBackslash

    package var description: String {
        switch self {
        case .unclosed(let quote): "unclosed \(quote)"
        case .trailingBackslash: "a backslash at the end"
        }
    }
}
