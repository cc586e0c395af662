// SPDX-License-Identifier: Apache-2.0

import HeliographConfig

extension Configuration {
    /// Settings that this version reads and checks but does not carry out yet: whoever wrote them must not
    /// believe that they work.
    var settingsNotBuilt: [String] {
        var names: [String] = []
        func note(_ name: String, _ isUsed: Bool) { if isUsed { names.append(name) } }
        note("http", self.http != nil)
        note("notify", !self.notify.isEmpty)
        note("crash_rules", !self.crashRules.isEmpty)
        note("logs.ship", !self.logs.ship.isEmpty)
        note("logs.group", self.logs.group != nil)
        note("keys.when", self.consoles.contains { $0.keys.when != .manual })
        note("log.input", self.consoles.contains { $0.log.input })
        note("log.text: colour", self.consoles.contains { $0.log.text == .colour })
        note(
            "sol_probe",
            self.consoles.contains {
                if case .sol(let link) = $0.link { link.solProbe != nil } else { false }
            }
        )
        return names
    }

    /// Settings of the doors and of the log writer that differ from another configuration: they count from
    /// the next start.
    func settingsThatNeedRestart(comparedTo other: Configuration) -> [String] {
        var names: [String] = []
        if self.ssh.needsRestart(comparedTo: other.ssh) { names.append("ssh") }
        if self.control != other.control { names.append("control") }
        if self.logs != other.logs { names.append("logs") }
        return names
    }
}

extension SSHConfiguration {
    /// `authentication` is asked at every log-in; everything else is read when the door opens.
    fileprivate func needsRestart(comparedTo other: SSHConfiguration) -> Bool {
        var same = other
        same.authentication = self.authentication
        return self != same
    }
}
