// SPDX-License-Identifier: Apache-2.0

/// When keys are translated.
package enum KeyTranslationMode: String, Hashable, Sendable, CaseIterable {
    /// Off until an operator switches it on.
    case manual
    /// By what the host prints; an operator's choice holds until the next reboot.
    case auto
    /// On until an operator switches it off.
    case always
}

/// Decides whether keys are translated: by the configuration, what the host prints, and what the operator chose last.
package struct KeySwitch: Equatable, Sendable {
    /// Who decided.
    package enum Reason: Equatable, Sendable {
        case configuration
        case chosen
        /// The words in the host's output.
        case output(String)
    }

    package let mode: KeyTranslationMode
    package private(set) var isOn: Bool
    package private(set) var reason: Reason = .configuration

    /// The host's stage is given where its console has been watched before.
    package init(mode: KeyTranslationMode, stage: HostStage = .unknown) {
        self.mode = mode
        self.isOn =
            switch mode {
            case .manual: false
            case .always: true
            case .auto: stage == .firmware
            }
    }

    /// The operator's choice.
    package mutating func choose(on: Bool) {
        self.isOn = on
        self.reason = .chosen
    }

    /// What the host's output showed. True if that switched translation.
    package mutating func observe(_ change: FirmwareWatch.Change) -> Bool {
        guard self.mode == .auto else { return false }
        let isReboot = change.stage == .firmware && change.from != .unknown
        if self.reason == .chosen, !isReboot { return false }
        let wasOn = self.isOn
        self.isOn = change.stage == .firmware
        self.reason = .output(change.marker)
        return self.isOn != wasOn
    }
}
