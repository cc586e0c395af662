// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import SSHFrontEnd

@Suite("An outlet")
struct OutletTests {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    private func outlet(_ capacity: Int, _ count: Count = Count()) -> SSHOutlet {
        SSHOutlet(capacity: capacity) { count.value.add(1, ordering: .relaxed) }
    }

    @Test("holds what fits, counts what does not, and has room again only when it is written")
    func bounded() {
        let outlet = self.outlet(10)
        outlet.enqueue(Array(0..<8))
        #expect(outlet.room == 2)
        outlet.enqueueError(Array(8..<12))
        #expect(outlet.room == 0)
        outlet.enqueue([99])
        let taken = outlet.take()
        #expect(taken.chunks.map(\.bytes) == [Array(0..<8), [8, 9]])
        #expect(taken.chunks.map(\.isError) == [false, true])
        #expect(outlet.room == 0)
        #expect(!outlet.written(4))
        #expect(outlet.written(1))
        #expect(outlet.room == 5)
        #expect(!outlet.written(5))
        #expect(outlet.close() == 3)
        #expect(outlet.room == 0)
    }

    @Test("announces itself once until it is looked at")
    func coalesced() {
        let count = Count()
        let outlet = self.outlet(100, count)
        for byte in 0..<10 { outlet.enqueue([UInt8(byte)]) }
        outlet.resumeInput()
        #expect(count.value.load(ordering: .relaxed) == 1)
        #expect(outlet.take().mustResumeInput)
        outlet.enqueue([1])
        #expect(count.value.load(ordering: .relaxed) == 2)
        _ = outlet.close()
        outlet.enqueue([1])
        #expect(count.value.load(ordering: .relaxed) == 2)
    }

    @Test("ends after what was enqueued before, and takes nothing afterwards")
    func finished() {
        let outlet = self.outlet(100)
        outlet.enqueue([1, 2])
        outlet.finish(exitStatus: 5)
        outlet.finish(exitStatus: 6)
        outlet.enqueue([3])
        #expect(outlet.finishedStatus == nil)
        #expect(outlet.take().chunks.map(\.bytes) == [[1, 2]])
        _ = outlet.written(2)
        #expect(outlet.finishedStatus == 5)
    }
}

@Suite("A mailbox")
struct MailboxTests {
    @Test("is written to only while its loop sleeps, and then once")
    func wakeUps() throws {
        let mailbox = try Mailbox<Int>()
        mailbox.post(1)
        #expect(!self.isReadable(mailbox))
        #expect(!mailbox.mayFallAsleep())
        #expect(mailbox.take() == [1])
        #expect(mailbox.mayFallAsleep())
        mailbox.post(2)
        #expect(self.isReadable(mailbox))
        mailbox.clearWakeUp()
        mailbox.post(3)
        #expect(!self.isReadable(mailbox))
        #expect(mailbox.take() == [2, 3])
    }

    private func isReadable(_ mailbox: Mailbox<Int>) -> Bool {
        var descriptor = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }
}
