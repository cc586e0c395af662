// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Synchronization

/// Where a command writes: waits while the operator does not read, so a long log never piles up in memory.
final class CommandOutput: Sendable {
    private let outlet: any Outlet
    /// On a terminal in raw mode a newline alone does not return to the first column.
    private let needsCarriageReturns: Bool
    private let waiter = Mutex<CheckedContinuation<Void, Never>?>(nil)

    init(outlet: any Outlet, needsCarriageReturns: Bool) {
        self.outlet = outlet
        self.needsCarriageReturns = needsCarriageReturns
    }

    /// Writes text to standard output.
    /// - Throws: `CancellationError` when the operator has gone.
    func write(_ text: String) async throws { try await self.write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) async throws {
        var rest = self.converted(bytes)[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let room = self.outlet.room
            guard room > 0 else {
                await self.drained()
                continue
            }
            self.outlet.enqueue(Array(rest.prefix(room)))
            rest = rest.dropFirst(room)
        }
    }

    /// Writes one line to standard error.
    func fail(_ text: String) {
        self.outlet.enqueueError(self.converted(Array("helio: \(TerminalSafe.text(text))\n".utf8)))
    }

    func finish(_ status: UInt8) { self.outlet.finish(exitStatus: status) }

    /// The operator's end has taken something, or has gone.
    func wake() {
        let waiting = self.waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiting?.resume()
    }

    private func drained() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.waiter.withLock { $0 = continuation }
                // It may have drained, or ended, before the continuation was there to be woken.
                if self.outlet.room > 0 || Task.isCancelled { self.wake() }
            }
        } onCancel: {
            self.wake()
        }
    }

    private func converted(_ bytes: [UInt8]) -> [UInt8] {
        guard self.needsCarriageReturns, bytes.contains(0x0A) else { return bytes }
        return bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    }
}
