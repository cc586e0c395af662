// SPDX-License-Identifier: Apache-2.0

package import SerialOverLAN

extension SOLEvent {
    /// The line in the console's log.
    package var logEntry: (kind: RecordKind, fields: LogFields) {
        switch self {
        case .overrun:
            (
                .alert,
                LogFields("overrun").with(
                    "cause",
                    "the BMC's buffer was full: host output was lost in the BMC"
                )
            )
        case .gap(let packets):
            (
                .alert,
                LogFields("gap").with("packets", packets).with("cause", "the BMC gave up waiting for us")
            )
        case .breakDetected: (.event, LogFields("host-break"))
        case .breakSent: (.event, LogFields("break-sent"))
        case .hostUnavailable:
            (.event, LogFields("host-unavailable").with("cause", "off or serial port elsewhere"))
        case .hostAvailable: (.event, LogFields("host-available"))
        case .suspect(let silence): (.event, LogFields("suspect").with("silent", Self.seconds(silence)))
        case .recovered(let silence): (.event, LogFields("recovered").with("silent", Self.seconds(silence)))
        case .inputDiscarded(let count): (.event, LogFields("input-discarded").with("bytes", count))
        case .duplicateSuppressed(let count): (.event, LogFields("duplicate-suppressed").with("bytes", count))
        case .zeroCountLearned: (.event, LogFields("zero-count-is-all").with("learned", "yes"))
        case .reactivating: (.event, LogFields("reactivating"))
        case .takingOver(let id, let ours):
            (
                ours ? .event : .alert,
                LogFields("taking-over").with("session", id.map { String($0) } ?? "unknown")
                    .with("owner", ours ? "our-own-leftover" : "somebody-else")
            )
        case .warning(let warning): (.event, LogFields("warning").with("what", warning.text))
        }
    }

    /// What operators on the console are told; nil when it does not concern them.
    package var operatorText: String? {
        switch self {
        case .overrun: "host output was lost inside the BMC"
        case .gap(let packets): "\(packets) packets of output were lost on the way"
        case .hostUnavailable: "the host does not take input: off, or its serial port is switched elsewhere"
        case .hostAvailable: "the host takes input again"
        case .suspect(let silence): "the BMC has not answered for \(Self.seconds(silence))"
        case .recovered: "the BMC answers again"
        case .inputDiscarded(let count): "\(count) typed bytes were thrown away"
        case .reactivating: "the console is activated anew"
        case .breakSent: "break sent"
        case .breakDetected, .duplicateSuppressed, .zeroCountLearned, .takingOver, .warning: nil
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = Int(duration / .milliseconds(100))
        return "\(tenths / 10).\(tenths % 10)s"
    }
}

extension SOLWarning {
    /// In an administrator's words.
    package var text: String {
        switch self {
        case .capabilitiesDenyIPMI20: "the BMC claims to have no IPMI 2.0; tried all the same"
        case .bmcKeyMismatch(let has):
            has
                ? "the BMC says K_g is set, none is configured"
                : "K_g is configured, the BMC says none is set"
        case .userNameKind: "the BMC says it admits no such user name"
        case .cipherSuiteRefused(let suite): "cipher suite \(suite) was refused, the next one is tried"
        case .privilegeLowered(let level): "privilege lowered to \(level)"
        case .bmcKeyDropped: "logged in without K_g"
        case .payloadSize(let claimed, let used): "senseless payload size \(claimed), \(used) is used"
        case .payloadPort(let port): "the BMC named UDP port \(port) for SOL; ignored"
        case .unencrypted: "SOL runs without encryption"
        case .unfoundedDeactivation: "a deactivation notice came although the payload is still ours"
        }
    }
}
