// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    /// The keys that say how to deal with a BMC, for telling that a console of another kind has one of them.
    static let bmcKeys: Set<String> = [
        "profile", "kg", "kg_file", "kg_env", "kg_credential", "kg_command", "cipher_suite", "privilege",
        "takeover",
        "workarounds", "port", "timeouts", "sol_probe",
    ]

    func parseProfiles(_ top: inout MapReader) {
        guard let profiles = top.map("bmc_profiles") else { return }
        for entry in profiles.all() {
            self.declaredProfiles.insert(entry.key)
            guard GroupName.isValid(entry.key) else {
                self.sink.error(
                    entry.keyPosition,
                    "bmc_profiles: \(entry.key.quoted) is not the name of a profile"
                )
                continue
            }
            var outer = MapReader([entry], at: entry.keyPosition, sink: self.sink)
            guard var reader = outer.map(entry.key) else {
                self.configuration.bmcProfiles[entry.key] = BMCSettings()
                continue
            }
            self.configuration.bmcProfiles[entry.key] = self.bmcSettings(&reader)
            reader.finish()
        }
    }

    /// What a profile, or a console for itself, says about its BMC.
    func bmcSettings(_ reader: inout MapReader) -> BMCSettings {
        var settings = BMCSettings()
        settings.user = reader.value("user") { text throws(ValueError) in
            guard text.utf8.count <= 16 else {
                throw ValueError("\(text.quoted) is longer than the 16 bytes IPMI allows")
            }
            guard !text.utf8.contains(0) else { throw ValueError("the name has a zero byte in it") }
            return text
        }
        settings.password = reader.secret("password")
        settings.kg = reader.secret("kg")
        settings.cipherSuite = self.cipherSuite(&reader)
        settings.privilege = reader.choice("privilege")
        settings.takeover = reader.choice("takeover")
        settings.workarounds = reader.values("workarounds") { text throws(ValueError) in
            try Self.workaround(text)
        }
        settings.port = reader.integer("port", in: 1...65_535).map { UInt16($0) }
        if var timeouts = reader.map("timeouts") {
            settings.timeouts = Self.timeouts(&timeouts)
        }
        settings.solProbe = reader.duration(
            "sol_probe",
            in: .seconds(10) ... .seconds(30 * 86_400),
            zero: true
        )
        return settings
    }

    private func cipherSuite(_ reader: inout MapReader) -> CipherSuiteSetting? {
        guard let (text, position) = reader.text("cipher_suite") else { return nil }
        do throws(ValueError) {
            let suite = try CipherSuiteSetting(parsing: text)
            if let caution = suite.caution { self.sink.warning(position, "cipher_suite: \(caution)") }
            return suite
        } catch {
            self.sink.error(position, "cipher_suite: \(error.message)")
            return nil
        }
    }

    private static func workaround(_ text: String) throws(ValueError) -> Workaround {
        if let workaround = Workaround(rawValue: text) { return workaround }
        if let ours = Workaround.foreignNames[text.lowercased()] {
            throw ValueError("there is no workaround \(text.quoted); here it is called \(ours)")
        }
        let hint = Spelling.hint(for: text, among: Workaround.allCases.map(\.rawValue))
        throw ValueError("there is no workaround \(text.quoted)\(hint)")
    }

    private static func timeouts(_ reader: inout MapReader) -> BMCTimeouts {
        var timeouts = BMCTimeouts()
        timeouts.reply = reader.duration("reply", in: .milliseconds(100) ... .seconds(60))
        timeouts.keepalive = reader.duration("keepalive", in: .seconds(1) ... .seconds(600))
        timeouts.session = reader.duration("session", in: .seconds(10) ... .seconds(3600))
        reader.finish()
        return timeouts
    }

    /// Built-in values, defaults, the profile and the console's own settings put together. A port in the address wins.
    func link(host: String, port: UInt16?, own: BMCSettings, profile: String?) -> BMCLink {
        var settings = own
        if let profile, let shared = self.configuration.bmcProfiles[profile] {
            settings = own.filled(from: shared)
        }
        var link = BMCLink(host: host)
        link.port = port ?? settings.port ?? link.port
        link.profile = profile
        link.user = settings.user ?? link.user
        link.password = settings.password
        link.kg = settings.kg
        link.cipherSuite = settings.cipherSuite ?? link.cipherSuite
        link.privilege = settings.privilege ?? link.privilege
        link.takeover = settings.takeover ?? self.configuration.defaults.takeover
        link.workarounds = settings.workarounds ?? []
        link.timeouts = settings.timeouts
        link.solProbe = settings.solProbe == .zero ? nil : settings.solProbe
        return link
    }
}
