// SPDX-License-Identifier: Apache-2.0

import IPMI

extension ConsoleMachine {
    mutating func receiveSOL(
        _ opened: OpenedPacket,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        guard let packet = try? SOLPayloadFromBMC(decoding: opened.payload) else {
            context.counters.bad += 1
            return
        }
        var status = packet.status
        // Number 0 with characters is not allowed: the status counts, the characters do not.
        if packet.sequence != 0 { status = self.receiveCharacters(packet, opened.sequence, &context, now) }
        if packet.sequence == 0 { Self.reportLine(status, &context) }
        self.sender.receive(packet, sessionSequence: opened.sequence, &context, now: now)
        if status.contains(.deactivating) { self.notePayloadTaken(&context, now) }
    }

    /// Delivers what is new, then acknowledges all of it. Returns the status bits that are news.
    private mutating func receiveCharacters(
        _ packet: SOLPayloadFromBMC,
        _ sessionSequence: UInt32,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> SOLTransferStatus {
        let verdict = self.receiver.receive(
            packet,
            sessionSequence: sessionSequence,
            canStore: context.storesOutput,
            now: now
        )
        switch verdict {
        case .late:
            context.counters.duplicates += 1
            return []
        case .withheld:
            context.counters.withheld += 1
            // The line's bits come again with the characters; this one cannot wait.
            return packet.status.intersection(.deactivating)
        case .take(let newFrom, let suppressed, let isRepeat, let missing):
            if missing > 0 {
                context.counters.gaps += UInt32(missing)
                context.report(.gap(packets: missing))
            }
            let status = self.receiver.freshStatus(of: packet, isRepeat: isRepeat)
            Self.reportLine(status, &context)
            self.deliver(packet.characters.dropFirst(newFrom), suppressed, isRepeat, &context, now)
            self.acknowledge(packet, isRepeat, &context, now)
            return status
        }
    }

    private mutating func deliver(
        _ characters: ArraySlice<UInt8>,
        _ suppressed: Int,
        _ isRepeat: Bool,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        if suppressed > 0 {
            context.counters.suppressedBytes += UInt64(suppressed)
            context.report(.duplicateSuppressed(byteCount: suppressed))
        }
        if characters.isEmpty {
            if isRepeat || suppressed > 0 { context.counters.duplicates += 1 }
            return
        }
        context.counters.outputBytes += UInt64(characters.count)
        context.actions.append(.output(Array(characters)))
        self.liveness.heardOutput(now: now, context.timing)
    }

    private mutating func acknowledge(
        _ packet: SOLPayloadFromBMC,
        _ isRepeat: Bool,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        let count = UInt8(clamping: packet.characters.count)
        if isRepeat {
            if self.heldAcknowledgement?.number == packet.sequence {
                // It repeats because we have not answered yet.
                self.heldAcknowledgement?.count = count
                return
            }
            self.wrapGuard.sawRepeat(now: now)
        } else if let later = self.wrapGuard.acknowledge(now: now) {
            self.heldAcknowledgement = HeldAcknowledgement(number: packet.sequence, count: count, at: later)
            return
        }
        self.acknowledge(packet.sequence, count, &context)
    }

    mutating func acknowledge(_ number: UInt8, _ count: UInt8, _ context: inout SessionContext) {
        self.heldAcknowledgement = nil
        self.channel.send(
            SOLPayloadToBMC(sequence: 0, acknowledged: number, acceptedCount: count),
            &context
        )
    }

    private static func reportLine(_ status: SOLTransferStatus, _ context: inout SessionContext) {
        if status.contains(.transmitOverrun) {
            context.counters.overruns += 1
            context.report(.overrun)
        }
        if status.contains(.breakDetected) { context.report(.breakDetected) }
    }
}
