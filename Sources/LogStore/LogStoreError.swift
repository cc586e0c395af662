// SPDX-License-Identifier: Apache-2.0

/// Why the log store could not do what it was asked.
package struct LogStoreError: Error, Equatable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case directoryUnusable = "log-directory-unusable"
        case threadNotStarted = "log-thread-not-started"
        case recorderUnusable = "recorder-unusable"
        case noLog = "no-log"
        case unreadable = "log-unreadable"
        case badArchive = "log-archive-damaged"
        case badTime = "bad-time"
    }

    package var code: Code
    /// The file, directory or text that it is about.
    package var subject: String
    /// The system's error, as its name and number; empty when there is none.
    package var cause: String

    package init(_ code: Code, _ subject: String, cause: String = "") {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// What to do next, in one line.
    package var remedy: String {
        switch self.code {
        case .directoryUnusable: "Create the directory, or let the daemon's user write to its parent."
        case .threadNotStarted: "Raise the limit on threads (ulimit -u, TasksMax=) and start again."
        case .recorderUnusable: "Check owner, mode and free space of logs.recorder.directory."
        case .noLog: "Nothing was logged under this name yet; `helio list` shows the names."
        case .unreadable: "Check the file's owner and mode; logs have the mode in logs.mode."
        case .badArchive: "The compressed log is damaged; `zstd -t` or `gzip -t` shows where."
        case .badTime: "Give 10m, 2h, 3d, 14:00, yesterday 14:00, 2026-11-22 or 2026-11-22T14:00:00Z."
        }
    }
}

extension LogStoreError: CustomStringConvertible {
    package var description: String {
        self.cause.isEmpty
            ? "\(self.code.rawValue): \(self.subject)"
            : "\(self.code.rawValue): \(self.subject): \(self.cause)"
    }
}
