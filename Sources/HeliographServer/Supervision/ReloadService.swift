// SPDX-License-Identifier: Apache-2.0

import LogStore
import Logging
import ServiceLifecycle
import UnixSignals

/// SIGHUP: reads the configuration again and reopens the logs, as administrators expect of a daemon.
struct ReloadService: Service {
    let supervisor: Supervisor
    let writer: LogWriter
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            self.writer.reopen()
            let outcome = await self.supervisor.reload()
            for problem in outcome.problems {
                self.logger.error("configuration", metadata: ["problem": "\(problem)"])
            }
        }
    }
}
