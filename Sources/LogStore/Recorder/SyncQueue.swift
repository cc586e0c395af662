// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Lets a helper thread wait for the disk, so that appending goes on meanwhile. At most one sync runs and one waits.
///
/// Without a thread (in tests) each request is served at once.
final class SyncQueue: Sendable {
    /// What came of a request.
    enum Outcome: Equatable, Sendable {
        case synced(Duration)
        case failed(FileError)
        case fileSystemSynced
    }

    private struct State {
        var sync: Int32?
        var closes: [Int32] = []
        var fileSystem: String?
        var outcomes: [Outcome] = []
        var isStopping = false
    }

    private let state = Mutex(State())
    private let files: any FileLayer
    private let bell: Doorbell?
    private let thread = Mutex<LogThread?>(nil)

    init(files: any FileLayer) {
        self.files = files
        self.bell = Doorbell()
    }

    func start() -> Bool {
        guard let bell = self.bell else { return false }
        let thread = LogThread(name: "log-sync") { [self] in
            while self.serve() { bell.wait(nil) }
        }
        self.thread.withLock { $0 = thread }
        return thread != nil
    }

    /// Serves what was asked for before, then ends the thread.
    func stop() {
        self.state.withLock { $0.isStopping = true }
        self.ringOrServe()
        self.thread.withLock { $0 }?.join()
        self.thread.withLock { $0 = nil }
    }

    func sync(_ descriptor: Int32) {
        self.state.withLock { $0.sync = descriptor }
        self.ringOrServe()
    }

    /// Syncs and closes: the segment is complete.
    func close(_ descriptor: Int32) {
        self.state.withLock { state in
            if state.sync == descriptor { state.sync = nil }
            state.closes.append(descriptor)
        }
        self.ringOrServe()
    }

    func syncFileSystem(of path: String) {
        self.state.withLock { $0.fileSystem = path }
        self.ringOrServe()
    }

    /// What came of the requests since the last call, in order.
    func takeOutcomes() -> [Outcome] {
        self.state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }

    private func ringOrServe() {
        if self.thread.withLock({ $0 != nil }), let bell = self.bell {
            bell.ring()
        } else {
            _ = self.serve()
        }
    }

    /// Serves all requests; false when the thread is to end.
    private func serve() -> Bool {
        while true {
            let (work, isStopping) = self.state.withLock { state in
                let work = (state.sync, state.closes, state.fileSystem)
                state.sync = nil
                state.closes = []
                state.fileSystem = nil
                return (work, state.isStopping)
            }
            let (sync, closes, fileSystem) = work
            if sync == nil, closes.isEmpty, fileSystem == nil { return !isStopping }
            if let sync { self.report(self.synchronize(sync)) }
            for descriptor in closes {
                self.report(self.synchronize(descriptor))
                self.files.close(descriptor)
            }
            if let fileSystem {
                self.files.synchronizeFileSystem(at: fileSystem)
                self.report(.fileSystemSynced)
            }
        }
    }

    private func synchronize(_ descriptor: Int32) -> Outcome {
        let start = Moment.steadyNow()
        do throws(FileError) {
            try self.files.synchronize(descriptor)
            return .synced(Moment.steadyNow() - start)
        } catch {
            return .failed(error)
        }
    }

    private func report(_ outcome: Outcome) {
        self.state.withLock { $0.outcomes.append(outcome) }
    }
}
