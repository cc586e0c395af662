// SPDX-License-Identifier: Apache-2.0

/// A place in a configuration file. Lines and columns count from 1, columns in Unicode scalars as libyaml does.
package struct SourcePosition: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(self.file):\(self.line):\(self.column)" }

    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// One thing to say about a configuration, and where.
package struct Diagnostic: Equatable, Sendable, CustomStringConvertible {
    package enum Severity: Sendable {
        /// The configuration is refused.
        case error
        /// The configuration is taken, but somebody should look.
        case warning
    }

    package var severity: Severity
    package var position: SourcePosition
    package var message: String

    package init(_ severity: Severity, at position: SourcePosition, _ message: String) {
        self.severity = severity
        self.position = position
        self.message = message
    }

    /// `file:line:column: message`, as `heliographd --check` prints it; a warning says so before its message.
    package var description: String {
        switch self.severity {
        case .error: "\(self.position): \(self.message)"
        case .warning: "\(self.position): warning: \(self.message)"
        }
    }
}
