// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// Sends back each character the moment it arrives: for measuring the way there and back.
package struct EchoHost: SimulatedHost {
    package private(set) var isPowered = true
    package var deadline: MonotonicInstant? { nil }
    package var lastLine: UInt32 { 0 }

    private var pending: [UInt8] = []

    package init() {}

    package mutating func power(_ event: PowerEvent, now: MonotonicInstant) {
        switch event {
        case .on, .reset: self.isPowered = true
        case .off, .softOff:
            self.isPowered = false
            self.pending = []
        case .diagnosticInterrupt: break
        }
    }

    package mutating func receive(_ characters: ArraySlice<UInt8>, now: MonotonicInstant) {
        guard self.isPowered else { return }
        self.pending.append(contentsOf: characters)
    }

    /// A break shows as `<BREAK>`, so that its place among the characters can be checked.
    package mutating func receiveBreak(now: MonotonicInstant) {
        guard self.isPowered else { return }
        self.pending.append(contentsOf: "<BREAK>".utf8)
    }

    package mutating func run(until now: MonotonicInstant, limit: Int, into output: inout [UInt8]) {
        let count = min(limit, self.pending.count)
        guard count > 0 else { return }
        output.append(contentsOf: self.pending[..<count])
        self.pending.removeFirst(count)
    }
}
