// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc
import HeliographConfig
import LogStore

/// `log` when no daemon is running: the files are read here.
enum LogFromFiles {
    static func run(_ options: LogOptions, unreachable: ConnectError) -> Outcome {
        let configuration = CheckConfiguration.load(CheckConfiguration.defaultFile).configuration
        let directory = configuration?.logs.directory ?? LogConfiguration().directory
        Output.complain("no daemon at \(unreachable.path); reading \(directory)")
        let now = self.now()
        let reader: LogReader
        do throws(LogStoreError) {
            let query = LogQuery(
                since: options.since.map { WallTime(microseconds: $0.resolved(now: now)) },
                until: options.until.map { WallTime(microseconds: $0.resolved(now: now)) },
                last: options.lastLines,
                follow: options.follow
            )
            reader = try LogReader(directory: directory, console: options.console, query: query)
            return try self.print(reader, options)
        } catch {
            Output.complain("\(error)")
            return .status(error.code == .noLog ? .unavailable : .failed)
        }
    }

    private static func print(_ reader: LogReader, _ options: LogOptions) throws(LogStoreError) -> Outcome {
        var presenter = LogPresenter(options)
        while true {
            let bytes = try reader.read()
            guard Output.write(presenter.present(bytes), to: STDOUT_FILENO) else { return .status(.done) }
            guard bytes.isEmpty else { continue }
            if reader.isAtEnd { break }
            if options.follow { usleep(200_000) }
        }
        _ = Output.write(presenter.finish(), to: STDOUT_FILENO)
        return .status(.done)
    }

    private static func now() -> WallMicroseconds {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallMicroseconds(time.tv_sec) * 1_000_000 + WallMicroseconds(time.tv_nsec) / 1000
    }
}
