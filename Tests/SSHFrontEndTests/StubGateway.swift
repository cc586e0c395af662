// SPDX-License-Identifier: Apache-2.0

import Foundation
import OperatorSession

/// Stands behind the door: a shell that echoes, and a few commands.
///
///     shell         echoes; Ctrl-D ends it with 7; tells of breaks and sizes
///     echo          echoes until end of input
///     exit N        ends with N
///     both          "to out" and "to err"
///     who           the request
///     flood N       N bytes of a known pattern
///     sink          takes 1000 bytes at a time, the next after a deadline; at the end says how many and their sum
struct StubGateway: OperatorGateway {
    let log = Collector()

    func open(_ request: ChannelRequest, outlet: any Outlet) -> any ChannelHandler {
        StubHandler(request, outlet, self.log)
    }

    /// What `flood` repeats; its length is prime, so no shift by a round number goes unnoticed.
    private static let block = (0..<1_048_573).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }

    /// What `flood` sends between two offsets.
    static func pattern(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        while bytes.count < range.count {
            let start = (range.lowerBound + bytes.count) % Self.block.count
            bytes += Self.block[start...].prefix(range.count - bytes.count)
        }
        return bytes
    }
}

private final class StubHandler: ChannelHandler {
    private enum Work {
        case echo(isTerminal: Bool)
        case flood(next: Int, end: Int)
        case sink
        case none
    }

    private let outlet: any Outlet
    private let log: Collector
    private var work = Work.none
    private var sinkCount = 0
    private var sinkSum: UInt64 = 0
    private var waiting = false
    var deadline: ContinuousClock.Instant?

    init(_ request: ChannelRequest, _ outlet: any Outlet, _ log: Collector) {
        self.outlet = outlet
        self.log = log
        switch request.work {
        case .shell:
            self.say("ready \(Self.describe(request))\r\n")
            self.work = .echo(isTerminal: request.terminal != nil)
        case .commandLine(let line):
            self.run(line.split(separator: " ").map(String.init), request)
        case .arguments:
            outlet.finish(exitStatus: 64)
        }
    }

    private static func describe(_ request: ChannelRequest) -> String {
        let size = request.terminal.map { "\($0.type) \($0.columns)x\($0.rows)" } ?? "no terminal"
        var work = "\(request.work)"
        if case .shell(let console) = request.work { work = "shell \(console ?? "-")" }
        return "\(request.identity.user) \(request.identity.method) \(work) \(size)"
    }

    private func say(_ text: String) { self.outlet.enqueue(Array(text.utf8)) }

    private func run(_ words: [String], _ request: ChannelRequest) {
        switch (words.first ?? "", words.dropFirst().first.flatMap { Int($0) }) {
        case ("exit", let status?): self.outlet.finish(exitStatus: UInt8(status))
        case ("both", _):
            self.outlet.enqueue(Array("to out\n".utf8))
            self.outlet.enqueueError(Array("to err\n".utf8))
            self.outlet.finish(exitStatus: 0)
        case ("who", _):
            self.say(Self.describe(request) + "\n")
            self.outlet.finish(exitStatus: 0)
        case ("echo", _): self.work = .echo(isTerminal: false)
        case ("flood", let count?):
            self.work = .flood(next: 0, end: count)
            self.outletDrained()
        case ("sink", _): self.work = .sink
        default:
            self.outlet.enqueueError(Array("unknown command\n".utf8))
            self.outlet.finish(exitStatus: 64)
        }
    }

    func receive(_ bytes: ArraySlice<UInt8>) -> Int {
        switch self.work {
        case .echo(let isTerminal):
            if isTerminal, bytes.contains(4) {
                self.outlet.finish(exitStatus: 7)
                return bytes.count
            }
            let taken = min(bytes.count, self.outlet.room)
            self.outlet.enqueue(Array(bytes.prefix(taken)))
            self.waiting = taken < bytes.count
            return taken
        case .sink:
            let taken = bytes.prefix(1000)
            self.sinkCount += taken.count
            for byte in taken { self.sinkSum = self.sinkSum &* 31 &+ UInt64(byte) }
            if taken.count < bytes.count { self.deadline = .now + .milliseconds(1) }
            return taken.count
        case .flood, .none:
            return bytes.count
        }
    }

    func outletDrained() {
        if self.waiting {
            self.waiting = false
            self.outlet.resumeInput()
        }
        guard case .flood(let next, let end) = self.work else { return }
        let stop = min(end, next + self.outlet.room)
        self.outlet.enqueue(StubGateway.pattern(next..<stop))
        self.work = .flood(next: stop, end: end)
        if stop == end { self.outlet.finish(exitStatus: 0) }
    }

    func wakeUp(now: ContinuousClock.Instant) {
        self.deadline = nil
        self.outlet.resumeInput()
    }

    func breakRequested() {
        self.log.append("break\n")
        self.say("BREAK\r\n")
    }

    func resized(columns: Int, rows: Int) { self.say("size \(columns)x\(rows)\r\n") }

    func inputEnded() {
        if case .sink = self.work { self.say("\(self.sinkCount) \(self.sinkSum)\n") }
        if case .flood = self.work { return }
        self.outlet.finish(exitStatus: 0)
    }

    func closed() { self.log.append("closed\n") }
}
