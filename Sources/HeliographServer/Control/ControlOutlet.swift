// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import NIOCore
import OperatorSession
import Synchronization

/// The way to one `helio`'s terminal: frames on a Unix socket.
///
/// Bounded by `capacity`: what was enqueued and the kernel has not taken yet. What does not fit is dropped;
/// who fills it asks `room` first.
final class ControlOutlet: Outlet {
    static let capacity = 256 * 1024

    private struct State {
        /// Encoded, not yet handed to the channel.
        var waiting: [UInt8] = []
        /// Handed to the channel, not yet in the kernel.
        var underWay = 0
        var isScheduled = false
        var wasFull = false
        var isFinished = false
    }

    private let channel: any Channel
    private let state = Mutex(State())
    /// Called on the channel's loop when there is room again, and when input may go on.
    private let onDrained: @Sendable () -> Void
    private let onResume: @Sendable () -> Void

    init(
        channel: any Channel,
        onDrained: @escaping @Sendable () -> Void,
        onResume: @escaping @Sendable () -> Void
    ) {
        self.channel = channel
        self.onDrained = onDrained
        self.onResume = onResume
    }

    var room: Int {
        self.state.withLock { state in
            let room = state.isFinished ? Self.capacity : Self.capacity - state.waiting.count - state.underWay
            if room <= 0 { state.wasFull = true }
            return max(room, 0)
        }
    }

    func enqueue(_ bytes: [UInt8]) { self.enqueue(.stdout(bytes)) }
    func enqueueError(_ bytes: [UInt8]) { self.enqueue(.stderr(bytes)) }

    func finish(exitStatus: UInt8) {
        self.enqueue(.exit(exitStatus))
        self.state.withLock { $0.isFinished = true }
        self.channel.eventLoop.execute { self.flush() }
    }

    func resumeInput() { self.channel.eventLoop.execute(self.onResume) }

    func suspend() -> Bool {
        self.enqueue(.suspend)
        return true
    }

    private func enqueue(_ frame: ControlFrame) {
        let bytes = frame.encoded
        let schedules = self.state.withLock { state in
            guard !state.isFinished else { return false }
            // Twice the capacity is more than any filler that asks for room first can reach: status lines of
            // ours included.
            guard state.waiting.count + state.underWay < 2 * Self.capacity else { return false }
            state.waiting += bytes
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if schedules { self.channel.eventLoop.execute { self.flush() } }
    }

    /// Hands everything to the channel; on its loop.
    private func flush() {
        let (bytes, isLast) = self.state.withLock { state in
            defer {
                state.underWay += state.waiting.count
                state.waiting = []
                state.isScheduled = false
            }
            return (state.waiting, state.isFinished)
        }
        guard !bytes.isEmpty else { return }
        let written = self.channel.writeAndFlush(self.channel.allocator.buffer(bytes: bytes))
        written.whenComplete { _ in self.left(bytes.count) }
        if isLast { written.whenComplete { _ in self.channel.close(promise: nil) } }
    }

    private func left(_ count: Int) {
        let hasDrained = self.state.withLock { state in
            state.underWay -= count
            guard state.wasFull, state.underWay + state.waiting.count <= Self.capacity / 2 else {
                return false
            }
            state.wasFull = false
            return true
        }
        if hasDrained { self.onDrained() }
    }
}
