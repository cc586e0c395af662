// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    /// The links of one entry, one for each name; nil where there is a mistake.
    func links(_ reader: inout MapReader, _ kind: ConsoleLink.Kind, names: [String]) -> [ConsoleLink?] {
        switch kind {
        case .sol, .sol15: self.bmcLinks(&reader, kind, names)
        case .telnet: self.telnetLinks(&reader, names)
        case .ssh: self.sshLinks(&reader, names)
        case .device: self.deviceLinks(&reader, names)
        case .unix: self.unixLinks(&reader, names)
        case .tcp:
            self.each(&reader, "tcp", names) { text throws(ValueError) in
                .tcp(try HostPort(parsing: text, defaultPort: nil))
            }
        case .exec: self.execLinks(&reader, names)
        }
    }

    // MARK: Expansion

    /// The value of a key for each of the names: `{console}` becomes the name, and ranges count in step with the name's.
    private func each<Value>(
        _ reader: inout MapReader,
        _ key: String,
        _ names: [String],
        _ parse: (String) throws(ValueError) -> Value
    ) -> [Value?] {
        guard let (text, position) = reader.text(key) else { return [] }
        do throws(ValueError) {
            // Without names (they had a mistake) the value is looked at all the same, once.
            let texts = try Self.expand(text, for: names)
            var results: [Value?] = []
            for text in texts { results.append(try parse(text)) }
            return results
        } catch {
            self.sink.error(position, "\(key): \(error.message)")
            return []
        }
    }

    static func expand(_ text: String, for names: [String]) throws(ValueError) -> [String] {
        // The brackets of an IPv6 address are no range.
        let (start, rest) = Self.splitAddress(text)
        let template = try NameTemplate(parsing: rest)
        guard !names.isEmpty else { return [start + Self.insert("console", into: template.first)] }
        guard template.hasRange else {
            return names.map { start + Self.insert($0, into: template.first) }
        }
        guard template.count == names.count else {
            let count = template.count > NameTemplate.expansionLimit ? "too many" : "\(template.count)"
            throw ValueError("\(text.quoted) stands for \(count) values, but the name for \(names.count)")
        }
        return zip(names, template.expanded()).map { start + Self.insert($0, into: $1) }
    }

    private static func splitAddress(_ text: String) -> (String, String) {
        let host = text.lastIndex(of: "@").map { text.index(after: $0) } ?? text.startIndex
        guard text[host...].hasPrefix("["), let close = text[host...].firstIndex(of: "]"),
            text[host..<close].contains(":")
        else { return ("", text) }
        return (String(text[...close]), String(text[text.index(after: close)...]))
    }

    private static func insert(_ name: String, into text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        return text.split(separator: "{console}", omittingEmptySubsequences: false).joined(separator: name)
    }

    // MARK: Kinds

    private func bmcLinks(_ reader: inout MapReader, _ kind: ConsoleLink.Kind, _ names: [String])
        -> [ConsoleLink?]
    {
        let position = reader.position
        let own = self.bmcSettings(&reader)
        let wrongProfile = reader.has("profile")
        let profile =
            self.profileName(&reader) ?? (wrongProfile ? nil : self.configuration.defaults.profile)
            ?? (self.declaredProfiles.contains("default") ? "default" : nil)
        let links = self.each(&reader, kind.rawValue, names) { text throws(ValueError) in
            let (host, port) = try HostPort.parts(of: text)
            guard port != 0 else { throw ValueError("\(text.quoted) has a bad port \("0".quoted)") }
            return self.link(host: host, port: port, own: own, profile: profile)
        }
        for (name, link) in zip(names, links) {
            guard let link else { continue }
            let address = HostPort(host: link.host, port: link.port)
            if let other = self.bmcAddresses[address] {
                self.sink.warning(
                    position,
                    "\(name.quoted) has the same BMC as \(other.quoted), \(address): only one can have its console"
                )
                break
            }
            self.bmcAddresses[address] = name
        }
        return links.map { link in link.map { kind == .sol ? .sol($0) : .sol15($0) } }
    }

    private func telnetLinks(_ reader: inout MapReader, _ names: [String]) -> [ConsoleLink?] {
        let chat = reader.maps("chat").compactMap { self.chatStep($0) }
        return self.each(&reader, "telnet", names) { text throws(ValueError) in
            var link = TelnetLink(address: try HostPort(parsing: text, defaultPort: 23))
            link.chat = chat
            return .telnet(link)
        }
    }

    private func chatStep(_ reader: MapReader) -> ChatStep? {
        var reader = reader
        let expect = reader.text("expect", allowsControls: true)?.text
        let text = reader.text("send", allowsControls: true)?.text
        var secrets = reader
        let hasSecret = !reader.keys(withPrefix: "send_").isEmpty
        // `send` itself is text here, and not a secret in the wrong place.
        let secret = hasSecret && !reader.has("send") ? secrets.secret("send") : nil
        if hasSecret, reader.has("send") {
            self.sink.error(reader.position, "chat: a step has more than one thing to send")
            return nil
        }
        if expect == nil, !reader.has("expect") {
            self.sink.error(reader.position, "chat: a step has no \"expect\"")
        }
        if !hasSecret, !reader.has("send") {
            self.sink.error(reader.position, "chat: a step has no \"send\"")
        }
        if hasSecret { secrets.finish() } else { reader.finish() }
        guard let expect, let send = text.map({ ChatStep.Answer.text($0) }) ?? secret.map({ .secret($0) })
        else {
            return nil
        }
        return ChatStep(expect: expect, send: send)
    }

    private func sshLinks(_ reader: inout MapReader, _ names: [String]) -> [ConsoleLink?] {
        let knownHosts = reader.path("known_hosts")
        let identity = reader.path("identity_file")
        let password = reader.secret("password")
        return self.each(&reader, "ssh", names) { text throws(ValueError) in
            let at = text.lastIndex(of: "@")
            let user = at.map { String(text[..<$0]) }
            guard user.map({ !$0.isEmpty && !$0.contains(" ") && !$0.hasPrefix("-") }) != false else {
                throw ValueError("\(text.quoted) has no user name before @")
            }
            let host = at.map { String(text[text.index(after: $0)...]) } ?? text
            var link = SSHLink(user: user, address: try HostPort(parsing: host, defaultPort: 22))
            link.knownHosts = knownHosts
            link.identityFile = identity
            link.password = password
            return .ssh(link)
        }
    }

    private static let baudRates: Set<Int> = [
        300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 500_000, 576_000,
        921_600,
        1_000_000, 1_152_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
    ]

    private func deviceLinks(_ reader: inout MapReader, _ names: [String]) -> [ConsoleLink?] {
        var device = DeviceLink(path: "")
        device.baud =
            reader.value("baud") { text throws(ValueError) in
                guard let rate = Int(text), Self.baudRates.contains(rate) else {
                    throw ValueError("\(text.quoted) is not a rate of serial lines; most are 115200 or 9600")
                }
                return rate
            } ?? device.baud
        device.flow = reader.choice("flow") ?? device.flow
        device.dataBits = reader.integer("data_bits", in: 5...8) ?? device.dataBits
        device.parity = reader.choice("parity") ?? device.parity
        device.stopBits = reader.integer("stop_bits", in: 1...2) ?? device.stopBits
        return self.each(&reader, "device", names) { text throws(ValueError) in
            guard text.hasPrefix("/") else {
                throw ValueError("\(text.quoted) is not a path that begins with /")
            }
            var link = device
            link.path = FilePath.normalised(text)
            return .device(link)
        }
    }

    private func unixLinks(_ reader: inout MapReader, _ names: [String]) -> [ConsoleLink?] {
        let file = reader.position.file
        return self.each(&reader, "unix", names) { text throws(ValueError) in
            let path = FilePath.resolve(text, relativeTo: file)
            guard !text.isEmpty, path.utf8.count <= 107 else {
                throw ValueError("\(text.quoted) is not a path of 1 to 107 bytes")
            }
            return .unix(path: path)
        }
    }

    private func execLinks(_ reader: inout MapReader, _ names: [String]) -> [ConsoleLink?] {
        guard let words = reader.command("exec") else { return [] }
        return names.map { name in .exec(words.map { Self.insert(name, into: $0) }) }
    }
}
