// SPDX-License-Identifier: Apache-2.0

import OperatorSession
import Synchronization

/// Which channel of which connection of a worker.
struct ChannelKey: Hashable, Sendable {
    var connection: UInt64
    var channel: UInt64
}

/// The way to one channel, from any thread. Bounded by `capacity` bytes; at most one wake-up is on its way to the
/// worker at any time, so a console's batch to many operators costs one lock each.
final class SSHOutlet: Outlet {
    struct Chunk: Sendable {
        var bytes: [UInt8]
        var isError: Bool
    }

    /// What the worker takes for one turn.
    struct Taken {
        var chunks: [Chunk] = []
        var mustResumeInput = false
    }

    private struct State {
        var chunks: [Chunk] = []
        /// Bytes in `chunks` and in what the worker has taken but not written.
        var byteCount = 0
        var dropped = 0
        var exitStatus: UInt8?
        var isClosed = false
        var isAnnounced = false
        var wasCrowded = false
        var mustResumeInput = false
    }

    private let capacity: Int
    private let announce: @Sendable () -> Void
    private let state = Mutex(State())

    /// `announce` tells the worker to look at this outlet.
    init(capacity: Int, announce: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.announce = announce
    }

    // MARK: From any thread

    var room: Int {
        self.state.withLock { $0.isClosed || $0.exitStatus != nil ? 0 : self.capacity - $0.byteCount }
    }

    func enqueue(_ bytes: [UInt8]) {
        self.append(bytes, isError: false)
    }

    func enqueueError(_ bytes: [UInt8]) {
        self.append(bytes, isError: true)
    }

    func finish(exitStatus: UInt8) {
        self.change { state in
            guard state.exitStatus == nil else { return false }
            state.exitStatus = exitStatus
            return true
        }
    }

    func resumeInput() {
        self.change { state in
            state.mustResumeInput = true
            return true
        }
    }

    private func append(_ bytes: [UInt8], isError: Bool) {
        self.change { state in
            guard state.exitStatus == nil, !bytes.isEmpty else { return false }
            let room = self.capacity - state.byteCount
            guard bytes.count > room else {
                self.push(bytes, isError, to: &state)
                return true
            }
            state.dropped += bytes.count - room
            guard room > 0 else { return false }
            self.push(Array(bytes.prefix(room)), isError, to: &state)
            return true
        }
    }

    private func push(_ bytes: [UInt8], _ isError: Bool, to state: inout State) {
        state.chunks.append(Chunk(bytes: bytes, isError: isError))
        state.byteCount += bytes.count
        if self.capacity - state.byteCount < self.capacity / 2 { state.wasCrowded = true }
    }

    /// Changes the state and announces it when the worker does not know yet.
    private func change(_ body: (inout State) -> Bool) {
        let mustAnnounce = self.state.withLock { state in
            guard !state.isClosed, body(&state), !state.isAnnounced else { return false }
            state.isAnnounced = true
            return true
        }
        if mustAnnounce { self.announce() }
    }

    // MARK: From the worker

    /// Hands over everything enqueued since the last time.
    func take() -> Taken {
        self.state.withLock { state in
            state.isAnnounced = false
            let taken = Taken(chunks: state.chunks, mustResumeInput: state.mustResumeInput)
            state.chunks = []
            state.mustResumeInput = false
            return taken
        }
    }

    /// Gives room back; true when the handler should be told that there is plenty again.
    func written(_ count: Int) -> Bool {
        self.state.withLock { state in
            state.byteCount -= count
            guard state.wasCrowded, self.capacity - state.byteCount >= self.capacity / 2 else { return false }
            state.wasCrowded = false
            return true
        }
    }

    /// The exit status, once everything enqueued before it is written.
    var finishedStatus: UInt8? {
        self.state.withLock { $0.byteCount == 0 ? $0.exitStatus : nil }
    }

    var isFinishing: Bool { self.state.withLock { $0.exitStatus != nil } }

    /// Takes nothing more; returns how many bytes were dropped over the outlet's life.
    func close() -> Int {
        self.state.withLock { state in
            state.isClosed = true
            state.chunks = []
            return state.dropped
        }
    }
}
