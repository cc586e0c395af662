// SPDX-License-Identifier: Apache-2.0

import CLogStore
import Glibc
import Synchronization

/// A thread that lives until its body returns, and can be waited for.
final class LogThread: Sendable {
    private let done: Doorbell
    private let finished = Atomic(false)

    /// Starts a thread; nil when the system refuses.
    init?(name: String, _ body: @escaping @Sendable () -> Void) {
        guard let done = Doorbell() else { return nil }
        self.done = done
        let work = Work(name: name) { [weak self] in
            body()
            self?.finished.store(true, ordering: .releasing)
            done.ring()
        }
        let pointer = unsafe Unmanaged.passRetained(work).toOpaque()
        var thread = pthread_t()
        // Unsafe: the body travels through a void pointer. Sound, because it is retained once and released once.
        let result = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let work = unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
                unsafe hlg_name_thread(work.name)
                work.body()
                return nil
            },
            pointer
        )
        guard result == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(pointer).release()
            return nil
        }
        pthread_detach(thread)
    }

    func join() {
        while !self.finished.load(ordering: .acquiring) { self.done.wait(.seconds(1)) }
    }

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
