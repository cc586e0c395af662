// SPDX-License-Identifier: Apache-2.0

/// What the log thread knows about one console. Kept small: there are thousands, and most of them are silent.
final class ConsoleLog {
    let id: LogID
    let name: String
    var options: ConsoleLogOptions
    let file: LogFile
    var assembler = LineAssembler()
    /// The stamp of the last line, in milliseconds since 1970.
    var lastStamp: Int64 = .min
    /// When output last came in, by the steady clock.
    var lastFed = Duration.zero
    var isListedAsPending = false
    var isListedAsHeld = false
    /// Written since the last `P` frame of the recorder.
    var wasTouched = false
    /// Not nil while the log cannot be written.
    var backlog: Backlog?
    /// Bytes of today that were kept and skipped, for the daily limit.
    var day: Int64 = .min
    var bytesToday: Int64 = 0
    var bytesSkipped: Int64 = 0
    /// The console's entries of the batches at hand: a list through `TextLogs.links`.
    var firstLink: Int32 = -1
    var lastLink: Int32 = -1
    /// Neighbours among the open files, by number; 0 is none.
    var newer: UInt32 = 0
    var older: UInt32 = 0

    init(id: LogID, name: String, options: ConsoleLogOptions, paths: LogPaths) {
        self.id = id
        self.name = name
        self.options = options
        let fileName = LogPaths.fileName(for: name)
        self.file = LogFile(
            path: paths.current(fileName),
            archiveDirectory: paths.archive(of: fileName),
            base: fileName,
            suffix: ".log"
        )
    }
}
