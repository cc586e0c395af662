// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import ControlProtocol
import HeliographConfig
import LogStore
import OperatorSession
import Synchronization

/// An operator attached to a console: turns what is typed into effects (`OperatorSession`) and carries them
/// to the console's shard. Lives on the door's thread; output goes from the shard straight to the outlet.
final class AttachChannel: ChannelHandler {
    /// What attaching needs to know.
    struct Target {
        var entry: ConsoleDirectory.Entry
        var mode: ModeRequest
        var escape: EscapePrefix?
    }

    private let identity: OperatorIdentity
    private let viewer: Viewer
    private let outlet: any Outlet
    private let directory: ConsoleDirectory
    private let audit: AuditTrail
    private var entry: ConsoleDirectory.Entry
    private var attachment: Attachment
    private var session: OperatorSession
    /// Bytes of recent output shown on attaching.
    private static let playback = 8 * 1024

    init(
        _ target: Target,
        identity: OperatorIdentity,
        outlet: any Outlet,
        directory: ConsoleDirectory,
        audit: AuditTrail
    ) {
        self.identity = identity
        self.viewer = Viewer(identity: identity)
        self.outlet = outlet
        self.directory = directory
        self.audit = audit
        self.entry = target.entry
        let prefix = target.escape ?? Self.prefix(for: identity, target.entry.console, directory)
        self.session = OperatorSession(
            configuration: .init(prefix: prefix, escapeTimeout: target.entry.console.escapeTimeout),
            mode: .spectator
        )
        self.attachment = Self.attachment(to: target.entry, identity, outlet, prefix)
        self.attach(target.mode)
    }

    var deadline: ContinuousClock.Instant? { self.session.deadline }

    func receive(_ bytes: ArraySlice<UInt8>) -> Int {
        var room = self.attachment.inputRoom
        if room == 0, self.attachment.holdInput() { room = self.attachment.inputRoom }
        let taken = bytes.prefix(room)
        guard !taken.isEmpty else { return 0 }
        self.followMode()
        self.carryOut(self.session.receive(taken, now: .now))
        if taken.count < bytes.count, self.attachment.holdInput() { self.outlet.resumeInput() }
        return taken.count
    }

    func breakRequested() {
        self.carryOut([.sendBreak])
    }

    func resized(columns: Int, rows: Int) {}

    func inputEnded() {
        self.carryOut(self.session.inputEnded(now: .now) + [.detach])
    }

    func resumed() {
        self.carryOut([.redraw])
    }

    func outletDrained() {
        let (id, reader) = (self.entry.id, self.attachment.id)
        self.entry.shard.submit { $0.outletDrained(reader, on: id) }
    }

    func wakeUp(now: ContinuousClock.Instant) {
        self.followMode()
        self.carryOut(self.session.wakeUp(now: now))
    }

    func closed() {
        self.detach()
        self.audit.record("detach", self.identity, console: self.entry.console.name)
    }

    private static func attachment(
        to entry: ConsoleDirectory.Entry,
        _ identity: OperatorIdentity,
        _ outlet: any Outlet,
        _ prefix: EscapePrefix
    ) -> Attachment {
        let name = entry.console.name
        return Attachment(identity: identity, outlet: outlet, prefix: prefix) { reason in
            outlet.enqueue(OperatorText.detached(from: name, reason))
            outlet.finish(exitStatus: ExitStatus(reason).rawValue)
        }
    }

    private static func prefix(
        for identity: OperatorIdentity,
        _ console: ResolvedConsole,
        _ directory: ConsoleDirectory
    ) -> EscapePrefix {
        let chosen = directory.snapshot.configuration.user(named: identity.user)?.escape ?? console.escape
        return (try? EscapePrefix(bytes: chosen.bytes, onlyAfterNewline: chosen.onlyAfterNewline))
            ?? .conserver
    }

    private func attach(_ mode: ModeRequest) {
        let (attachment, id) = (self.attachment, self.entry.id)
        let request = PenRequest(self.allowed(mode))
        self.audit.record("attach", self.identity, console: self.entry.console.name, detail: request.rawValue)
        self.entry.shard.submit { $0.attach(attachment, to: id, request: request, playback: Self.playback) }
    }

    private func detach() {
        let (reader, id) = (self.attachment.id, self.entry.id)
        self.entry.shard.submit { $0.detach(reader, from: id) }
    }

    /// The mode that the access rules leave of the one asked for.
    private func allowed(_ mode: ModeRequest) -> ModeRequest {
        guard self.may(.write) else { return .spectate }
        switch mode {
        case .force where !self.may(.force): return .readWrite
        case .join where !(self.may(.join) && self.entry.console.allowJoin): return .readWrite
        case .force, .join, .readWrite, .spectate: return mode
        }
    }

    private func may(_ permission: Permission) -> Bool {
        self.viewer.may(permission, self.entry.console, self.directory.snapshot.configuration)
    }

    /// The shard may have changed the mode since the last key.
    private func followMode() {
        let mode = self.attachment.mode
        if mode != self.session.mode { self.session.modeChanged(to: mode) }
    }
}

// MARK: - Effects

extension AttachChannel {
    private func carryOut(_ effects: [OperatorEffect]) {
        var operations: [AttachmentOperation] = []
        for effect in effects {
            if let operation = self.operation(for: effect) { operations.append(operation) }
        }
        guard !operations.isEmpty else { return }
        self.attachment.inputLeft(operations.reduce(0) { $0 + $1.inputByteCount })
        let (attachment, id, wanted) = (self.attachment, self.entry.id, operations)
        self.entry.shard.submit { $0.perform(wanted, by: attachment, on: id) }
    }

    /// What the shard has to do for an effect; nil when it was done here.
    private func operation(for effect: OperatorEffect) -> AttachmentOperation? {
        switch effect {
        case .send(let characters): return .type(characters[...])
        case .sendBreak: return self.sendBreak(key: nil)
        case .sysrq(let key): return self.sendBreak(key: key)
        case .setMode(let mode): return self.setMode(mode)
        case .note(let text): return .note(text)
        case .broadcast(let text): return .message(text)
        case .information: return .show(.information)
        case .playback(let lines): return .show(.playback(lines: lines))
        case .redraw: return .show(.redraw)
        case .who(all: false): return .show(.who)
        case .consoleDown: return self.permitted(.manage, "take the console down", .close)
        case .consoleReopen: return self.permitted(.write, "open the console", .open(again: false))
        case .show(let text):
            self.outlet.enqueue(text)
        case .detach: self.end(.byOperator)
        case .moveTo(let console): self.move(to: console)
        case .prefixChanged(let prefix): self.attachment.prefixChanged(to: prefix)
        case .who(all: true), .listConsoles: self.list()
        case .suspend:
            if !self.outlet.suspend() {
                self.say("suspending works with `helio attach`; with ssh type ~^Z after Enter")
            }
        case .breakSequence, .listBreakSequences: self.notYet("named break sequences")
        case .sendKey, .keyTranslation: self.notYet("BIOS key translation")
        case .search: self.notYet("searching the recent record")
        case .toggleLog: self.notYet("switching the log")
        case .powerMenu: self.notYet("power control")
        case .task, .listTasks: self.notYet("tasks")
        }
        return nil
    }

    private func sendBreak(key: UInt8?) -> AttachmentOperation? {
        guard self.entry.console.allowBreak else {
            self.say("breaks are switched off for this console (break: false)")
            return nil
        }
        let operation = self.permitted(
            .break,
            key == nil ? "send a break" : "send sysrq",
            .sendBreak(key: key)
        )
        if operation != nil {
            let detail = key.map { String(UnicodeScalar($0)) }
            self.audit.record(
                key == nil ? "break" : "sysrq",
                self.identity,
                console: self.entry.console.name,
                detail: detail
            )
        }
        return operation
    }

    private func setMode(_ mode: ModeRequest) -> AttachmentOperation? {
        let allowed = self.allowed(mode)
        if allowed != mode {
            self.say("you may not \(mode == .join ? "join" : mode == .force ? "take the pen" : "write") here")
            self.session.modeChanged(to: self.attachment.mode)
            return nil
        }
        if mode == .force {
            self.audit.record("take-pen", self.identity, console: self.entry.console.name)
        }
        return .request(PenRequest(mode))
    }

    private func permitted(
        _ permission: Permission,
        _ what: String,
        _ operation: AttachmentOperation
    ) -> AttachmentOperation? {
        guard self.may(permission) else {
            self.audit.record(
                "refused",
                self.identity,
                console: self.entry.console.name,
                allowed: false,
                detail: permission.rawValue
            )
            self.say("you may not \(what) here (access: \(permission.rawValue))")
            return nil
        }
        return operation
    }

    private func move(to name: String) {
        let snapshot = self.directory.snapshot
        guard let entry = snapshot.entries[name],
            self.viewer.may(.attach, entry.console, snapshot.configuration)
        else { return self.say("there is no console \(name) that you may see") }
        self.outlet.enqueue(OperatorText.detached(from: self.entry.console.name, .moved(to: name)))
        self.detach()
        self.audit.record("detach", self.identity, console: self.entry.console.name)
        self.entry = entry
        self.attachment = Self.attachment(to: entry, self.identity, self.outlet, self.session.prefix)
        self.session.modeChanged(to: .spectator)
        self.attach(.readWrite)
    }

    private func list() {
        let names = self.directory.snapshot.consoles(matching: nil, visibleTo: self.viewer).map(
            \.console.name
        )
        self.outlet.enqueue(OperatorText.block(names))
    }

    private func end(_ reason: DetachReason) {
        self.outlet.enqueue(OperatorText.detached(from: self.entry.console.name, reason))
        self.outlet.finish(exitStatus: ExitStatus.done.rawValue)
    }

    private func say(_ text: String) { self.outlet.enqueue(OperatorText.status(text)) }

    private func notYet(_ what: String) { self.outlet.enqueue(OperatorText.notAvailableYet(what)) }
}

extension ExitStatus {
    /// What the operator's program ends with: 0 only for what the operator asked for.
    fileprivate init(_ reason: DetachReason) {
        switch reason {
        case .byOperator, .inputEnded, .moved: self = .done
        case .disconnected, .idle: self = .failed
        case .consoleRemoved, .shutdown: self = .unavailable
        case .accessRevoked: self = .notPermitted
        }
    }
}

extension PenRequest {
    init(_ mode: ModeRequest) {
        switch mode {
        case .readWrite: self = .readWrite
        case .spectate: self = .readOnly
        case .force: self = .force
        case .join: self = .join
        }
    }
}
