// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Decides when to ask the BMC whether it still knows us, and when to stop believing that it does.
///
///     listening --12 s ± 3 s after the last answered command,-->  asking --answer--> listening
///       ^   ^     3 s after output stopped                          |
/// |   |                                                       | unanswered for 1 s and 2 s, nothing else
/// heard
///       |   +----------- any valid packet of the session -------+   v
/// +------------------------------------------------------ suspect --2 rounds after an answered probe-->
/// .forgotten
/// |------nothing heard for 50 s-----------> .silent
/// (a keepalive and a sessionless probe each second)
///
/// SOL packets prove life, too, but BMCs exist that end a session without IPMI commands (ipmi_sim, 30 s): so
/// the rhythm is counted from the last answered command. While suspect, a probe that is answered outside the
/// session tells a BMC that forgot us (it restarted) from a network that is out, which the session survives.
struct Liveness: Sendable {
    /// What to do when the deadline has passed.
    enum Order: Equatable {
        case nothing
        /// Send a keepalive.
        case ask
        /// Send a keepalive and a probe; `since` is set when the session has just become suspect.
        case askAndProbe(since: Duration?)
        /// The BMC answers, but not us.
        case forgotten
        /// Nobody answered for too long.
        case silent(for: Duration)
    }

    private enum Phase: Equatable, Sendable {
        case listening
        case asking(since: MonotonicInstant, attempt: Int, deadline: MonotonicInstant)
        case suspect(Suspicion)
    }

    private struct Suspicion: Equatable, Sendable {
        var round = 1
        var deadline: MonotonicInstant
        /// The BMC answered a probe; counts the rounds of keepalives unanswered since.
        var missesSinceProbe: Int?
    }

    private var phase = Phase.listening
    private(set) var lastHeard: MonotonicInstant
    private var clockDue: MonotonicInstant
    /// Set by output, spent by one keepalive.
    private var silenceDue: MonotonicInstant?

    private static let missLimit = 2
    private static let fastRounds = 10
    /// A keepalive goes unanswered although SOL packets come: asked again at this rhythm.
    private static let patience: Duration = .seconds(4)

    /// `clockDue` is when the first keepalive is due.
    init(clockDue: MonotonicInstant, now: MonotonicInstant) {
        self.lastHeard = now
        self.clockDue = clockDue
    }

    var isSuspect: Bool {
        if case .suspect = self.phase { true } else { false }
    }

    var deadline: MonotonicInstant {
        switch self.phase {
        case .listening: self.silenceDue.map { min($0, self.clockDue) } ?? self.clockDue
        case .asking(_, _, let deadline): deadline
        case .suspect(let suspicion): suspicion.deadline
        }
    }

    // MARK: Inputs

    /// A valid packet of the session came. Returns how long it had been silent if it was suspect.
    mutating func heard(now: MonotonicInstant) -> Duration? {
        let silence = now - self.lastHeard
        self.lastHeard = now
        guard self.isSuspect else { return nil }
        self.phase = .listening
        self.clockDue = min(self.clockDue, now + Self.patience)
        return silence
    }

    /// Host output came: when it stops, one keepalive makes sure that the BMC did not.
    mutating func heardOutput(now: MonotonicInstant, _ timing: SOLTiming) {
        self.silenceDue = now + timing.silenceLimit
    }

    /// A command was answered, whatever the answer.
    mutating func answered(nextIn interval: Duration, now: MonotonicInstant) {
        self.phase = .listening
        self.clockDue = now + interval
    }

    /// Something makes us doubt: ask now.
    mutating func askNow(now: MonotonicInstant) {
        if case .listening = self.phase { self.clockDue = min(self.clockDue, now) }
    }

    /// The BMC answered a probe outside the session.
    mutating func probeAnswered(now: MonotonicInstant, _ timing: SOLTiming) {
        guard case .suspect(var suspicion) = self.phase, suspicion.missesSinceProbe == nil else { return }
        suspicion.missesSinceProbe = 0
        suspicion.deadline = min(suspicion.deadline, now + timing.suspectInterval)
        self.phase = .suspect(suspicion)
    }

    mutating func timedOut(now: MonotonicInstant, _ timing: SOLTiming) -> Order {
        guard self.deadline <= now else { return .nothing }
        switch self.phase {
        case .listening: return self.listened(now, timing)
        case .asking(let since, let attempt, _): return self.unanswered(since, attempt, now, timing)
        case .suspect(let suspicion): return self.stillSuspect(suspicion, now, timing)
        }
    }

    private mutating func listened(_ now: MonotonicInstant, _ timing: SOLTiming) -> Order {
        if self.clockDue > now, self.lastHeard + timing.silenceLimit > now {
            // Not silent: something other than output came in between.
            self.silenceDue = self.lastHeard + timing.silenceLimit
            return .nothing
        }
        self.silenceDue = nil
        self.phase = .asking(since: now, attempt: 1, deadline: now + timing.keepaliveRetries.pause(0))
        return .ask
    }

    private mutating func unanswered(
        _ since: MonotonicInstant,
        _ attempt: Int,
        _ now: MonotonicInstant,
        _ timing: SOLTiming
    ) -> Order {
        if self.lastHeard > since {
            self.phase = .asking(since: now, attempt: 1, deadline: now + Self.patience)
            return .ask
        }
        guard attempt >= timing.keepaliveRetries.count else {
            let deadline = now + timing.keepaliveRetries.pause(attempt)
            self.phase = .asking(since: since, attempt: attempt + 1, deadline: deadline)
            return .ask
        }
        self.phase = .suspect(Suspicion(deadline: now + timing.suspectInterval))
        return .askAndProbe(since: now - self.lastHeard)
    }

    private mutating func stillSuspect(
        _ suspicion: Suspicion,
        _ now: MonotonicInstant,
        _ timing: SOLTiming
    ) -> Order {
        var suspicion = suspicion
        if let misses = suspicion.missesSinceProbe {
            guard misses + 1 < Self.missLimit else { return .forgotten }
            suspicion.missesSinceProbe = misses + 1
        }
        let silence = now - self.lastHeard
        guard silence < timing.silenceDeath else { return .silent(for: silence) }
        suspicion.round += 1
        let isFast = suspicion.round <= Self.fastRounds || suspicion.missesSinceProbe != nil
        suspicion.deadline = now + (isFast ? timing.suspectInterval : timing.suspectSlowInterval)
        self.phase = .suspect(suspicion)
        return .askAndProbe(since: nil)
    }
}
