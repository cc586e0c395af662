// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SerialOverLAN

@Suite("The input queue")
struct InputQueueTests {
    @Test("takes no more than it has room for")
    func bound() {
        var queue = InputQueue(limit: 5)
        #expect(queue.append(Array("abc".utf8)[...]) == 3)
        #expect(queue.append(Array("defg".utf8)[...]) == 2)
        #expect(queue.append(Array("h".utf8)[...]) == 0)
        #expect(Array(queue.prefix(9)) == Array("abcde".utf8))
        #expect(!queue.hasRoomAgain)
        queue.removeFirst(3)
        #expect(queue.hasRoomAgain)
    }

    @Test("keeps breaks at their places")
    func breaks() {
        var queue = InputQueue(limit: 100)
        _ = queue.append(Array("ab".utf8)[...])
        _ = queue.appendBreak()
        _ = queue.appendBreak()
        _ = queue.append(Array("c".utf8)[...])

        var order: [String] = []
        while let head = queue.head {
            switch head {
            case .characters(let count):
                order.append(String(decoding: queue.prefix(count), as: UTF8.self))
                queue.removeFirst(count)
            case .serialBreak:
                order.append("break")
                queue.removeBreak()
            }
        }
        #expect(order == ["ab", "break", "break", "c"])
        #expect(queue.isEmpty)
    }

    @Test("does not remember endless breaks")
    func breakBound() {
        var queue = InputQueue(limit: 100)
        let taken = (0..<1000).filter { _ in queue.appendBreak() }
        #expect(taken.count == 16)
        #expect(queue.removeAll() == 0)
        #expect(queue.isEmpty)
    }

    @Test("keeps the order over any pattern of filling and emptying")
    func order() {
        var queue = InputQueue(limit: 10_000)
        var next: UInt8 = 0
        var expected: UInt8 = 0
        for round in 1...3000 {
            let chunk = (0..<(round % 13)).map { _ -> UInt8 in
                defer { next &+= 1 }
                return next
            }
            #expect(queue.append(chunk[...]) == chunk.count)
            let wanted = min(queue.byteCount, round % 14)
            for byte in queue.prefix(wanted) {
                #expect(byte == expected)
                expected &+= 1
            }
            queue.removeFirst(wanted)
        }
    }
}
