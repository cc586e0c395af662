// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HeliographConfig
import LogStore
import NIOCore
import NIOPosix

/// Reading a console's log, without keeping a shard or the log thread waiting.
extension CommandInterpreter.Call {
    /// The pause between two looks for new lines while following.
    private static let followInterval: Duration = .milliseconds(100)

    func log(_ options: LogOptions) async throws {
        let entry = try self.console(options.console, .attach)
        let now = WallTime.now().microseconds
        let needsDefault = options.since == nil && options.until == nil
        let query = LogQuery(
            since: options.since.map { WallTime(microseconds: $0.resolved(now: now)) },
            until: options.until.map { WallTime(microseconds: $0.resolved(now: now)) },
            last: options.lines ?? (needsDefault ? LogOptions.defaultLines : nil),
            follow: options.follow
        )
        let directory = self.interpreter.logDirectory
        let reader = try await Self.blocking {
            ReaderBox(try LogReader(directory: directory, console: entry.console.name, query: query))
        }
        var presenter = LogPresenter(options)
        while true {
            let lines = try await Self.blocking { try reader.reader.read() }
            try await self.output.write(presenter.present(lines))
            guard lines.isEmpty else { continue }
            if reader.reader.isAtEnd { break }
            try await Task.sleep(for: Self.followInterval)
        }
        try await self.output.write(presenter.finish())
    }

    /// Runs something that waits for the disk on a thread that may.
    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch let error as LogStoreError {
            throw CommandFailure(error.code == .noLog ? .unavailable : .failed, "\(error)")
        }
    }

    /// A reader on its way between the task that owns it and the pool's threads, one at a time.
    private final class ReaderBox: @unchecked Sendable {
        // Unchecked: only one task has the box, and it waits for each use to end before the next.
        let reader: LogReader

        init(_ reader: LogReader) { self.reader = reader }
    }
}
