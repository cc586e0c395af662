// SPDX-License-Identifier: Apache-2.0

import ConsoleHub
import HeliographConfig
import NIOCore
import NIOPosix
import SerialOverLAN

/// A configuration's consoles with secrets fetched and names resolved: what shards need.
struct Preparation: Sendable {
    /// A console as its shard wants it.
    struct Prepared: Sendable {
        var settings: Console.Settings
        /// Nil: the name cannot be resolved at the moment.
        var peer: SocketAddress?

        func hasSameSecrets(as other: Prepared) -> Bool {
            let (mine, others) = (self.settings.parameters, other.settings.parameters)
            return mine.password == others.password && mine.bmcKey == others.bmcKey
        }
    }

    private(set) var consoles: [String: Prepared] = [:]
    /// Mistakes: a reload is refused for them, a start leaves the console out. As `file:line:column:
    /// message`.
    private(set) var problems: [String] = []
    /// Consoles that this version cannot serve yet: left out.
    private(set) var omissions: [String] = []

    /// Fetches secrets, off the caller's thread, and resolves names.
    static func make(_ configuration: Configuration) async -> Preparation {
        let fetched = try? await NIOThreadPool.singleton.runIfActive { Self.withSecrets(configuration) }
        var preparation = fetched ?? Self.withSecrets(configuration)
        for console in configuration.consoles where preparation.consoles[console.name] != nil {
            guard case .sol(let link) = console.link else { continue }
            preparation.consoles[console.name]?.peer = await Self.address(of: link)
        }
        return preparation
    }

    /// The same without addresses: what `--check` looks at. Blocks.
    static func withSecrets(_ configuration: Configuration) -> Preparation {
        var preparation = Preparation()
        var secrets = SecretCache()
        for console in configuration.consoles { preparation.add(console, &secrets) }
        return preparation
    }

    /// The BMC's address; nil when its name cannot be resolved.
    static func address(of link: BMCLink) async -> SocketAddress? {
        if let literal = try? SocketAddress(ipAddress: link.host, port: Int(link.port)) { return literal }
        return try? await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(link.host, port: Int(link.port))
        }
    }

    private mutating func add(_ console: ResolvedConsole, _ secrets: inout SecretCache) {
        let place = "\(console.declaredAt): console \(console.name)"
        guard case .sol(let link) = console.link else {
            let kind = console.link.kind.rawValue
            return self.omissions.append("\(place): \(kind) links are not built yet; the console is left out")
        }
        do throws(SecretProblem) {
            let parameters = try SOLParameters(link) { (reference) throws(SecretProblem) in
                try secrets.secret(reference)
            }
            let target = link.port == 623 ? link.host : "\(link.host):\(link.port)"
            self.consoles[console.name] = Prepared(
                settings: .init(name: console.name, target: target, parameters: parameters)
            )
        } catch {
            self.problems.append("\(place): \(error)")
        }
    }

    /// One fetch per secret and reload: a thousand consoles share a password file.
    private struct SecretCache {
        private var known: [SecretReference: Result<[UInt8], SecretProblem>] = [:]

        mutating func secret(_ reference: SecretReference) throws(SecretProblem) -> [UInt8] {
            if let known = self.known[reference] { return try known.get() }
            let fetched = Result { () throws(SecretProblem) in try SecretResolver().resolve(reference) }
            self.known[reference] = fetched
            return try fetched.get()
        }
    }
}
