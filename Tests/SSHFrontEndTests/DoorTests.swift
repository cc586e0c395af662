// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SSHFrontEnd

extension FrontEndTests {
    @Suite("The door")
    struct DoorTests {
        @Test("reaps strangers who talk nonsense, say nothing or stop half-way, and leaks no descriptor")
        func strangers() throws {
            var limits = SSHLimits()
            limits.loginGrace = .seconds(2)
            let door = try TestDoor(limits: limits)
            #expect(try door.ssh(["exit", "0"]).exitStatus() == 0)
            #expect(door.waitForStatus { $0.connections == 0 })
            let openings: [[UInt8]] = [
                [],
                Array("GET / HTTP/1.1\r\nHost: console\r\n\r\n".utf8),
                Array("SSH-1.5-old\r\n".utf8),
                Array("SSH-2.0-half".utf8),
                Array("SSH-2.0-x\r\n".utf8),
                Array("SSH-2.0-x\r\n".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0x41, count: 64),
                Array("SSH-2.0-x\r\n".utf8) + StubGateway.pattern(0..<4096),
                [UInt8](repeating: 0x41, count: 4096),
                StubGateway.pattern(0..<2000),
                [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03],
            ]
            // A scanner that connects and goes, and each opening left to itself.
            close(try door.connect())
            let descriptors = try openings.map { opening in
                let descriptor = try door.connect()
                _ = opening.withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                return descriptor
            }
            // In the meantime an operator is served.
            #expect(try door.ssh(["exit", "3"]).exitStatus() == 3)
            #expect(door.waitForStatus { $0.connections == 0 })
            for descriptor in descriptors { close(descriptor) }
            #expect(openSockets(onPort: door.port) == 0)
            let reports = door.log.text.split(separator: "\n").filter { $0.contains("ended before login") }
            #expect(reports.count == openings.count + 1)
            #expect(reports.contains { $0.contains("reason=no login in time") })
        }

        @Test("offers no compression, no slow key exchange and nothing with SHA-1 or CBC")
        func algorithms() throws {
            let door = try TestDoor()
            let ssh = try door.ssh(["exit", "0"], options: ["-vv"])
            #expect(ssh.exitStatus() == 0)
            let all = ssh.errors.text.components(separatedBy: "peer server KEXINIT proposal")
            let offer = try #require(all.last).components(separatedBy: "debug1:")[0]
            #expect(offer.contains("curve25519-sha256") && offer.contains("chacha20-poly1305@openssh.com"))
            for weak in ["zlib", "group16", "group18", "group-exchange", "sha1", "cbc", "ssh-rsa,"] {
                #expect(!offer.contains(weak), "\(weak) is offered")
            }
        }

        @Test(
            "lets old clients in only when told to",
            arguments: [(false, 255), (true, 6)] as [(Bool, Int32)]
        )
        func legacy(_ isAllowed: Bool, _ status: Int32) throws {
            let door = try TestDoor { configuration, _, _ in configuration.allowsLegacyAlgorithms = isAllowed
            }
            let options = ["-o", "KexAlgorithms=diffie-hellman-group14-sha1", "-o", "Ciphers=aes128-cbc"]
            #expect(try door.ssh(["exit", "6"], options: options).exitStatus() == status)
        }

        @Test("tells operators when it stops, and ends their sessions with 69")
        func stop() throws {
            let door = try TestDoor()
            let ssh = try door.ssh(options: ["-tt"])
            #expect(ssh.output.wait(for: "ready"))
            let stranger = try door.connect()
            door.frontEnd.stop(message: "heliograph: the daemon is stopped")
            #expect(ssh.exitStatus() == 69)
            #expect(ssh.output.text.contains("the daemon is stopped"))
            close(stranger)
            #expect(door.frontEnd.boundAddresses.isEmpty)
        }

        @Test("ends a connection on which nothing is typed, when told to")
        func idle() throws {
            let door = try TestDoor { configuration, _, _ in configuration.idleTimeout = .milliseconds(500) }
            let ssh = try door.ssh(["sink"])
            #expect(ssh.exitStatus() == 255)
            #expect(door.log.wait(for: "reason=idle for too long"))
        }

        @Test("listens at IPv4 and IPv6 side by side")
        func addresses() throws {
            let door = try TestDoor { configuration, _, _ in
                configuration.listen.append(ListenAddress(host: "::1", port: 0))
            }
            let last = try #require(door.frontEnd.boundAddresses.last)
            #expect(last.host == "::1" && last.port != 0)
        }

        @Test("says which address it cannot have")
        func taken() throws {
            let door = try TestDoor()
            #expect {
                _ = try TestDoor { configuration, _, _ in configuration.listen[0].port = door.port }
            } throws: { error in
                (error as? SSHFrontEndError)?.code == .cannotListen && "\(error)".contains(":\(door.port)")
            }
        }
    }

    @Suite("A host key")
    struct HostKeyTests {
        @Test("is made at first start with mode 0600 in a directory of mode 0700, and stays the same")
        func made() throws {
            let directory = try ScratchDirectory()
            let path = directory.path + "/deep/ssh"
            let store = try HostKeyStore(directory: path)
            for kind in [HostKeyStore.Kind.ed25519, .ecdsa] {
                #expect(try store.load(kind)?.fingerprint == nil)
                let fingerprint = try store.make(kind).fingerprint
                #expect(try store.load(kind)?.fingerprint == fingerprint)
                #expect(try mode(path + "/ssh_host_\(kind.rawValue)_key") == 0o600)
                let list = try Child(
                    "/usr/bin/ssh-keygen",
                    ["-lf", path + "/ssh_host_\(kind.rawValue)_key.pub"]
                )
                #expect(list.exitStatus() == 0)
                #expect(list.output.text.contains(fingerprint))
            }
            #expect(try mode(path) == 0o700)
        }

        @Test("of RSA is made in the background")
        func rsa() throws {
            let door = try TestDoor { configuration, _, _ in
                _ = try HostKeyStore(directory: configuration.hostKeyDirectory)
            }
            #expect(door.log.wait(for: "SSH host key made ssh.key.type=rsa", within: 60))
            let options = ["-o", "HostKeyAlgorithms=rsa-sha2-512"]
            #expect(try door.ssh(["exit", "2"], options: options).exitStatus() == 2)
        }

        @Test(
            "is refused",
            arguments: [
                ("when others can read it", "ssh_host_ed25519_key", 0o644, nil, "chmod 600"),
                ("when the group can read it", "ssh_host_ecdsa_key", 0o640, nil, "chmod 600"),
                ("when others can write its directory", "", 0o777, nil, "chmod 700"),
                (
                    "when it is damaged", "ssh_host_ed25519_key", 0o600, "nonsense",
                    "not an unencrypted private key"
                ),
                ("when it is empty", "ssh_host_rsa_key", 0o600, "", "not an unencrypted private key"),
            ] as [(String, String, Int, String?, String)]
        )
        func refused(_ name: String, file: String, mode: Int, contents: String?, message: String) throws {
            #expect {
                _ = try TestDoor { configuration, _, _ in
                    let store = try HostKeyStore(directory: configuration.hostKeyDirectory)
                    _ = try store.make(.ed25519)
                    _ = try store.make(.ecdsa)
                    let path = configuration.hostKeyDirectory + (file.isEmpty ? "" : "/" + file)
                    if let contents { try Data(contents.utf8).write(to: URL(fileURLWithPath: path)) }
                    chmod(path, mode_t(mode))
                }
            } throws: { error in
                "\(error)".contains(message) && (file.isEmpty || "\(error)".contains(file))
            }
        }

        private func mode(_ path: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return attributes[.posixPermissions] as? Int ?? 0
        }
    }
}
