// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A thread of our own: libssh sessions live and die on one, and nothing else runs there.
struct Thread {
    private let handle: pthread_t

    /// Starts `body` on a new thread; null when the system has no more.
    init?(name: String, _ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Box(name: name, body: body))
        var handle = pthread_t()
        let status = unsafe pthread_create(
            &handle,
            nil,
            { argument in
                // Sound: `argument` is the box retained above, and this is the only place that takes it back.
                guard let argument = unsafe argument else { return nil }
                let box = unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                unsafe linux_prepare_thread(box.name)
                box.body()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            unsafe box.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits for the thread's end; to be called exactly once.
    func join() {
        _ = pthread_join(self.handle, nil)
    }

    private final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
