// SPDX-License-Identifier: Apache-2.0

/// All times of a session in one place, with the defaults we recommend and what each is for.
package struct SOLTiming: Equatable, Sendable {
    // Log-in.

    /// Pauses before a set-up message goes out again, same tag and contents; after the last one: no reply.
    package var setupRetries: [Duration] = [.seconds(1), .seconds(2), .seconds(3), .seconds(4)]
    /// RAKP 3 goes out twice only, then the log-in starts over: a BMC that took the first one has left that
    /// state.
    package var rakp3Retries: [Duration] = [.seconds(1), .seconds(2)]
    /// Pauses before a command goes out again, under a new sequence number.
    package var commandRetries: [Duration] = [
        .milliseconds(700), .milliseconds(1400), .milliseconds(2800), .seconds(5),
    ]
    /// Pauses after "node busy", "in firmware update" and the like.
    package var busyRetries: [Duration] = [.seconds(2), .seconds(4), .seconds(8)]
    /// Pauses between Deactivate Payload and the next Activate Payload when taking over.
    package var releaseRounds: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
    /// The limit for everything before the console works.
    package var loginLimit: Duration = .seconds(40)

    // Data.

    /// Pauses before input that was not acknowledged goes out again, same number; the last one repeats.
    package var inputRetries: [Duration] = [
        .milliseconds(500), .seconds(1), .milliseconds(1500), .seconds(2), .milliseconds(2500), .seconds(3),
    ]
    /// The pause after the first NACK; doubles up to `inputPauseLimit`.
    package var inputPause: Duration = .milliseconds(50)
    package var inputPauseLimit: Duration = .seconds(2)
    /// Input unanswered for so long while the session lives: the payload is activated anew, once.
    package var inputStuckLimit: Duration = .seconds(30)

    // Liveness.

    /// Keepalive by the clock, counted from the last answered command, ± `keepaliveSpread`.
    package var keepaliveInterval: Duration = .seconds(4)
    package var keepaliveSpread: Duration = .milliseconds(500)
    /// One keepalive when output has stopped for so long.
    package var silenceLimit: Duration = .seconds(3)
    /// How long an answer to a first and a second keepalive may take; then the session is suspect.
    package var keepaliveRetries: [Duration] = [.seconds(1), .seconds(2)]
    /// The rhythm of keepalives and sessionless probes while suspect.
    package var suspectInterval: Duration = .seconds(1)
    /// The same after ten rounds.
    package var suspectSlowInterval: Duration = .seconds(2)
    /// Nothing heard for so long: the session is given up.
    package var silenceDeath: Duration = .seconds(50)

    // Leaving.

    /// Waits for the answer to Deactivate Payload, then for the answer to Close Session.
    package var releaseRetries: [Duration] = [.seconds(1), .seconds(1)]
    package var closeWait: Duration = .milliseconds(500)

    package init() {}
}
