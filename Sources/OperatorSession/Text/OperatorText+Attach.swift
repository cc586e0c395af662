// SPDX-License-Identifier: Apache-2.0

/// What an operator is told on attaching.
package struct AttachBanner: Equatable, Sendable {
    package var console: String
    package var mode: AttachMode
    package var prefix: EscapePrefix
    /// Who else is here, the writers first.
    package var others: [(user: String, mode: AttachMode)] = []
    /// Why the pen was not granted although asked for, or whom it was taken from.
    package var penRemark: String?
    /// `off (vt-utf8)`; nil where there is no key translation.
    package var keyProfile: String?
    /// What is wrong with the console: `not connected: no-reply, next attempt in 12s`.
    package var trouble: String?
    /// True where typed input goes into the log.
    package var recordsInput = false
    /// Message of the day, one line each.
    package var message: [String] = []

    package init(console: String, mode: AttachMode, prefix: EscapePrefix) {
        self.console = console
        self.mode = mode
        self.prefix = prefix
    }

    package static func == (first: AttachBanner, second: AttachBanner) -> Bool {
        OperatorText.banner(first) == OperatorText.banner(second)
    }
}

/// Why an attachment ended.
package enum DetachReason: Equatable, Sendable {
    /// The operator typed the escape.
    case byOperator
    /// The operator's side ended the input.
    case inputEnded
    /// The operator went to another console.
    case moved(to: String)
    /// Another operator, or an administrator, ended it.
    case disconnected(by: String)
    case idle(Duration)
    /// The configuration no longer has this console.
    case consoleRemoved
    /// The configuration no longer lets this operator attach.
    case accessRevoked
    case shutdown

    var text: String {
        switch self {
        case .byOperator: "as you asked"
        case .inputEnded: "your input ended"
        case .moved(let console): "moving to \(console)"
        case .disconnected(let user): "disconnected by \(user)"
        case .idle(let limit): "idle for \(OperatorText.duration(limit))"
        case .consoleRemoved: "the console was removed from the configuration"
        case .accessRevoked: "you may no longer attach to it"
        case .shutdown: "heliographd is stopping"
        }
    }
}

extension OperatorText {
    /// The lines on attaching. The recent screen follows.
    package static func banner(_ banner: AttachBanner) -> [UInt8] {
        var lines = banner.message
        let others = banner.others.map { other in
            other.mode.mayWrite ? "\(other.user) (writing)" : other.user
        }
        let company = others.isEmpty ? "nobody else here" : "also here: \(others.joined(separator: ", "))"
        lines.append("\(banner.console), \(banner.mode.title); \(company)")
        if let remark = banner.penRemark { lines.append(remark) }
        let keys = banner.keyProfile.map { "; BIOS keys \($0)" } ?? ""
        let name = banner.prefix.name
        lines.append("escape \(name): \(name). detaches, \(name)? helps\(keys)")
        if banner.recordsInput { lines.append("what you type here is recorded") }
        if let trouble = banner.trouble { lines.append(trouble) }
        return self.status(lines)
    }

    /// The last line of an attachment.
    package static func detached(from console: String, _ reason: DetachReason) -> [UInt8] {
        self.status("detached from \(console): \(reason.text)")
    }

    /// The answer to a change of mode.
    package static func modeChanged(to mode: AttachMode, remark: String? = nil) -> [UInt8] {
        self.status("you are now \(mode.title)" + (remark.map { "; \($0)" } ?? ""))
    }

    /// For the operator whose pen was taken.
    package static func penTaken(by user: String, prefix: EscapePrefix) -> [UInt8] {
        self.status("\(user) took the pen; you are a spectator now (\(prefix.name)f takes it back)")
    }

    /// For the spectators when the writer has gone.
    package static func penIsFree(_ prefix: EscapePrefix) -> [UInt8] {
        self.status("nobody has the pen now; \(prefix.name)a takes it")
    }

    /// For an operator who asked for the pen in vain.
    package static func penHeld(by user: String, prefix: EscapePrefix) -> [UInt8] {
        self.status("\(user) has the pen; you stay a spectator (\(prefix.name)f takes it)")
    }

    /// `90s` as `1m30s`, for sentences.
    package static func duration(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m" + (seconds % 60 == 0 ? "" : "\(seconds % 60)s")
        case ..<86_400: return "\(seconds / 3600)h" + (seconds % 3600 < 60 ? "" : "\(seconds % 3600 / 60)m")
        default:
            return "\(seconds / 86_400)d" + (seconds % 86_400 < 3600 ? "" : "\(seconds % 86_400 / 3600)h")
        }
    }
}
