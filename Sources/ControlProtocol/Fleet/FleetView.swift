// SPDX-License-Identifier: Apache-2.0

/// Microseconds since 1970 in UTC, as the log has them. The server converts.
package typealias WallMicroseconds = Int64

/// One console in `list`.
package struct ConsoleRow: Equatable, Sendable {
    package var name: String
    package var state: FleetState
    /// When the state began.
    package var since: WallMicroseconds?
    package var lastOutput: WallMicroseconds?
    /// Bytes of output since the daemon started.
    package var outputByteCount: UInt64
    package var attached: [AttachedOperator]
    /// The stable code of the last error, while the console is not up.
    package var errorCode: String?

    package init(
        name: String,
        state: FleetState,
        since: WallMicroseconds? = nil,
        lastOutput: WallMicroseconds? = nil,
        outputByteCount: UInt64 = 0,
        attached: [AttachedOperator] = [],
        errorCode: String? = nil
    ) {
        self.name = name
        self.state = state
        self.since = since
        self.lastOutput = lastOutput
        self.outputByteCount = outputByteCount
        self.attached = attached
        self.errorCode = errorCode
    }
}

/// Somebody attached to a console, as the console's row shows it.
package struct AttachedOperator: Equatable, Sendable {
    package var user: String
    package var mayWrite: Bool

    package init(user: String, mayWrite: Bool) {
        self.user = user
        self.mayWrite = mayWrite
    }
}

/// One attachment in `who`.
package struct WhoRow: Equatable, Sendable {
    /// The number that `disconnect` takes.
    package var number: Int
    package var user: String
    package var console: String
    /// `read-write`, `spectator`, `joined`.
    package var mode: String
    package var peer: String
    package var since: WallMicroseconds
    package var lastInput: WallMicroseconds?

    package init(
        number: Int,
        user: String,
        console: String,
        mode: String,
        peer: String,
        since: WallMicroseconds,
        lastInput: WallMicroseconds? = nil
    ) {
        self.number = number
        self.user = user
        self.console = console
        self.mode = mode
        self.peer = peer
        self.since = since
        self.lastInput = lastInput
    }
}

/// Everything about one console: `status`.
package struct ConsoleDetail: Equatable, Sendable {
    package var row: ConsoleRow
    package var who: [WhoRow] = []
    /// How it is reached: `sol web01-bmc.example.net:623`.
    package var link: String
    package var session: SessionDetail?
    package var lastError: ErrorDetail?
    /// Who holds the SOL session, when that is not us: a peer's address, as the BMC tells it.
    package var owner: String?
    /// When the next attempt is due, while not connected.
    package var nextAttempt: WallMicroseconds?
    /// Attempts since it was last up.
    package var attempts: Int = 0
    /// Counters in the order they are to be shown; the names are the JSON keys, lower case with underscores.
    package var counters: [Counter] = []
    /// `on`, `off`, or what is wrong with it.
    package var log: String = "on"

    package init(row: ConsoleRow, link: String) {
        self.row = row
        self.link = link
    }

    /// A named number.
    package struct Counter: Equatable, Sendable {
        package var name: String
        package var value: UInt64

        package init(_ name: String, _ value: UInt64) {
            self.name = name
            self.value = value
        }
    }
}

/// The session under a console.
package struct SessionDetail: Equatable, Sendable {
    /// The stage the session is in: `data`, `RAKP 2`.
    package var stage: String
    /// `17 (RAKP-HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128)`.
    package var cipherSuite: String?
    package var privilege: String?
    package var bmcSessionID: UInt32?
    /// Bytes per packet to the BMC and from it.
    package var payloadToBMC: Int?
    package var payloadFromBMC: Int?

    package init(stage: String) {
        self.stage = stage
    }
}

/// What went wrong last.
package struct ErrorDetail: Equatable, Sendable {
    package var code: String
    package var stage: String
    package var text: String
    package var remedy: String
    package var at: WallMicroseconds?

    package init(code: String, stage: String, text: String, remedy: String, at: WallMicroseconds? = nil) {
        self.code = code
        self.stage = stage
        self.text = text
        self.remedy = remedy
        self.at = at
    }
}
