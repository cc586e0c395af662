// SPDX-License-Identifier: Apache-2.0

/// `logs:` — where output is kept and for how long.
package struct LogConfiguration: Equatable, Sendable {
    package var directory = "/var/log/heliograph"
    package var rotate = Rotation()
    package var keep = Retention(days: 90, total: 100 << 30, minimumFree: .percent(10))
    package var compress: Compression = .zstd
    /// Permission bits of files; directories also get `x` where a file has `r`.
    package var mode: UInt32 = 0o640
    /// The Unix group that owns the files; nil leaves the daemon's own.
    package var group: String?
    /// Disk space set aside for events and crash lines when the disk is full; 0 = none.
    package var reserve = 64 << 20
    /// Nil: `recorder: off`.
    package var recorder: Recorder? = Recorder()
    /// Text logs held open at once; nil = decided from the descriptor limit.
    package var openFiles: Int?
    package var ship: [Shipping] = []

    package init() {}

    /// `rotate:` — when a text log is closed and a new one begun. Nil (0 in the file) = not for this reason.
    package struct Rotation: Equatable, Sendable {
        package var size: Int? = 64 << 20
        package var every: Duration? = .seconds(86_400)

        package init() {}
    }

    /// `keep:` — what old files are deleted for. Nil = no such limit.
    package struct Retention: Equatable, Sendable {
        package var days: Int?
        package var total: Int?
        package var minimumFree: FreeSpace?

        package init(days: Int?, total: Int?, minimumFree: FreeSpace?) {
            self.days = days
            self.total = total
            self.minimumFree = minimumFree
        }
    }

    /// Free space on a file system.
    package enum FreeSpace: Equatable, Sendable {
        case percent(Int)
        case bytes(Int)
    }

    package enum Compression: String, CaseIterable, Sendable {
        case zstd
        case gzip
        case none
    }

    /// `recorder:` — the exact bytes and times.
    package struct Recorder: Equatable, Sendable {
        package var directory = "/var/lib/heliograph/recorder"
        package var keep = Retention(days: 14, total: 50 << 30, minimumFree: nil)
        /// How often what was recorded is forced to the disk.
        package var sync: Duration = .seconds(1)

        package init() {}
    }

    /// One entry of `ship:` — a copy that leaves the machine.
    package struct Shipping: Equatable, Sendable {
        /// `tcp://host:port`, `tls://host:port` or `unix:/path`.
        package var syslog: SyslogTarget
        package var what: Subject

        package init(syslog: SyslogTarget, what: Subject) {
            self.syslog = syslog
            self.what = what
        }

        package enum Subject: String, CaseIterable, Sendable {
            case events
            case all
        }
    }
}

/// Where syslog messages go.
package enum SyslogTarget: Equatable, Sendable {
    case tcp(HostPort)
    case tls(HostPort)
    case unix(String)
}
