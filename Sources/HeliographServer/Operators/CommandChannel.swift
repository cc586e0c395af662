// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// A command at a door: runs as a task and ends the channel with its exit status.
final class CommandChannel: ChannelHandler {
    private let output: CommandOutput
    private let task: Task<Void, Never>

    init(output: CommandOutput, _ body: @escaping @Sendable (CommandOutput) async -> UInt8) {
        self.output = output
        self.task = Task { output.finish(await body(output)) }
    }

    var deadline: ContinuousClock.Instant? { nil }

    /// No command reads its input. `^C` and `^D` end one that runs on, such as `log -f` at a terminal.
    func receive(_ bytes: ArraySlice<UInt8>) -> Int {
        if bytes.contains(0x03) || bytes.contains(0x04) { self.task.cancel() }
        return bytes.count
    }

    func breakRequested() {}
    func resized(columns: Int, rows: Int) {}
    func inputEnded() {}
    func outletDrained() { self.output.wake() }
    func wakeUp(now: ContinuousClock.Instant) {}

    func closed() {
        self.task.cancel()
        self.output.wake()
    }
}

/// A channel that was refused: what there is to say has been said.
final class RefusedChannel: ChannelHandler {
    init(_ status: UInt8, outlet: any Outlet) { outlet.finish(exitStatus: status) }

    var deadline: ContinuousClock.Instant? { nil }
    func receive(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count }
    func breakRequested() {}
    func resized(columns: Int, rows: Int) {}
    func inputEnded() {}
    func outletDrained() {}
    func wakeUp(now: ContinuousClock.Instant) {}
    func closed() {}
}
