// SPDX-License-Identifier: Apache-2.0

import LogStore
import Glibc
package import Logging

/// Diagnostics on standard error: one line each, with a `<N>` priority in front where journald reads it and
/// the time where it does not. Console text never comes here.
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let label: String
    private let isJournal: Bool

    package init(label: String, level: Logger.Level) {
        self.label = label
        self.logLevel = level
        self.isJournal = unsafe getenv("JOURNAL_STREAM") != nil
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = self.isJournal ? "<\(Self.priority(event.level))>" : "\(WallTime.now()) \(event.level) "
        line += event.message.description
        let all = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.quoted(value.description))"
        }
        line += "\n"
        let bytes = Array(line.utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }

    /// syslog(3)'s numbers.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// One line stays one line, whatever a peer put into a name.
    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 < 0x7f }
        guard !isPlain else { return value }
        let safe = value.unicodeScalars.map { scalar -> String in
            switch scalar.value {
            case 0x22, 0x5c: "\\" + String(scalar)
            case 0..<0x20, 0x7f..<0xa0: "?"
            default: String(scalar)
            }
        }
        return "\"" + safe.joined() + "\""
    }
}
