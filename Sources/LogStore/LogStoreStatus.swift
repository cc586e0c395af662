// SPDX-License-Identifier: Apache-2.0

/// The state of the log for `helio status` and metrics. Counters begin with the daemon.
package struct LogStoreStatus: Sendable, Equatable {
    /// False while something cannot be written or was dropped in the last minute.
    package var isHealthy = true
    /// Submitted and not yet on disk.
    package var pendingBytes = 0
    /// Part of `pendingBytes` that a write error holds back, and how many consoles it concerns.
    package var heldBackBytes = 0
    package var heldBackConsoles = 0
    package var openFiles = 0
    package var consoles = 0
    package var linesWritten: UInt64 = 0
    package var textBytesWritten: UInt64 = 0
    /// Text dropped because the log could not be written (without stamps).
    package var linesLost: UInt64 = 0
    package var textBytesLost: UInt64 = 0
    /// Failed file operations by the errno's name (`ENOSPC`).
    package var errors: [String: UInt64] = [:]
    package var freeBytes: Int64 = 0
    package var totalBytes: Int64 = 0
    /// Nil when there is no recorder.
    package var recorder: Recorder?

    /// The recorder's part.
    package struct Recorder: Sendable, Equatable {
        package var segment: UInt64 = 0
        package var bytesWritten: UInt64 = 0
        package var bytesHeldBack = 0
        package var bytesLost: UInt64 = 0
        package var syncs: UInt64 = 0
        package var lastSyncDuration: Duration = .zero
        /// The last seal as hexadecimal, for the event stream.
        package var chainHead = ""

        package init() {}
    }

    package init() {}
}
