// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A worker as other threads see it: a mailbox and a count.
final class Worker: Sendable {
    let mailbox: Mailbox<WorkerCommand>
    private let connections = Atomic<Int>(0)

    init() throws(SSHFrontEndError) {
        self.mailbox = try Mailbox()
    }

    /// Connections that it has or is about to get.
    var load: Int { self.connections.load(ordering: .relaxed) }

    func adopt(_ session: AuthenticatedSession) {
        self.connections.add(1, ordering: .relaxed)
        self.mailbox.post(.adopt(session))
    }

    func connectionEnded() {
        self.connections.subtract(1, ordering: .relaxed)
    }
}
