// SPDX-License-Identifier: Apache-2.0

/// What one simulated BMC and its host did so far, for the statistics file and for verifiers.
package struct HostReport: Equatable, Sendable {
    package var name: String
    package var address: PeerAddress
    package var isConsoleActive: Bool
    package var isPowered: Bool
    package var producedCount: UInt64
    package var acknowledgedCount: UInt64
    package var lastLine: UInt32
    package var lineWidth: Int
    package var overrunCount: UInt64
    package var neverSent: ByteRanges
    package var unacknowledged: ByteRanges
    package var solPacketsSent: UInt64
    package var solRetransmissions: UInt64
    package var solPacketsReceived: UInt64
    package var lostDatagrams: UInt64
    package var statistics: BMCStatistics

    init(_ link: SimulatedLink, name: String, address: PeerAddress, lineWidth: Int) {
        let bmc = link.bmc
        self.name = name
        self.address = address
        self.isConsoleActive = bmc.isConsoleActive
        self.isPowered = bmc.host.isPowered
        self.producedCount = bmc.producedCount
        self.acknowledgedCount = bmc.acknowledgedCount
        self.lastLine = bmc.host.lastLine
        self.lineWidth = lineWidth
        self.overrunCount = bmc.overrunCount
        self.neverSent = bmc.neverSent
        self.unacknowledged = bmc.unacknowledged
        self.solPacketsSent = bmc.solPacketsSent
        self.solRetransmissions = bmc.solRetransmissions
        self.solPacketsReceived = bmc.solPacketsReceived
        self.lostDatagrams = link.lostCount
        self.statistics = bmc.statistics
    }

    /// One line of JSON. Byte ranges are half-open pairs `[from, to)` of positions in the host's output; with a load host
    /// line n is bytes `(n - 1) * width ..< n * width`.
    package var json: String {
        let counts: [(String, UInt64)] = [
            ("produced_bytes", self.producedCount),
            ("acknowledged_bytes", self.acknowledgedCount),
            ("last_line", UInt64(self.lastLine)),
            ("line_width", UInt64(self.lineWidth)),
            ("overrun_bytes", self.overrunCount),
            ("sol_packets_sent", self.solPacketsSent),
            ("sol_retransmissions", self.solRetransmissions),
            ("sol_packets_received", self.solPacketsReceived),
            ("lost_datagrams", self.lostDatagrams),
            ("datagrams_received", self.statistics.datagramsReceived),
            ("datagrams_sent", self.statistics.datagramsSent),
            ("bad_datagrams", self.statistics.badDatagrams),
            ("commands", self.statistics.commands),
            ("nacks_sent", self.statistics.nacksSent),
            ("input_bytes", self.statistics.inputCount),
            ("input_crc32", UInt64(self.statistics.inputCRC.value)),
            ("breaks", UInt64(self.statistics.breaks)),
            ("sessions_opened", UInt64(self.statistics.sessionsOpened)),
            ("sessions_timed_out", UInt64(self.statistics.sessionsTimedOut)),
            ("logins_refused", UInt64(self.statistics.loginsRefused)),
            ("activations", UInt64(self.statistics.activations)),
            ("reboots", UInt64(self.statistics.reboots)),
            ("thefts", UInt64(self.statistics.thefts)),
        ]
        let numbers = counts.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        return
            "{\"name\":\"\(self.name)\",\"address\":\"\(self.address)\",\"active\":\(self.isConsoleActive),"
            + "\"powered\":\(self.isPowered),\(numbers),\"never_sent\":\(Self.json(self.neverSent)),"
            + "\"unacknowledged\":\(Self.json(self.unacknowledged))}"
    }

    private static func json(_ ranges: ByteRanges) -> String {
        let pairs = ranges.ranges.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",")
        return "{\"bytes\":\(ranges.byteCount),\"truncated\":\(ranges.isTruncated),\"ranges\":[\(pairs)]}"
    }
}
