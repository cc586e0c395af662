// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// Prints `LoadLine`s at a steady rate, in bursts that fill a SOL packet, or as fast as they are taken.
package struct LoadHost: SimulatedHost {
    /// What to print and how fast.
    package struct Load: Equatable, Sendable {
        /// Bytes a second; nil prints as fast as the BMC takes it; 0 prints nothing.
        package var bytesPerSecond: Int?
        /// Lines at a time. Three lines of 80 bytes are one packet.
        package var burst = 3
        package var width = LoadLine.defaultWidth
        /// After this many lines it falls silent.
        package var lineLimit: UInt32?
        /// Where in its period the first burst falls, 0 to 1: spreads a fleet's load.
        package var phase = 0.0

        package init(bytesPerSecond: Int?) {
            self.bytesPerSecond = bytesPerSecond
        }
    }

    package private(set) var isPowered = true
    package private(set) var lastLine: UInt32 = 0
    package private(set) var deadline: MonotonicInstant?

    private let load: Load
    private let period: Duration?
    private var line: LoadLine
    /// Whole lines waiting to be taken, at most a burst and a bit.
    private var pending: [UInt8] = []
    private var nextBurst: MonotonicInstant?

    package init(name: String, load: Load, now: MonotonicInstant) {
        self.load = load
        self.line = LoadLine(name: name, width: load.width)
        if let rate = load.bytesPerSecond, rate > 0 {
            let period = Duration.seconds(1) * (Double(load.burst * self.line.width) / Double(rate))
            self.period = period
            self.nextBurst = now + period * load.phase
            self.deadline = self.nextBurst
        } else {
            self.period = nil
            // As fast as possible: each `run` fills what it is given, the BMC asks again when it has room.
            self.deadline = load.bytesPerSecond == nil ? now : nil
        }
    }

    package mutating func power(_ event: PowerEvent, now: MonotonicInstant) {
        switch event {
        case .on, .reset:
            self.isPowered = true
            if self.period != nil { self.nextBurst = now }
            self.deadline = self.load.bytesPerSecond == 0 ? nil : now
        case .off, .softOff:
            self.isPowered = false
            self.deadline = nil
        case .diagnosticInterrupt: break
        }
    }

    package mutating func receive(_ characters: ArraySlice<UInt8>, now: MonotonicInstant) {}
    package mutating func receiveBreak(now: MonotonicInstant) {}

    package mutating func run(until now: MonotonicInstant, limit: Int, into output: inout [UInt8]) {
        guard self.isPowered else { return }
        var room = limit
        self.takePending(&room, into: &output)
        guard let period else { return self.runFlatOut(&room, into: &output) }
        while let due = self.nextBurst, due <= now, room > 0 {
            for _ in 0..<self.load.burst { self.printLine() }
            // A host held up for long goes on from now: it prints less, it does not print in a gush.
            self.nextBurst = due + period < now - .seconds(1) ? now + period : due + period
            self.takePending(&room, into: &output)
        }
        self.deadline = self.isFinished && self.pending.isEmpty ? nil : self.nextBurst
    }

    private var isFinished: Bool { self.load.lineLimit.map { self.lastLine >= $0 } ?? false }

    private mutating func runFlatOut(_ room: inout Int, into output: inout [UInt8]) {
        self.deadline = nil
        guard self.load.bytesPerSecond == nil else { return }
        while room > 0, !self.isFinished {
            self.printLine()
            self.takePending(&room, into: &output)
        }
    }

    private mutating func printLine() {
        guard !self.isFinished else { return }
        self.lastLine += 1
        self.line.append(self.lastLine, to: &self.pending)
    }

    private mutating func takePending(_ room: inout Int, into output: inout [UInt8]) {
        let count = min(room, self.pending.count)
        guard count > 0 else { return }
        output.append(contentsOf: self.pending[..<count])
        self.pending.removeFirst(count)
        room -= count
    }
}
