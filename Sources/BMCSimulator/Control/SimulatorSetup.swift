// SPDX-License-Identifier: Apache-2.0

package import IPMI

/// A fleet of simulated BMCs as the command line describes it: plain values in, members for a `UDPHost` out.
package struct SimulatorSetup: Sendable {
    /// What stands behind a serial port.
    package enum HostKind: String, Equatable, Sendable, CaseIterable {
        /// Powers on: firmware, boot loader, kernel, login.
        case boot
        case login
        /// Stands in the firmware's set-up menu.
        case bios
        case echo
        case load
        /// Prints nothing.
        case silent
    }

    /// Why there is no such fleet.
    package struct SetupError: Error, Equatable, Sendable, CustomStringConvertible {
        package var description: String
    }

    package var count = 1
    /// Names are this and the number from 1, as wide as the count needs, unless there is only one.
    package var namePrefix = "sim"
    package var userName = "admin"
    /// Nil: the demonstration password.
    package var password: [UInt8]?
    /// Text, or hexadecimal digits after `0x`.
    package var bmcKey: String?
    package var suites: [Int] = [3, 17]
    /// Given out in turn.
    package var hosts: [HostKind] = [.boot]
    package var load = LoadHost.Load(bytesPerSecond: 1000)
    package var bitRate: Int? = 115_200
    package var plan = FaultPlan()
    package var sol = SOLConfiguration()
    /// Nil: discard, but hold a load host, so that its first line is seen.
    package var whileDetached: SOLConfiguration.WhileDetached?
    package var sessionSlots = 8
    package var sessionTimeout: Duration = .seconds(60)
    package var solKeepsSessionsAlive = true

    package init() {}

    package func name(_ index: Int) -> String {
        guard self.count > 1 else { return self.namePrefix }
        let number = String(index + 1)
        return self.namePrefix + String(repeating: "0", count: String(self.count).count - number.count)
            + number
    }

    package func members(start: MonotonicInstant) throws(SetupError) -> [UDPHost.Member] {
        guard self.count > 0, !self.hosts.isEmpty else { throw SetupError(description: "no BMC to simulate") }
        let configuration = try self.configuration()
        return (0..<self.count).map { self.member($0, configuration, start: start) }
    }

    private func member(
        _ index: Int,
        _ common: BMCConfiguration,
        start: MonotonicInstant
    ) -> UDPHost.Member {
        let kind = self.hosts[index % self.hosts.count]
        var configuration = common
        configuration.name = self.name(index)
        configuration.sol.whileDetached = self.whileDetached ?? (kind == .load ? .hold : .discard)
        let host = self.host(kind, index, name: configuration.name, start: start)
        return UDPHost.Member(
            name: configuration.name,
            link: SimulatedLink(
                configuration,
                host: host,
                plan: self.plan,
                stream: UInt64(index),
                start: start
            ),
            lineWidth: kind == .load ? LoadLine(name: configuration.name, width: self.load.width).width : 0
        )
    }

    private func host(
        _ kind: HostKind,
        _ index: Int,
        name: String,
        start: MonotonicInstant
    ) -> any SimulatedHost {
        switch kind {
        case .boot: return ScriptedHost(name: name, start: .boot, bitRate: self.bitRate, now: start)
        case .login: return ScriptedHost(name: name, start: .login, bitRate: self.bitRate, now: start)
        case .bios: return ScriptedHost(name: name, start: .bios, bitRate: self.bitRate, now: start)
        case .echo: return EchoHost()
        case .silent: return LoadHost(name: name, load: LoadHost.Load(bytesPerSecond: 0), now: start)
        case .load:
            var load = self.load
            load.phase = Double(index) / Double(self.count)
            return LoadHost(name: name, load: load, now: start)
        }
    }

    private func configuration() throws(SetupError) -> BMCConfiguration {
        var configuration = BMCConfiguration(
            name: self.namePrefix,
            users: [try self.user()],
            bmcKey: try self.key()
        )
        configuration.cipherSuites = []
        for id in self.suites {
            do {
                configuration.cipherSuites.append(try CipherSuite(id: id))
            } catch {
                throw SetupError(description: error.description)
            }
        }
        configuration.sol = self.sol
        configuration.sessionSlots = self.sessionSlots
        configuration.sessionTimeout = self.sessionTimeout
        configuration.solKeepsSessionsAlive = self.solKeepsSessionsAlive
        return configuration
    }

    private func user() throws(SetupError) -> BMCUser {
        guard self.userName.utf8.count <= 16 else {
            throw SetupError(description: "a user name has at most 16 bytes")
        }
        let bytes = self.password ?? Array(BMCConfiguration.demonstrationPassword.utf8)
        do {
            return BMCUser(name: self.userName, password: try BMCPassword(bytes))
        } catch {
            throw SetupError(description: error.description)
        }
    }

    private func key() throws(SetupError) -> BMCKey? {
        guard let text = self.bmcKey else { return nil }
        do {
            return text.hasPrefix("0x") ? try BMCKey(hexadecimal: text) : try BMCKey(text: text)
        } catch {
            throw SetupError(description: error.description)
        }
    }
}
