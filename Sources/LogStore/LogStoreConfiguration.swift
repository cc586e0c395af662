// SPDX-License-Identifier: Apache-2.0

/// What the `logs` part of the configuration says, in the writer's terms.
package struct LogStoreConfiguration: Sendable, Equatable {
    /// When a text log is closed and a new one begun: by whichever limit comes first; nil is never.
    package struct Rotation: Sendable, Equatable {
        package var byteCount: Int64?
        /// Counted from 1970 in UTC, so a day ends at midnight UTC; each console is up to a minute late (no midnight storm).
        package var interval: Duration?

        package init(byteCount: Int64? = 64 << 20, interval: Duration? = .seconds(86_400)) {
            self.byteCount = byteCount
            self.interval = interval
        }
    }

    /// How much closed material is kept; the current files are never deleted. Nil is no limit.
    package struct Retention: Sendable, Equatable {
        /// Free space that deletion must preserve.
        package enum FreeSpace: Sendable, Equatable {
            case percent(Double)
            case bytes(Int64)
        }

        package var age: Duration?
        package var byteCount: Int64?
        package var minimumFree: FreeSpace?

        package init(age: Duration? = nil, byteCount: Int64? = nil, minimumFree: FreeSpace? = nil) {
            self.age = age
            self.byteCount = byteCount
            self.minimumFree = minimumFree
        }
    }

    /// How rotated logs are compressed.
    package enum Compression: String, Sendable, CaseIterable {
        case none, gzip, zstd
    }

    /// The recorder: every console's exact bytes and times in one file per server.
    package struct Recorder: Sendable, Equatable {
        package var directory: String
        package var retention: Retention
        /// Time between two `fdatasync` calls while there is something new.
        package var syncInterval: Duration
        package var segmentByteCount: Int64
        package var segmentDuration: Duration

        package init(
            directory: String,
            retention: Retention = Retention(age: .seconds(14 * 86_400), byteCount: 50 << 30),
            syncInterval: Duration = .seconds(1),
            segmentByteCount: Int64 = 64 << 20,
            segmentDuration: Duration = .seconds(3_600)
        ) {
            self.directory = directory
            self.retention = retention
            self.syncInterval = syncInterval
            self.segmentByteCount = segmentByteCount
            self.segmentDuration = segmentDuration
        }
    }

    package var directory: String
    /// Stands in the recorder and in events that the log itself makes.
    package var serverName = ""
    package var rotation = Rotation()
    package var retention = Retention(
        age: .seconds(90 * 86_400),
        byteCount: 100 << 30,
        minimumFree: .percent(10)
    )
    package var compression = Compression.zstd
    package var fileMode: UInt32 = 0o640
    package var directoryMode: UInt32 = 0o750
    /// The most text logs held open; nil takes the smaller of 8,192 and a third of the descriptor limit.
    package var openFiles: Int?
    /// Nil: text logs only; then an unfinished line can be lost with the daemon.
    package var recorder: Recorder?
    /// The longest that a submitted batch waits for more before it is written.
    package var flushInterval: Duration = .milliseconds(25)
    /// How much longer text may wait once the recorder has it: fewer and larger writes. An urgent batch does not wait,
    /// and without a recorder nothing does.
    package var textDelay: Duration = .milliseconds(75)
    /// Text that one console may have in memory while its log cannot be written; the oldest is dropped beyond it.
    package var memoryPerConsole = 64 << 10
    /// The same for all consoles together, and for what was submitted but not yet looked at.
    package var memoryInTotal = 64 << 20
    /// Size of the reserve file that is given up for events when the disk is full; 0 is none.
    package var reserveByteCount: Int64 = 64 << 20

    package init(directory: String, recorder: Recorder? = nil) {
        self.directory = directory
        self.recorder = recorder
    }
}

/// What differs from console to console.
package struct ConsoleLogOptions: Sendable, Equatable {
    /// False: no text log, only the recorder.
    package var writesText: Bool
    /// Console bytes per day (UTC) that go to the text log; then a `!` line and a counter. Nil is no limit.
    package var dailyByteCount: Int64?

    package init(writesText: Bool = true, dailyByteCount: Int64? = 256 << 20) {
        self.writesText = writesText
        self.dailyByteCount = dailyByteCount
    }
}
