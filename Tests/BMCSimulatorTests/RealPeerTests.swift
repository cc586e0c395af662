// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import Foundation
import Testing

@Suite("Real clients against the simulator", .serialized, .timeLimit(.minutes(5)))
struct RealPeerTests {
    private static let password = BMCConfiguration.demonstrationPassword
    private static let key = "Twenty-byte-K_g-key!"
    private static let hexKey = "5477656e74792d627974652d4b5f672d6b657921"

    private static func ipmitool(_ simulator: RunningSimulator, suite: Int, _ rest: [String]) -> [String] {
        [
            "-I", "lanplus", "-C", "\(suite)", "-H", "127.0.0.1", "-p", simulator.port, "-U", "admin", "-P",
            Self.password,
        ] + rest
    }

    private static func simulator(_ hosts: [SimulatorSetup.HostKind], key: String? = nil) throws
        -> RunningSimulator
    {
        try RunningSimulator {
            $0.hosts = hosts
            $0.count = hosts.count
            $0.suites = [1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]
            $0.bmcKey = key
        }
    }

    // ipmitool 1.8.19 aborts on suites 11 and 12 by itself.
    @Test("ipmitool logs in with every cipher suite it has", arguments: [1, 2, 3, 6, 7, 8, 15, 16, 17])
    func suites(_ suite: Int) async throws {
        let simulator = try Self.simulator([.echo])
        let outcome = try await Tool.run(
            "ipmitool",
            Self.ipmitool(simulator, suite: suite, ["chassis", "power", "status"])
        )
        #expect(outcome.status == 0 && outcome.output.contains("Chassis Power is on"), "\(outcome.output)")
    }

    @Test("ipmitool tells what the BMC is and switches the host")
    func commands() async throws {
        let simulator = try Self.simulator([.echo])
        let info = try await Tool.run("ipmitool", Self.ipmitool(simulator, suite: 17, ["mc", "info"]))
        #expect(info.status == 0 && info.output.contains("IPMI Version              : 2.0"), "\(info.output)")
        let sol = try await Tool.run("ipmitool", Self.ipmitool(simulator, suite: 3, ["sol", "info"]))
        #expect(sol.output.contains("Retry Interval (ms)             : 500"), "\(sol.output)")
        let off = try await Tool.run(
            "ipmitool",
            Self.ipmitool(simulator, suite: 3, ["chassis", "power", "off"])
        )
        #expect(off.status == 0, "\(off.output)")
        let status = try await Tool.run(
            "ipmitool",
            Self.ipmitool(simulator, suite: 3, ["chassis", "power", "status"])
        )
        #expect(status.output.contains("Chassis Power is off"), "\(status.output)")
    }

    @Test("ipmitool needs K_g and the password to be right", arguments: [3, 17])
    func keys(_ suite: Int) async throws {
        let simulator = try Self.simulator([.echo], key: Self.key)
        let good = try await Tool.run(
            "ipmitool",
            Self.ipmitool(simulator, suite: suite, ["-y", Self.hexKey, "chassis", "power", "status"])
        )
        #expect(good.status == 0 && good.output.contains("Chassis Power is on"), "\(good.output)")
        let wrongKey = try await Tool.run(
            "ipmitool",
            Self.ipmitool(
                simulator,
                suite: suite,
                ["-R", "1", "-N", "1", "-y", "00ff", "chassis", "power", "status"]
            )
        )
        #expect(!wrongKey.output.contains("Chassis Power is on"))
        #expect(wrongKey.output.contains("Unable to establish"), "\(wrongKey.output)")
        let wrongPassword = try await Tool.run(
            "ipmitool",
            Self.ipmitool(
                simulator,
                suite: suite,
                ["-R", "1", "-N", "1", "-P", "wrong", "-y", Self.hexKey, "mc", "info"]
            )
        )
        #expect(!wrongPassword.output.contains("IPMI Version"))
        #expect(wrongPassword.output.contains("Unable to establish"), "\(wrongPassword.output)")
    }

    @Test("ipmitool attaches, types and sees the echo", arguments: [3, 17])
    func ipmitoolSOL(_ suite: Int) async throws {
        let simulator = try Self.simulator([.login], key: Self.key)
        let command = Self.ipmitool(simulator, suite: suite, ["-y", Self.hexKey, "sol", "activate"])
        let outcome = try await Tool.expect(
            """
            start ipmitool \(command.joined(separator: " "))
            await "SOL Session operational"
            send "\\r"
            await "sim login: "
            send "root\\r"
            await "Password: "
            send "x\\r"
            await "# "
            send "echo \\"to and fro\\"\\r"
            await "\\nto|\\n\\"to and fro"
            send "\\r~."
            await "terminated ipmitool"
            """
        )
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("ipmiconsole attaches, types, sends a break and sees the sysrq help", arguments: [3, 17])
    func ipmiconsole(_ suite: Int) async throws {
        let simulator = try Self.simulator([.login])
        let outcome = try await Tool.expect(
            """
            start ipmiconsole -h 127.0.0.1:\(simulator.port) -u admin -p \(Self.password) -I \(suite) -l admin
            await "SOL established"
            send "\\r"
            await "sim login: "
            send "root\\r"
            await "Password: "
            send "x\\r"
            await "# "
            send "uname -a\\r"
            await "GNU/Linux"
            send "&B"
            await "generate break"
            send "h"
            await "sysrq: HELP"
            send "&."
            await "closing the connection"
            """
        )
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("ipmiconsole is told when its session is stolen")
    func theft() async throws {
        let simulator = try Self.simulator([.echo])
        let outcome = try await Tool.expect(
            """
            start ipmiconsole -h 127.0.0.1:\(simulator.port) -u admin -p \(Self.password) -I 17 -l admin
            set console $spawn_id
            await "SOL established"
            start ipmitool \(Self.ipmitool(simulator, suite: 17, ["sol", "deactivate"]).joined(separator: " "))
            await {$|eof}
            set spawn_id $console
            await "stolen"
            """
        )
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("ipmiutil attaches, types and sees the answer")
    func ipmiutil() async throws {
        let chat = """
            await "SOL session is running"
            send "\\r"
            await "sim login: "
            send "~."
            await "completed successfully"
            """
        let options = "-U admin -P \(Self.password) -F lan2 -V 4 -J 3"
        let directory = try Self.scratch()
        defer { try? FileManager.default.removeItem(at: directory) }
        // ipmiutil knows port 623 only. Privileged, we listen there, on an address of our own.
        let address = PeerAddress(ip: 0x7F4D_0000 | UInt32(getpid() & 0xFFFF), port: 623)
        let setup: (inout SimulatorSetup) -> Void = { $0.hosts = [.login] }
        if let simulator = try? RunningSimulator(setup, listen: address) {
            let ip = address.description.prefix { $0 != ":" }
            let outcome = try await Tool.expect(
                "start ipmiutil sol -a -N \(ip) \(options)\n" + chat,
                in: directory
            )
            #expect(outcome.status == 0, "\(outcome.output)")
            withExtendedLifetime(simulator) {}
            return
        }
        // Otherwise it runs in a network of its own, where 623 is free, and socat carries the datagrams out.
        let simulator = try RunningSimulator(setup)
        _ = try (Tool.find("socat"), Tool.find("unshare"))
        let inside =
            "ip link set lo up; socat UDP4-LISTEN:623,bind=127.0.0.1 UNIX-CONNECT:relay,type=5 & "
            + "until grep -q :026F /proc/net/udp; do :; done; exec ipmiutil sol -a -N 127.0.0.1 \(options)"
        let outcome = try await Tool.expect(
            """
            start socat -d -d UNIX-LISTEN:relay,type=5 UDP4:127.0.0.1:\(simulator.port)
            await "listening on"
            start unshare -rn sh -c "\(inside)"
            \(chat)
            """,
            in: directory
        )
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("ConMan logs every line of a load, once, in order")
    func conman() async throws {
        let simulator = try RunningSimulator {
            $0.hosts = [.load]
            // libipmiconsole acknowledges into 16 KiB and drops the session when they overflow: gently.
            $0.load.bytesPerSecond = 20_000
            $0.load.lineLimit = 500
            $0.sol.bufferCapacity = 2000
        }
        let directory = try Self.scratch()
        defer { try? FileManager.default.removeItem(at: directory) }
        let configuration = """
            server loopback=on
            server port=\(20_000 + getpid() % 10_000)
            server pidfile="\(directory.path)/pid"
            console name="sim" dev="ipmi:127.0.0.1:\(simulator.port)" ipmiopts="U:admin,P:\(Self.password)" log="\(directory.path)/log"
            """
        try configuration.write(
            to: directory.appendingPathComponent("conf"),
            atomically: true,
            encoding: .utf8
        )
        let outcome = try await Tool.expect(
            """
            start conmand -F -c conf
            await "connected to"
            start tail -n +1 -F log
            await {sim 00000500 [0-9]+ [0-9a-f]+\\s}
            """,
            in: directory
        )
        #expect(outcome.status == 0, "\(outcome.output.suffix(500))")
        let log = try Data(contentsOf: directory.appendingPathComponent("log"))
        let numbers = [UInt8](log).split(separator: UInt8(ascii: "\n")).compactMap {
            LoadLine.verify($0.dropLast())?.number
        }
        let isComplete = numbers == (1...500).map { UInt32($0) }
        #expect(isComplete, "\(numbers.count) lines")
    }

    @Test("hundreds of BMCs behind one socket answer from their own addresses")
    func addresses() async throws {
        let simulator = try RunningSimulator(
            {
                $0.count = 300
                $0.hosts = [.echo]
            },
            listen: PeerAddress(ip: 0x7F51_0001, port: 0),
            spread: .addresses
        )
        for index in [0, 255, 299] {
            let address = simulator.host.addresses[index]
            let ip = String(address.description.prefix { $0 != ":" })
            let outcome = try await Tool.run(
                "ipmitool",
                [
                    "-I", "lanplus", "-H", ip, "-p", simulator.port, "-U", "admin", "-P", Self.password, "mc",
                    "info",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.output)")
        }
        simulator.host.stop()
    }

    private static func scratch() throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "bmcsim-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }
}
