// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// Counts failed file operations by error, and says each kind in the daemon's log at most once a minute.
final class ErrorReport: Sendable {
    private struct State {
        var counts: [String: UInt64] = [:]
        var said: [String: Duration] = [:]
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    var counts: [String: UInt64] {
        self.state.withLock { $0.counts }
    }

    func note(_ error: FileError, path: String, at now: Duration) {
        let key = "\(error.operation) \(error.name)"
        let isNew = self.state.withLock { state in
            state.counts[error.name, default: 0] += 1
            if let last = state.said[key], now - last < .seconds(60) { return false }
            state.said[key] = now
            return true
        }
        guard isNew else { return }
        self.logger.error(
            "Log file operation failed",
            metadata: [
                "file.path": "\(path)", "file.operation": "\(error.operation)", "error.code": "\(error.name)",
            ]
        )
    }

    func warn(_ message: Logger.Message, _ metadata: Logger.Metadata) {
        self.logger.warning(message, metadata: metadata)
    }

    func notice(_ message: Logger.Message, _ metadata: Logger.Metadata) {
        self.logger.notice(message, metadata: metadata)
    }
}
