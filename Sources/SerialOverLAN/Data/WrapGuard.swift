// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Keeps a late acknowledgement of ours from acknowledging the wrong packet.
///
/// SOL numbers come round after 15 packets. When the BMC repeats number s, an acknowledgement of s is late or
/// lost; if it is late, it may arrive when the BMC's numbers have come round to s again and make it forget a
/// packet that we never got. So for `lateness` after a repeat the BMC is let on by fewer than 15 packets: the
/// last acknowledgement before that waits. Healthy networks see no repeats and never wait; where the round
/// trip is longer than the BMC's retry interval, 13 packets a second are more than stop-and-wait gives.
struct WrapGuard: Sendable {
    private var until: MonotonicInstant?
    private var acknowledged = 0

    private static let lateness: Duration = .seconds(1)
    private static let packetLimit = 13

    /// The BMC repeated a packet that we had acknowledged.
    mutating func sawRepeat(now: MonotonicInstant) {
        if let until = self.until, now < until {} else { self.acknowledged = 0 }
        self.until = now + Self.lateness
    }

    /// A new packet is to be acknowledged: nil for now, or when.
    mutating func acknowledge(now: MonotonicInstant) -> MonotonicInstant? {
        guard let until = self.until else { return nil }
        guard now < until else {
            self.until = nil
            return nil
        }
        self.acknowledged += 1
        guard self.acknowledged >= Self.packetLimit else { return nil }
        self.until = nil
        return until
    }
}
