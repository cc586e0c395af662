// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import HeliographConfig
import IPMI
import LogStore
import NIOCore
import OperatorSession

/// What operators and commands do to consoles.
extension Shard {
    /// Lets an operator watch and, as far as the pen allows, type.
    func attach(_ attachment: Attachment, to id: Int, request: PenRequest, playback: Int) {
        guard let slot = self.slot(id), !slot.isRemoved else { return attachment.consoleRemoved() }
        let now = MonotonicInstant.now
        let outcome = slot.console.attach(
            attachment.id,
            user: attachment.user,
            request: request,
            playback: playback,
            now: now,
            into: &self.actions
        )
        attachment.attached(outcome, console: self.view(of: slot, except: attachment.id))
        slot.attachments[attachment.id] = attachment
        self.announce(outcome, by: attachment, slot)
        self.perform(slot)
        self.admitLogins(now: now)
        self.settle()
    }

    func detach(_ reader: ReaderID, from id: Int) {
        guard let slot = self.slot(id), slot.attachments[reader] != nil else { return }
        let held = slot.console.lease.mayWrite(reader)
        slot.attachments[reader] = nil
        self.turn(slot) { console, _, actions in console.detach(reader, into: &actions) }
        guard held, slot.console.lease.writers.isEmpty else { return }
        for other in slot.attachments.values { other.penIsFree() }
    }

    /// Carries out what an operator typed, in order.
    func perform(_ operations: [AttachmentOperation], by attachment: Attachment, on id: Int) {
        guard let slot = self.slot(id), slot.attachments[attachment.id] != nil else {
            return attachment.inputTaken(operations.reduce(0) { $0 + $1.inputByteCount })
        }
        self.typingUntil = .now() + .seconds(1)
        let now = MonotonicInstant.now
        for operation in operations { self.perform(operation, by: attachment, slot, now) }
        self.admitLogins(now: now)
        self.settle()
    }

    /// An operator's terminal takes more.
    func outletDrained(_ reader: ReaderID, on id: Int) {
        guard let slot = self.slot(id), let attachment = slot.attachments[reader] else { return }
        self.pump(attachment, slot)
    }

    /// Scripted input: like typing, without being attached. False when the console is not up.
    func send(_ characters: [UInt8], to id: Int, user: String) -> Bool {
        guard let slot = self.slot(id), slot.console.isConnected else { return false }
        self.turn(slot) { console, now, actions in
            console.inject(characters[...], user: user, now: now, into: &actions)
        }
        return true
    }

    /// A break, and then a key where given. False when the console is not up.
    func sendBreak(to id: Int, key: UInt8?, user: String) -> Bool {
        guard let slot = self.slot(id), slot.console.isConnected else { return false }
        self.turn(slot) { console, now, actions in
            console.sendBreak(user: user, sysrq: key, now: now, into: &actions)
        }
        return true
    }

    /// A message for everybody on the console.
    func broadcast(_ text: String, from user: String, on id: Int) -> Int {
        guard let slot = self.slot(id) else { return 0 }
        for attachment in slot.attachments.values { attachment.message(text, from: user) }
        return slot.attachments.count
    }

    /// Ends the attachments of operators whom a new configuration no longer lets in.
    func revokeAccess(by snapshot: ConsoleDirectory.Snapshot) {
        for slot in self.allSlots {
            guard let entry = snapshot.entries[slot.console.settings.name] else { continue }
            for attachment in slot.attachments.values
            where !attachment.viewer.may(.attach, entry.console, snapshot.configuration) {
                attachment.revoke()
            }
        }
    }

    /// Ends attachments.
    func disconnect(_ reader: ReaderID, on id: Int, by user: String) {
        self.slot(id)?.attachments[reader]?.kick(by: user)
    }

    private func perform(
        _ operation: AttachmentOperation,
        by attachment: Attachment,
        _ slot: ConsoleSlot,
        _ now: MonotonicInstant
    ) {
        switch operation {
        case .type(let characters):
            if !slot.console.type(characters, by: attachment.id, now: now, into: &self.actions) {
                attachment.inputRefused(holder: self.holder(slot))
            }
        case .sendBreak(let key):
            guard slot.console.lease.mayWrite(attachment.id) else {
                attachment.inputRefused(holder: self.holder(slot))
                break
            }
            slot.console.sendBreak(user: attachment.user, sysrq: key, now: now, into: &self.actions)
        case .request(let request):
            let outcome = slot.console.request(request, by: attachment.id, into: &self.actions)
            attachment.modeChanged(outcome, holder: self.holder(slot))
            self.announce(outcome, by: attachment, slot)
        case .note(let text):
            let fields = LogFields("note").with("user", attachment.user).with("text", text)
            self.actions.append(.record(.event, fields.bytes))
        case .message(let text):
            for other in slot.attachments.values { other.message(text, from: attachment.user) }
        case .show(let what):
            attachment.show(what, self.view(of: slot, except: nil), recent: slot.console.ring.tail(64 * 1024))
        case .open(let again):
            if again { slot.console.close(now: now, into: &self.actions) }
            slot.console.open(now: now, into: &self.actions)
            slot.console.hurry(now: now, into: &self.actions)
        case .close: slot.console.close(now: now, into: &self.actions)
        }
        self.perform(slot)
    }

    private func announce(_ outcome: WriterLease.Outcome, by attachment: Attachment, _ slot: ConsoleSlot) {
        switch outcome {
        case .taken(let losers):
            for loser in losers { slot.attachments[loser]?.penTaken(by: attachment.user) }
        case .joined(let others):
            for other in others { slot.attachments[other]?.joined(by: attachment.user) }
        case .granted, .refused, .watching: break
        }
    }

    private func holder(_ slot: ConsoleSlot) -> String? {
        slot.console.lease.writers.first.flatMap { slot.console.reader($0)?.user }
    }

    func pump(_ attachment: Attachment, _ slot: ConsoleSlot) {
        while slot.console.hasOutput(for: attachment.id) {
            let room = attachment.room
            guard room > 0, let chunk = slot.console.read(attachment.id, limit: room) else { return }
            attachment.deliver(chunk)
        }
    }
}
