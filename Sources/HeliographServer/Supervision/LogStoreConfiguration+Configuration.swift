// SPDX-License-Identifier: Apache-2.0

import HeliographConfig
import LogStore

extension LogStoreConfiguration {
    /// The writer's settings from the `logs` part of the configuration.
    init(_ logs: LogConfiguration) {
        self.init(directory: logs.directory, recorder: logs.recorder.map { Recorder($0) })
        self.rotation = Rotation(byteCount: logs.rotate.size.map { Int64($0) }, interval: logs.rotate.every)
        self.retention = Retention(logs.keep)
        self.compression = Compression(rawValue: logs.compress.rawValue) ?? .none
        self.fileMode = logs.mode
        // Whoever may read the files may enter the directories.
        self.directoryMode = logs.mode | (logs.mode & 0o444) >> 2 | 0o700
        self.openFiles = logs.openFiles
        self.reserveByteCount = Int64(logs.reserve)
    }
}

extension ConsoleLogOptions {
    init(_ log: ConsoleLogSettings) {
        self.init(writesText: log.text != .off, dailyByteCount: log.dailyLimit.map { Int64($0) })
    }
}

extension LogStoreConfiguration.Recorder {
    init(_ recorder: LogConfiguration.Recorder) {
        self.init(
            directory: recorder.directory,
            retention: .init(recorder.keep),
            syncInterval: recorder.sync
        )
    }
}

extension LogStoreConfiguration.Retention {
    init(_ keep: LogConfiguration.Retention) {
        let minimum: FreeSpace? =
            switch keep.minimumFree {
            case .percent(let percent): .percent(Double(percent))
            case .bytes(let count): .bytes(Int64(count))
            case nil: nil
            }
        self.init(
            age: keep.days.map { .seconds($0 * 86_400) },
            byteCount: keep.total.map { Int64($0) },
            minimumFree: minimum
        )
    }
}
