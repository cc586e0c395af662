// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ConsoleHub

private let alice = ReaderID(rawValue: 1)
private let bob = ReaderID(rawValue: 2)
private let carol = ReaderID(rawValue: 3)

@Suite("The pen")
struct WriterLeaseTests {
    @Test("goes to the first who asks, and only to that one")
    func first() {
        var lease = WriterLease()
        expect(lease.request(.readWrite, by: alice), is: .granted)
        expect(lease.request(.readWrite, by: bob), is: .refused(holder: alice))
        #expect(lease.mayWrite(alice) && !lease.mayWrite(bob))
    }

    @Test("is taken by force from everybody who has it, and they are named")
    func force() {
        var lease = WriterLease()
        _ = lease.request(.readWrite, by: alice)
        _ = lease.request(.join, by: bob)
        expect(lease.request(.force, by: carol), is: .taken(from: [alice, bob]))
        #expect(lease.writers == [carol])
    }

    @Test("is shared by joining")
    func join() {
        var lease = WriterLease()
        expect(lease.request(.join, by: alice), is: .granted)
        expect(lease.request(.join, by: bob), is: .joined(with: [alice]))
        #expect(lease.mayWrite(alice) && lease.mayWrite(bob))
    }

    @Test("stays free when its holder leaves, until somebody asks")
    func release() {
        var lease = WriterLease()
        _ = lease.request(.readWrite, by: alice)
        _ = lease.request(.readWrite, by: bob)
        expect(lease.release(alice), is: true)
        #expect(lease.writers.isEmpty && !lease.mayWrite(bob))
        expect(lease.request(.readWrite, by: bob), is: .granted)
    }

    @Test("is given back by becoming a spectator")
    func spectate() {
        var lease = WriterLease()
        _ = lease.request(.readWrite, by: alice)
        expect(lease.request(.readOnly, by: alice), is: .watching)
        #expect(lease.writers.isEmpty)
        expect(lease.release(alice), is: false)
    }

    @Test("is kept by a writer who asks again")
    func again() {
        var lease = WriterLease()
        _ = lease.request(.join, by: alice)
        _ = lease.request(.join, by: bob)
        expect(lease.request(.readWrite, by: bob), is: .granted)
        #expect(lease.writers == [alice, bob])
    }
}
