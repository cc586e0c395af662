// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    func parseUsers(_ top: inout MapReader) {
        var positions: [String: SourcePosition] = [:]
        for reader in top.maps("users") {
            var reader = reader
            let name = self.userName(&reader)
            if let name, let earlier = positions.updateValue(reader.position, forKey: name) {
                self.sink.error(reader.position, "user \(name.quoted) is there already, at \(earlier)")
            }
            var user = UserConfiguration(name: name ?? "")
            user.keys = self.publicKeys(&reader)
            user.keysFile = reader.path("keys_file")
            user.passwordHash = self.passwordHash(&reader)
            user.escape = self.escape(&reader)
            user.from =
                reader.values("from") { text throws(ValueError) in try IPNetwork(parsing: text) } ?? []
            let canLogIn = ["keys", "keys_file", "password_hash"].contains { reader.has($0) }
            reader.finish()
            guard let name else { continue }
            if !canLogIn {
                self.sink.warning(
                    reader.position,
                    "user \(name.quoted) has neither keys, keys_file nor password_hash, and so cannot log in"
                )
            }
            self.configuration.users.append(user)
        }
    }

    private func userName(_ reader: inout MapReader) -> String? {
        guard reader.has("name") else {
            self.sink.error(reader.position, "users: an entry has no name")
            _ = reader.entry("name")
            return nil
        }
        let name = reader.value("name") { text throws(ValueError) in
            guard GroupName.isValid(text) else {
                throw ValueError(
                    "\(text.quoted) is not a user name; letters, digits, \".\", \"_\", \"-\" and \"+\" may be in one"
                )
            }
            return text
        }
        if let name { self.declaredUsers.insert(name) }
        return name
    }

    private func publicKeys(_ reader: inout MapReader) -> [String] {
        var keys: [String] = []
        for item in reader.listOrSingle("keys") ?? [] {
            guard let text = reader.text(of: item, called: "keys") else { continue }
            switch PublicKeyLine.check(text) {
            case .good: break
            case .doubtful(let reason): self.sink.warning(item.position, "keys: \(reason)")
            case .bad(let reason):
                self.sink.error(item.position, "keys: \(reason)")
                continue
            }
            keys.append(text)
        }
        return keys
    }

    private func passwordHash(_ reader: inout MapReader) -> PasswordHash? {
        if let bare = reader.entry("password") {
            self.sink.error(
                bare.keyPosition,
                "password: passwords do not belong into the configuration;"
                    + " use password_hash, made by: helio hash-password"
            )
        }
        guard let (text, position) = reader.text("password_hash") else { return nil }
        // crypt(5): $id$... Never repeat the value: it may be the password itself.
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.hasPrefix("$"), parts.count >= 3, !parts[1].isEmpty, !text.contains(" ") else {
            self.sink.error(
                position,
                "password_hash: this is not a crypt(3) hash; make one with: helio hash-password"
            )
            return nil
        }
        return PasswordHash(crypt: text)
    }

    /// `escape:`, wherever it may stand.
    func escape(_ reader: inout MapReader) -> EscapeKeys? {
        guard let (text, position) = reader.text("escape", allowsControls: true) else { return nil }
        do throws(ValueError) {
            let keys = try EscapeKeys(parsing: text)
            if let hidden = keys.hiddenCommand {
                self.sink.warning(
                    position,
                    "escape: after \(text.quoted) the key \(hidden.quoted) sends the escape itself,"
                        + " so its command cannot be given"
                )
            }
            return keys
        } catch {
            self.sink.error(position, "escape: \(error.message)")
            return nil
        }
    }

    func parseGroups(_ top: inout MapReader) {
        guard let groups = top.map("groups") else { return }
        for entry in groups.all() {
            self.declaredGroups.insert(entry.key)
            guard GroupName.isValid(entry.key) else {
                self.sink.error(entry.keyPosition, "groups: \(entry.key.quoted) is not the name of a group")
                continue
            }
            var reader = MapReader([entry], at: entry.keyPosition, sink: self.sink)
            let members = reader.values(entry.key) { text throws(ValueError) in
                guard !text.hasPrefix("@") else {
                    throw ValueError("groups have users as members, not other groups")
                }
                guard self.declaredUsers.contains(text) else {
                    throw self.unknown("user", text, among: self.declaredUsers)
                }
                return text
            }
            self.configuration.groups[entry.key] = members ?? []
        }
    }

    func parseAccess(_ top: inout MapReader) {
        for reader in top.maps("access") {
            var reader = reader
            let who = reader.values("who", empty: "is empty, so the rule is for nobody") {
                text throws(ValueError) in try self.subject(text)
            }
            let consoles = self.namePattern(&reader, "consoles")
            let allow = self.permissions(&reader)
            let from = reader.values("from") { text throws(ValueError) in try IPNetwork(parsing: text) } ?? []
            for key in ["who", "consoles", "allow"] where !reader.has(key) {
                self.sink.error(reader.position, "access: a rule has no \(key.quoted)")
            }
            reader.finish()
            for name in consoles?.missing ?? [] {
                let hint = self.hint(for: name, among: self.declaredConsoles.keys)
                self.sink.warning(reader.position, "access: there is no console \(name.quoted)\(hint)")
            }
            guard let who, let consoles, let allow else { continue }
            self.configuration.access.rules.append(
                Access.Rule(who: who, consoles: consoles.pattern, allow: allow, from: from)
            )
        }
    }

    private func subject(_ text: String) throws(ValueError) -> Access.Subject {
        if text == "*" { return .everybody }
        if text.hasPrefix("@") {
            let name = String(text.dropFirst())
            guard self.declaredGroups.contains(name) else {
                let hint = self.hint(for: text, among: self.declaredGroups.map { "@" + $0 })
                throw ValueError("there is no group \(text.quoted)\(hint)")
            }
            return .group(name)
        }
        if self.declaredUsers.contains(text) { return .user(text) }
        if self.declaredGroups.contains(text) {
            throw ValueError("there is no user \(text.quoted) (did you mean \("@\(text)".quoted)?)")
        }
        throw self.unknown("user", text, among: self.declaredUsers)
    }

    /// `allow:`; `all` stands for everything.
    private func permissions(_ reader: inout MapReader) -> Set<Permission>? {
        let lists = reader.values("allow") { text throws(ValueError) -> [Permission] in
            if text == "all" { return Permission.allCases }
            return [try MapReader.choose(text)]
        }
        return lists.map { Set($0.joined()) }
    }
}

/// A line as in an `authorized_keys` file.
enum PublicKeyLine {
    enum Verdict: Equatable {
        case good
        /// It will never match, but does no harm.
        case doubtful(String)
        case bad(String)
    }

    private static let types: Set<String> = [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    static func check(_ line: String) -> Verdict {
        guard line.utf8.count <= 16_384 else { return .bad("the line is too long for a public key") }
        guard !line.contains("PRIVATE KEY") else {
            return .bad("this is a private key; write the public one")
        }
        let words = line.split(separator: " ")
        // Options come first and may have spaces inside quotes; the type is the first word that is one.
        guard let index = words.firstIndex(where: { Self.types.contains(String($0)) }) else {
            let first = words.first.map(String.init) ?? ""
            guard let meant = Spelling.suggestion(for: first, among: Self.types) else {
                return .bad(
                    "this is not a public key; write a line as in authorized_keys: ssh-ed25519 AAAA... name"
                )
            }
            return .bad("there is no key type \(first.quoted) (did you mean \(meant.quoted)?)")
        }
        guard index + 1 < words.count else { return .bad("the key is missing after its type") }
        let key = words[index + 1]
        let isBase64 = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="):
                true
            default: false
            }
        }
        guard isBase64, key.hasPrefix("AAAA"), key.utf8.count % 4 == 0, key.utf8.count >= 64 else {
            return .doubtful("the key after \(words[index]) is incomplete or damaged, and will match nobody")
        }
        return .good
    }
}
