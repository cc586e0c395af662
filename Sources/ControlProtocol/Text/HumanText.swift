// SPDX-License-Identifier: Apache-2.0

/// Numbers and times as people read them in a table.
package enum HumanText {
    /// `3s`, `5m`, `2h10m`, `12d`: never longer than 6 characters in a lifetime. `-` for nil.
    package static func age(_ time: WallMicroseconds?, now: WallMicroseconds) -> String {
        guard let time else { return "-" }
        // A clock that was set back does not make things happen in the future.
        let seconds = max(0, now - time) / 1_000_000
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m"
        case ..<86_400: return "\(seconds / 3600)h" + (seconds % 3600 < 60 ? "" : "\(seconds % 3600 / 60)m")
        default: return "\(seconds / 86_400)d"
        }
    }

    /// `0`, `999`, `1.2K`, `34M`: never longer than 4 characters.
    package static func bytes(_ count: UInt64) -> String {
        var value = count
        var rest: UInt64 = 0
        var units = "KMGTPE"[...]
        var unit = ""
        while value >= 1000, let next = units.popFirst() {
            rest = value % 1000
            value /= 1000
            unit = String(next)
        }
        return value < 10 && !unit.isEmpty ? "\(value).\(rest / 100)\(unit)" : "\(value)\(unit)"
    }
}
