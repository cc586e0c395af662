// SPDX-License-Identifier: Apache-2.0

import Glibc
import HeliographConfig
import Logging
import NIOCore
import NIOPosix
import OperatorSession

/// The Unix socket that `helio` talks to. Who may connect is decided by the socket's group and mode; who it
/// is, the kernel says.
struct ControlSocket {
    private let channel: any Channel
    private let path: String

    /// Binds the socket, over a leftover of an unclean stop if need be.
    static func open(
        _ configuration: ControlConfiguration,
        gateway: any OperatorGateway,
        group: any EventLoopGroup,
        logger: Logger
    ) async throws -> ControlSocket {
        let path = configuration.socket
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                Self.identity(of: channel).flatMapThrowing { identity in
                    try channel.pipeline.syncOperations.addHandler(
                        ControlConnection(gateway: gateway, identity: identity, logger: logger)
                    )
                }
            }
        // No moment at which others could connect: the mode is right from the start.
        let mask = umask(0o117)
        defer { umask(mask) }
        let channel = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
            .get()
        Self.setGroup(configuration, logger: logger)
        return ControlSocket(channel: channel, path: path)
    }

    /// Accepts no more, and removes the file.
    func close() async {
        try? await self.channel.close()
        unsafe unlink(self.path)
    }

    private static func setGroup(_ configuration: ControlConfiguration, logger: Logger) {
        guard let entry = unsafe getgrnam(configuration.group) else {
            if configuration.groupIsExplicit {
                logger.warning("control.group does not exist", metadata: ["group": "\(configuration.group)"])
            }
            return
        }
        guard unsafe chown(configuration.socket, uid_t.max, entry.pointee.gr_gid) != 0 else { return }
        logger.info("control socket keeps its group", metadata: ["group": "\(configuration.group)"])
    }

    /// What the kernel says of the peer (SO_PEERCRED: process, user, group).
    private struct Credentials {
        var process: Int32 = 0
        var user: UInt32 = .max
        var group: UInt32 = .max
    }

    private static func identity(of channel: any Channel) -> EventLoopFuture<OperatorIdentity> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket,
            name: .init(rawValue: SO_PEERCRED)
        )
        return credentials.map { credentials in
            OperatorIdentity(
                user: Self.name(of: credentials.user),
                peer: "uid \(credentials.user)",
                method: OperatorIdentity.unixMethod,
                isAdministrator: credentials.user == 0 || credentials.user == geteuid()
            )
        }
    }

    private static func name(of user: UInt32) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard unsafe getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return "uid\(user)"
        }
        return unsafe String(cString: entry.pw_name)
    }
}
