// SPDX-License-Identifier: Apache-2.0

/// Where a connection comes from, as the limits see it: one IPv4 address, or one IPv6 network of 64 bits, which is
/// what a single customer gets.
struct ConnectionSource: Hashable, Sendable {
    private var prefix: [UInt8]

    /// From the 4 or 16 bytes of an address.
    init(address: [UInt8]) {
        self.prefix = Array(address.prefix(address.count == 4 ? 4 : 8))
    }
}

/// Counts connections before and after login, by source, and says who may come in.
///
///     admit -> (waiting for login) -> loggedIn -> closed
///                                 \-----------------^
///
/// Bounded: at most `maximumSources` sources are remembered; the least recently seen without a connection is forgotten.
struct SourceLedger: Sendable {
    enum Refusal: String {
        case connections = "too many connections"
        case unauthenticated = "too many connections wait for a login"
        case unauthenticatedFromSource = "too many connections from this address wait for a login"
        case rate = "connections from this address come too fast"
        case failures = "too many wrong passwords from this address"
    }

    enum Verdict: Equatable {
        case admitted
        /// `isNews` is false when the same source was refused within the last minute: nothing worth a log line.
        case refused(Refusal, isNews: Bool)
    }

    private struct Record {
        var unauthenticated = 0
        var tokens: Double
        var failures: Double = 0
        var seen: ContinuousClock.Instant
        var refusalTold: ContinuousClock.Instant?
    }

    static let maximumSources = 4096
    private let limits: SSHLimits
    private var records: [ConnectionSource: Record] = [:]
    private(set) var connections = 0
    private(set) var unauthenticated = 0
    private(set) var refused = 0

    init(limits: SSHLimits) {
        self.limits = limits
    }

    var rememberedSources: Int { self.records.count }

    mutating func admit(_ source: ConnectionSource, now: ContinuousClock.Instant) -> Verdict {
        var record = self.refreshed(source, now: now)
        defer { self.records[source] = record }
        guard let refusal = self.refusal(for: record) else {
            record.tokens -= 1
            record.unauthenticated += 1
            self.unauthenticated += 1
            self.connections += 1
            return .admitted
        }
        self.refused += 1
        let isNews = record.refusalTold.map { now - $0 >= .seconds(60) } ?? true
        if isNews { record.refusalTold = now }
        return .refused(refusal, isNews: isNews)
    }

    mutating func loggedIn(_ source: ConnectionSource) {
        self.unauthenticated -= 1
        self.records[source]?.unauthenticated -= 1
    }

    mutating func closed(_ source: ConnectionSource, wasLoggedIn: Bool) {
        self.connections -= 1
        guard !wasLoggedIn else { return }
        self.loggedIn(source)
    }

    mutating func passwordFailed(_ source: ConnectionSource, now: ContinuousClock.Instant) {
        var record = self.refreshed(source, now: now)
        record.failures += 1
        self.records[source] = record
    }

    private func refusal(for record: Record) -> Refusal? {
        if self.connections >= self.limits.maximumConnections { return .connections }
        if record.failures >= Double(self.limits.maximumFailuresPerSource) { return .failures }
        if record.unauthenticated >= self.limits.maximumUnauthenticatedPerSource {
            return .unauthenticatedFromSource
        }
        if record.tokens < 1 { return .rate }
        if self.unauthenticated >= self.limits.maximumUnauthenticated { return .unauthenticated }
        return nil
    }

    /// The record of a source with its tokens and failures brought up to date.
    private mutating func refreshed(_ source: ConnectionSource, now: ContinuousClock.Instant) -> Record {
        let burst = Double(self.limits.connectionBurstPerSource)
        guard var record = self.records[source] else {
            self.makeRoom()
            return Record(tokens: burst, seen: now)
        }
        let elapsed = (now - record.seen) / .seconds(1)
        record.tokens = min(
            burst,
            record.tokens + elapsed * Double(self.limits.connectionsPerSecondPerSource)
        )
        record.failures = max(0, record.failures - elapsed / (self.limits.failureForgiveness / .seconds(1)))
        record.seen = now
        return record
    }

    /// Forgets the older half of the sources without a connection once there are too many.
    private mutating func makeRoom() {
        guard self.records.count >= Self.maximumSources else { return }
        let idle = self.records.filter { $0.value.unauthenticated == 0 }.sorted {
            $0.value.seen < $1.value.seen
        }
        for (source, _) in idle.prefix(Self.maximumSources / 2) {
            self.records[source] = nil
        }
    }
}
