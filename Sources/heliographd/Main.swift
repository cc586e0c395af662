// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import HeliographConfig
import HeliographServer
import Logging

/// The console server. Runs in the foreground and writes diagnostics to standard error.
@main
struct HeliographDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heliographd",
        abstract: "Serial-over-LAN console server and logger.",
        version: Daemon.version
    )

    @Option(name: [.short, .long], help: "The configuration file.")
    var config = "/etc/heliograph/heliograph.yaml"

    @Flag(
        help: "Check the configuration, print every mistake as file:line:column: message, and exit (0 or 65)."
    )
    var check = false

    @Option(help: "trace, debug, info, notice, warning or error.")
    var logLevel = "info"

    @Option(help: "Log-ins to BMCs per second over the fleet; 0 is no limit.")
    var loginsPerSecond = 50.0

    func validate() throws {
        guard Logger.Level(rawValue: self.logLevel) != nil else {
            throw ValidationError("--log-level is one of trace, debug, info, notice, warning, error")
        }
        guard self.loginsPerSecond >= 0 else { throw ValidationError("--logins-per-second is 0 or more") }
    }

    func run() async throws {
        let result = Daemon.load(self.config)
        for diagnostic in result.diagnostics { Self.complain("\(diagnostic)") }
        guard let configuration = result.configuration else { throw ExitCode(65) }
        if self.check {
            let (mistakes, warnings) = Daemon.problems(of: configuration)
            for line in warnings + mistakes { Self.complain(line) }
            guard mistakes.isEmpty else { throw ExitCode(65) }
            return
        }

        let level = Logger.Level(rawValue: self.logLevel) ?? .info
        LoggingSystem.bootstrap { JournalLogHandler(label: $0, level: level) }
        let daemon = Daemon(
            options: .init(configurationPath: self.config, loginsPerSecond: self.loginsPerSecond),
            configuration: configuration,
            logger: Logger(label: "heliographd")
        )
        do {
            try await daemon.run()
        } catch let failure as Daemon.StartFailure {
            Self.complain("heliographd: \(failure)")
            throw ExitCode(1)
        }
    }

    private static func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }
}
