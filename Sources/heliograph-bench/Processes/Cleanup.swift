// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// What is running, so that nothing is left of it when the bench is interrupted.
enum Cleanup {
    private static let running = Mutex<Set<Int32>>([])

    static func started(_ id: Int32) { self.running.withLock { _ = $0.insert(id) } }
    static func ended(_ id: Int32) { self.running.withLock { _ = $0.remove(id) } }

    /// On SIGINT and SIGTERM: ends every program, removes the directory, exits.
    static func onSignals(removing directory: URL) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                for id in self.running.withLock({ $0 }) { kill(id, SIGKILL) }
                try? FileManager.default.removeItem(at: directory)
                // The source is mentioned in its own handler so that it lives.
                source.cancel()
                exit(128 + number)
            }
            source.activate()
        }
        signal(SIGPIPE, SIG_IGN)
    }
}
