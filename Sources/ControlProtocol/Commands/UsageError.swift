// SPDX-License-Identifier: Apache-2.0

/// A command line that means nothing: `ExitStatus.usage`.
package struct UsageError: Error, Equatable, Sendable {
    /// What is wrong, in one line, harmless on a terminal.
    package var message: String
    /// What would be right, in one line.
    package var hint: String

    init(_ verb: Verb, _ message: String) {
        self.message = "\(verb.rawValue): \(message)"
        self.hint = "usage: \(VerbTable.description(of: verb).usage)"
    }

    package init(_ message: String, hint: String = "`help` lists the verbs") {
        self.message = message
        self.hint = hint
    }

    /// For standard error.
    package var text: String { "\(self.message)\n\(self.hint)\n" }
}
