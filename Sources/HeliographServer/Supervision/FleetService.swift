// SPDX-License-Identifier: Apache-2.0

import HeliographConfig
import LogStore
import Logging
import ServiceLifecycle

/// The consoles as a service: opens them, listens to the shards, and closes every session when the daemon
/// stops.
struct FleetService: Service {
    let configuration: Configuration
    let supervisor: Supervisor
    let shards: [Shard]
    let reports: AsyncStream<ShardReport>
    let writer: LogWriter
    let logger: Logger

    /// How long an orderly stop waits for BMCs to answer.
    private static let patience: Duration = .seconds(5)

    func run() async throws {
        await withTaskGroup { group in
            group.addTask {
                for await report in self.reports { await self.supervisor.handle(report) }
            }
            await self.supervisor.start(with: self.configuration)
            try? await gracefulShutdown()
            await self.close()
            group.cancelAll()
        }
    }

    private func close() async {
        for shard in self.shards {
            await shard.shutDownAttachments()
            await shard.closeAll()
        }
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            var isQuiet = true
            for shard in self.shards where await !shard.isQuiet { isQuiet = false }
            if isQuiet { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        for shard in self.shards { await shard.stop() }
    }
}
