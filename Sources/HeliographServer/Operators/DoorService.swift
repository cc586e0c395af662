// SPDX-License-Identifier: Apache-2.0

import Glibc
import HeliographConfig
import Logging
import NIOCore
import NIOPosix
import OperatorSession
import SSHFrontEnd
import ServiceLifecycle

/// The doors as a service: the SSH listener and the control socket.
struct DoorService: Service {
    let configuration: Configuration
    let gateway: Gateway
    let directory: ConsoleDirectory
    let logger: Logger

    func run() async throws {
        let control: ControlSocket
        do {
            control = try await ControlSocket.open(
                self.configuration.control,
                gateway: self.gateway,
                group: MultiThreadedEventLoopGroup.singleton,
                logger: self.logger
            )
        } catch {
            throw Daemon.StartFailure(
                "cannot open the control socket \(self.configuration.control.socket): \(Self.reason(error));"
                    + " make its directory, or set control.socket"
            )
        }
        let frontEnd = SSHFrontEnd(
            configuration: .init(self.configuration.ssh),
            authenticator: ConfiguredUsers(directory: self.directory, logger: self.logger),
            gateway: self.gateway,
            logger: self.logger
        )
        if !self.configuration.ssh.listen.isEmpty {
            do {
                try frontEnd.start()
            } catch {
                await control.close()
                throw Daemon.StartFailure("cannot open the SSH door: \(error) \(error.remedy)")
            }
        }
        self.logger.notice(
            "heliographd started",
            metadata: ["consoles": "\(self.configuration.consoles.count)"]
        )
        try? await gracefulShutdown()
        await control.close()
        // It waits for operators to be told, so not on the threads of tasks.
        try? await NIOThreadPool.singleton.runIfActive { frontEnd.stop(message: "heliographd is stopping") }
    }

    /// The system's words where NIO wraps an errno.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return unsafe String(cString: strerror(error.errnoCode))
    }
}

extension SSHFrontEndConfiguration {
    init(_ ssh: SSHConfiguration) {
        self.init(
            listen: ssh.listen.map { ListenAddress(host: $0.host, port: $0.port) },
            hostKeyDirectory: ssh.hostKeys,
            bannerPath: ssh.banner,
            idleTimeout: ssh.idleTimeout
        )
        self.limits.loginGrace = ssh.loginGrace
        self.limits.maximumConnections = ssh.maxConnections
    }
}
