// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import ControlProtocol
import IPMI
import LogStore
import OperatorSession
import SerialOverLAN

/// What the shard tells about its consoles.
extension Shard {
    /// Rows for `list`, in the order of `ids`.
    func rows(_ ids: [Int]) -> [ConsoleRow] {
        ids.compactMap { id in self.slot(id).map { self.row(of: $0) } }
    }

    /// Everything about one console.
    func detail(_ id: Int) -> ConsoleDetail? {
        self.slot(id).map { self.view(of: $0, except: nil) }
    }

    /// Everybody attached to these consoles, with the console's number on this shard.
    func who(_ ids: [Int]) -> [(id: Int, reader: ReaderID, row: WhoRow)] {
        ids.flatMap { id -> [(id: Int, reader: ReaderID, row: WhoRow)] in
            guard let slot = self.slot(id) else { return [] }
            return slot.attachments.values.map {
                (id, $0.id, Self.row(of: $0, console: slot.console.settings.name))
            }
        }
    }

    /// Ends every attachment: the daemon stops.
    func shutDownAttachments() {
        for slot in self.allSlots { for attachment in slot.attachments.values { attachment.shutDown() } }
    }

    func view(of slot: ConsoleSlot, except reader: ReaderID?) -> ConsoleDetail {
        let console = slot.console
        var detail = ConsoleDetail(row: self.row(of: slot), link: "sol \(console.settings.target)")
        detail.who = slot.attachments.values.filter { $0.id != reader }
            .map { Self.row(of: $0, console: console.settings.name) }.sorted { $0.number < $1.number }
        if let status = console.status { detail.session = Self.session(status) }
        if let error = console.lastError {
            detail.lastError = ErrorDetail(
                code: error.code.rawValue,
                stage: error.stage.rawValue,
                text: error.detail,
                remedy: error.remedy
            )
            if error.code == .solInUse || error.code == .solStolen { detail.owner = error.detail }
        }
        if case .waiting(let until, _) = console.state {
            detail.nextAttempt = WallTime(of: until).microseconds
        }
        detail.attempts = console.failures
        detail.counters = Self.counters(of: console)
        return detail
    }

    private func row(of slot: ConsoleSlot) -> ConsoleRow {
        let console = slot.console
        let isWell = console.state == .up || console.state == .suspect
        return ConsoleRow(
            name: console.settings.name,
            state: FleetState(console.state),
            since: slot.stateSince.microseconds,
            lastOutput: slot.lastOutput?.microseconds,
            outputByteCount: console.counters.outputBytes,
            attached: slot.attachments.values.sorted { $0.id.rawValue < $1.id.rawValue }.map {
                AttachedOperator(user: $0.user, mayWrite: console.lease.mayWrite($0.id))
            },
            errorCode: isWell ? nil : console.lastError?.code.rawValue
        )
    }

    private static func row(of attachment: Attachment, console: String) -> WhoRow {
        WhoRow(
            number: Int(attachment.id.rawValue),
            user: attachment.user,
            console: console,
            mode: attachment.mode == .readWrite
                ? "read-write" : attachment.mode == .joined ? "joined" : "spectator",
            peer: attachment.peer,
            since: attachment.since.microseconds,
            lastInput: attachment.lastInput?.microseconds
        )
    }

    private static func session(_ status: SOLStatus) -> SessionDetail {
        var session = SessionDetail(stage: status.stage.rawValue)
        session.cipherSuite = status.cipherSuite.map { String($0) }
        session.privilege = status.privilege?.description
        session.bmcSessionID = status.bmcSessionID
        session.payloadToBMC = status.payloadSizeToBMC
        session.payloadFromBMC = status.payloadSizeFromBMC
        return session
    }

    private static func counters(of console: Console) -> [ConsoleDetail.Counter] {
        let session = console.status?.counters ?? SOLCounters()
        return [
            .init("lost_bytes", console.counters.lostBytes),
            .init("sessions", UInt64(console.sessionCount)),
            .init("packets_to_bmc", session.packetsToBMC),
            .init("packets_from_bmc", session.packetsFromBMC),
            .init("input_bytes", session.inputBytes),
            .init("retransmissions", UInt64(session.retransmissions)),
            .init("duplicates", UInt64(session.duplicates)),
            .init("bad_packets", UInt64(session.bad)),
            .init("withheld", UInt64(session.withheld)),
            .init("nacks", UInt64(session.nacks)),
            .init("overruns", UInt64(session.overruns)),
        ]
    }
}

extension FleetState {
    init(_ state: ConsoleState) {
        switch state {
        case .released: self = .released
        case .connecting: self = .connecting
        case .up: self = .up
        case .suspect: self = .suspect
        case .waiting(_, let error):
            self = error.code == .solInUse || error.code == .solStolen ? .held : .down
        }
    }
}
