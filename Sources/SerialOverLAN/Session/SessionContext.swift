// SPDX-License-Identifier: Apache-2.0

import IPMI

/// What all parts of a session share, and the actions they leave behind.
struct SessionContext: Sendable {
    /// Shared rather than copied: parameters are larger than the rest of an idle session.
    private let box: Box
    let random: any RandomByteSource
    let consoleSessionID: UInt32
    var counters = SOLCounters()
    var storesOutput = true
    /// `send` accepted less than it was offered: `.inputRoom` is owed.
    var owesInputRoom = false
    var actions: [SOLAction] = []

    private final class Box: Sendable {
        let parameters: SOLParameters

        init(_ parameters: SOLParameters) {
            self.parameters = parameters
        }
    }

    init(parameters: SOLParameters, random: any RandomByteSource, consoleSessionID: UInt32) {
        self.box = Box(parameters)
        self.random = random
        self.consoleSessionID = consoleSessionID
    }

    var parameters: SOLParameters { self.box.parameters }
    var timing: SOLTiming { self.box.parameters.timing }

    func works(around workaround: SOLWorkaround) -> Bool {
        self.box.parameters.workarounds.contains(workaround)
    }

    mutating func send(_ datagram: [UInt8]) {
        self.counters.packetsToBMC += 1
        self.actions.append(.send(datagram))
    }

    mutating func report(_ event: SOLEvent) {
        self.actions.append(.event(event))
    }

    mutating func warn(_ warning: SOLWarning) {
        self.actions.append(.event(.warning(warning)))
    }

    /// Hands the actions over.
    mutating func takeActions() -> [SOLAction] {
        var taken: [SOLAction] = []
        swap(&taken, &self.actions)
        return taken
    }

    /// A random share of `spread` in either direction.
    func jitter(_ spread: Duration) -> Duration {
        let bytes = self.random.bytes(2)
        let share = bytes.reduce(0) { $0 << 8 | Int($1) }
        return spread * share / 32_768 - spread
    }
}
