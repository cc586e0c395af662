// SPDX-License-Identifier: Apache-2.0

import ConfigurationFiles
import Glibc
package import HeliographConfig
import ControlProtocol
import LogStore
package import Logging
import NIOCore
import NIOPosix
import OperatorSession
import SSHFrontEnd
import ServiceLifecycle
import UnixSignals

/// The whole daemon, wired: configuration, log writer, shards, doors. `run` returns after an orderly stop.
package struct Daemon: Sendable {
    package static let version = ProductVersion.text

    /// What differs between a site and a test bench.
    package struct Options: Sendable {
        package var configurationPath: String
        /// Log-ins per second over the fleet; 0 is no limit.
        package var loginsPerSecond: Double

        package init(configurationPath: String, loginsPerSecond: Double = 50) {
            self.configurationPath = configurationPath
            self.loginsPerSecond = loginsPerSecond
        }
    }

    /// Why the daemon cannot start, in one line that says what to do.
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    /// Bytes on their way to the disk beyond which output is left with the BMCs.
    private static let logLimit = 32 << 20
    private static let shardLimit = 4

    private let options: Options
    private let configuration: Configuration
    private let logger: Logger

    package init(options: Options, configuration: Configuration, logger: Logger) {
        self.options = options
        self.configuration = configuration
        self.logger = logger
    }

    /// Reads and checks a configuration file. Blocks.
    package static func load(_ path: String) -> ConfigurationLoader.Result {
        ConfigurationLoader(files: .system).load(path)
    }

    /// What else stands in the way of a start, as `file:line:column: message`: secrets that cannot be had,
    /// links that are not built. Blocks.
    package static func problems(of configuration: Configuration) -> (mistakes: [String], warnings: [String])
    {
        let preparation = Preparation.withSecrets(configuration)
        return (preparation.problems, preparation.omissions)
    }

    /// Runs until SIGTERM or SIGINT. SIGHUP reloads the configuration and reopens the logs.
    package func run() async throws {
        DescriptorLimit.raise(logger: self.logger)
        let server = Self.hostName()
        let writer: LogWriter
        do {
            var store = LogStoreConfiguration(self.configuration.logs)
            store.serverName = server
            writer = try LogWriter(configuration: store, logger: self.logger)
            try writer.start()
        } catch {
            throw StartFailure("cannot write logs: \(error)")
        }
        defer { writer.shutdown() }
        let (reports, inbox) = AsyncStream.makeStream(of: ShardReport.self)
        let shards = self.makeShards(writer: writer) { inbox.yield($0) }
        for shard in shards { await shard.start() }
        let directory = ConsoleDirectory()
        let supervisor = Supervisor(
            configurationPath: self.options.configurationPath,
            shards: shards,
            directory: directory,
            writer: writer,
            server: server,
            statePath: Self.stateDirectory(self.configuration) + "/sessions",
            logger: self.logger
        )
        let audit = AuditTrail(writer: writer, server: server)
        let gateway = Gateway(
            directory: directory,
            audit: audit,
            interpreter: CommandInterpreter(
                directory: directory,
                supervisor: supervisor,
                writer: writer,
                audit: audit,
                logDirectory: self.configuration.logs.directory
            )
        )
        let fleet = FleetService(
            configuration: self.configuration,
            supervisor: supervisor,
            shards: shards,
            reports: reports,
            writer: writer,
            logger: self.logger
        )
        let doors = DoorService(
            configuration: self.configuration,
            gateway: gateway,
            directory: directory,
            logger: self.logger
        )
        let reloads = ReloadService(supervisor: supervisor, writer: writer, logger: self.logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: fleet), .init(service: doors), .init(service: reloads)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: self.logger
            )
        )
        try await group.run()
        self.logger.notice("heliographd stopped")
    }

    private func makeShards(
        writer: LogWriter,
        report: @escaping @Sendable (ShardReport) -> Void
    ) -> [Shard] {
        let count = min(System.coreCount, Self.shardLimit)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: count)
        return (0..<count).map { index in
            Shard(
                index: index,
                loop: loops.next(),
                writer: writer,
                logLimit: Self.logLimit,
                loginsPerSecond: self.options.loginsPerSecond / Double(count),
                logger: self.logger,
                report: report
            )
        }
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// systemd says where; elsewhere beside the host keys.
    private static func stateDirectory(_ configuration: Configuration) -> String {
        if let directory = unsafe getenv("STATE_DIRECTORY") { return unsafe String(cString: directory) }
        let keys = configuration.ssh.hostKeys
        return keys.lastIndex(of: "/").map { String(keys[..<$0]) } ?? "."
    }
}
