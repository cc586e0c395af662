// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import ControlProtocol
import LogStore
import OperatorSession
import Synchronization

/// One operator on one console: what the door's thread and the console's shard share about it.
///
/// The shard writes to the operator's outlet (which bounds itself) and keeps count of what was taken of the
/// operator's input. At most `inputLimit` bytes of input are on their way; beyond that the door stops reading
/// the channel, so nothing typed is dropped and nothing piles up.
final class Attachment: Sendable {
    static let inputLimit = 64 * 1024

    let id: ReaderID
    let user: String
    let peer: String
    let viewer: Viewer
    let since: WallTime
    private let outlet: any Outlet
    private let prefix: Mutex<EscapePrefix>
    /// Bytes of input the shard has not finished with.
    private let underWay = Atomic<Int>(0)
    /// The door keeps input back until there is room.
    private let isHolding = Atomic<Bool>(false)
    /// The index of the mode; `pending` until the shard has answered.
    private let modeNumber = Atomic<UInt8>(Attachment.pending)
    private let lastInputMicroseconds = Atomic<Int64>(0)
    /// Called when the attachment is to end for a reason that does not come from its own operator.
    private let onEnd: @Sendable (DetachReason) -> Void

    private static let pending: UInt8 = .max
    private static let nextID = Atomic<UInt64>(1)

    init(
        identity: OperatorIdentity,
        outlet: any Outlet,
        prefix: EscapePrefix,
        onEnd: @escaping @Sendable (DetachReason) -> Void
    ) {
        self.id = ReaderID(rawValue: Self.nextID.add(1, ordering: .relaxed).oldValue)
        self.user = identity.user
        self.peer = identity.peer
        self.viewer = Viewer(identity: identity)
        self.since = WallTime.now()
        self.outlet = outlet
        self.prefix = Mutex(prefix)
        self.onEnd = onEnd
    }

    /// How the operator is attached at the moment.
    var mode: AttachMode {
        let number = self.modeNumber.load(ordering: .acquiring)
        return number == Self.pending ? .spectator : AttachMode.allCases[Int(number)]
    }

    /// When the operator last typed.
    var lastInput: WallTime? {
        let time = self.lastInputMicroseconds.load(ordering: .relaxed)
        return time == 0 ? nil : WallTime(microseconds: time)
    }

    private static func number(of mode: AttachMode) -> UInt8 {
        UInt8(AttachMode.allCases.firstIndex(of: mode) ?? 0)
    }

    private func set(_ mode: AttachMode) {
        self.modeNumber.store(Self.number(of: mode), ordering: .releasing)
    }
}

// MARK: - For the door's thread

extension Attachment {
    /// How many more bytes of input may be on their way now. None before the shard has answered: the first
    /// key must not be taken for a spectator's.
    var inputRoom: Int {
        guard self.modeNumber.load(ordering: .acquiring) != Self.pending else { return 0 }
        return max(Self.inputLimit - self.underWay.load(ordering: .acquiring), 0)
    }

    /// Counts input that goes to the shard.
    func inputLeft(_ count: Int) {
        self.lastInputMicroseconds.store(WallTime.now().microseconds, ordering: .relaxed)
        self.underWay.add(count, ordering: .acquiringAndReleasing)
    }

    /// Asks to be told by `Outlet.resumeInput` when there is room. True when there is room already.
    func holdInput() -> Bool {
        self.isHolding.store(true, ordering: .sequentiallyConsistent)
        guard self.inputRoom > 0 else { return false }
        return self.isHolding.exchange(false, ordering: .sequentiallyConsistent)
    }

    func prefixChanged(to prefix: EscapePrefix) {
        self.prefix.withLock { $0 = prefix }
    }
}

// MARK: - For the shard

extension Attachment {
    /// Bytes the operator's terminal takes now.
    var room: Int { self.outlet.room }

    /// Console output, after what it says about bytes that were overwritten before.
    func deliver(_ chunk: OutputRing.Chunk) {
        if chunk.skipped > 0 { self.outlet.enqueue(OperatorText.gap(byteCount: chunk.skipped)) }
        if !chunk.bytes.isEmpty { self.outlet.enqueue(chunk.bytes) }
    }

    /// So much of the input is off our hands.
    func inputTaken(_ count: Int) {
        guard count > 0 else { return }
        self.underWay.subtract(count, ordering: .sequentiallyConsistent)
        if self.isHolding.load(ordering: .sequentiallyConsistent),
            self.underWay.load(ordering: .acquiring) <= Self.inputLimit / 2,
            self.isHolding.exchange(false, ordering: .sequentiallyConsistent)
        {
            self.outlet.resumeInput()
        }
    }

    /// The first answer after attaching: the banner.
    func attached(_ outcome: WriterLease.Outcome, console: ConsoleDetail) {
        let prefix = self.prefix.withLock { $0 }
        self.set(outcome.mode)
        var banner = AttachBanner(console: console.row.name, mode: outcome.mode, prefix: prefix)
        banner.others = console.who.sorted { $0.mode < $1.mode }.map { row in
            (row.user, row.mode == "spectator" ? .spectator : .readWrite)
        }
        switch outcome {
        case .refused(let holder):
            let name = console.who.first { $0.number == Int(holder.rawValue) }?.user ?? "somebody"
            banner.penRemark = "\(name) has the pen (\(prefix.name)f takes it)"
        case .taken: banner.penRemark = "you took the pen"
        case .granted, .joined, .watching: break
        }
        if console.row.state != .up {
            var trouble = "not connected (\(console.row.state.rawValue))"
            if let error = console.lastError { trouble += ": \(error.code), \(error.remedy)" }
            banner.trouble = trouble
        }
        self.outlet.enqueue(OperatorText.banner(banner))
        if self.isHolding.exchange(false, ordering: .sequentiallyConsistent) { self.outlet.resumeInput() }
    }

    /// The answer to a request for another mode.
    func modeChanged(_ outcome: WriterLease.Outcome, holder: String?) {
        self.set(outcome.mode)
        let prefix = self.prefix.withLock { $0 }
        if case .refused = outcome {
            self.outlet.enqueue(OperatorText.penHeld(by: holder ?? "somebody", prefix: prefix))
        } else {
            self.outlet.enqueue(OperatorText.modeChanged(to: outcome.mode))
        }
    }

    /// Somebody else took the pen by force.
    func penTaken(by user: String) {
        self.set(.spectator)
        self.outlet.enqueue(OperatorText.penTaken(by: user, prefix: self.prefix.withLock { $0 }))
    }

    /// Somebody writes beside us now.
    func joined(by user: String) {
        self.outlet.enqueue(OperatorText.status("\(user) joined as second writer"))
    }

    func penIsFree() {
        self.outlet.enqueue(OperatorText.penIsFree(self.prefix.withLock { $0 }))
    }

    /// Typed without the pen: a race with who took it.
    func inputRefused(holder: String?) {
        self.set(.spectator)
        self.outlet.enqueue(OperatorText.penHeld(by: holder ?? "nobody", prefix: self.prefix.withLock { $0 }))
    }

    func message(_ text: String, from user: String) {
        self.outlet.enqueue(OperatorText.message(from: user, text))
    }

    func kick(by user: String) { self.onEnd(.disconnected(by: user)) }

    func revoke() { self.onEnd(.accessRevoked) }

    func consoleRemoved() { self.onEnd(.consoleRemoved) }

    func shutDown() { self.onEnd(.shutdown) }

    /// The answer to a question about this console.
    func show(_ question: AttachmentQuestion, _ detail: ConsoleDetail, recent: [UInt8]) {
        let now = WallTime.now().microseconds
        switch question {
        case .information: self.outlet.enqueue(OperatorText.block(FleetText.status(detail, now: now)))
        case .who: self.outlet.enqueue(OperatorText.block(FleetText.who(detail.who, now: now)))
        case .playback(let lines): self.outlet.enqueue(Self.lastLines(lines, of: recent))
        case .redraw: self.outlet.enqueue(Array("\r\n".utf8) + recent.suffix(4096))
        }
    }

    /// The last lines of the recent output, as the console printed them.
    private static func lastLines(_ count: Int, of recent: [UInt8]) -> [UInt8] {
        var left = count
        var start = recent.endIndex
        while start > recent.startIndex {
            if recent[start - 1] == UInt8(ascii: "\n") {
                if left == 0 { break }
                left -= 1
            }
            start -= 1
        }
        return Array("\r\n".utf8) + recent[start...]
    }
}

extension WriterLease.Outcome {
    /// How the asker is attached by this outcome.
    var mode: AttachMode {
        switch self {
        case .granted, .taken: .readWrite
        case .joined: .joined
        case .refused, .watching: .spectator
        }
    }
}
