// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SSHFrontEnd

extension FrontEndTests {
    @Suite("A login")
    struct LoginTests {
        @Test("by a listed key is accepted, and the handler learns who and how")
        func key() throws {
            let door = try TestDoor()
            let ssh = try door.ssh(["who"])
            #expect(ssh.exitStatus() == 0)
            #expect(ssh.output.text.hasPrefix("alice publickey SHA256:"))
            #expect(ssh.output.text.hasSuffix("commandLine(\"who\") no terminal\n"))
            #expect(door.log.wait(for: "info SSH login operator.user=alice"))
        }

        @Test("takes the user and the console from user:console")
        func console() throws {
            let door = try TestDoor()
            let ssh = try door.ssh(user: "alice:web01")
            #expect(ssh.output.wait(for: "shell web01"))
            ssh.closeInput()
            #expect(ssh.exitStatus() == 0)
        }

        @Test("by every kind of key works", arguments: ["rsa", "ecdsa", "ed25519"])
        func kinds(_ type: String) throws {
            let door = try TestDoor { _, authenticator, path in
                try TestDoor.makeKey(path + "/other", type: type)
                let line = try String(contentsOfFile: path + "/other.pub", encoding: .utf8)
                authenticator.keys["bob"] = [try AuthorizedKey(parsing: line)]
            }
            let ssh = try door.ssh(["exit", "3"], user: "bob", key: "other")
            #expect(ssh.exitStatus() == 3)
        }

        @Test(
            "is refused",
            arguments: [
                ("with a key that is not listed", "alice", "other"),
                ("of an unknown user", "mallory", "key"),
                ("of a user name that is too long", String(repeating: "a", count: 300), "key"),
                ("with an empty user before the colon", ":web01", "key"),
            ]
        )
        func refused(_ name: String, user: String, key: String) throws {
            let door = try TestDoor()
            try TestDoor.makeKey(door.directory.path + "/other")
            let ssh = try door.ssh(["who"], user: user, key: key)
            #expect(ssh.exitStatus() == 255)
            #expect(ssh.errors.text.contains("Permission denied (publickey)"))
            #expect(door.log.wait(for: "notice SSH login failed"))
        }

        @Test("with a certificate of a listed key is refused")
        func certificate() throws {
            let door = try TestDoor()
            let path = door.directory.path
            try TestDoor.makeKey(path + "/ca")
            try TestDoor.makeKey(path + "/certified")
            let sign = ["-q", "-s", path + "/ca", "-I", "id", "-n", "alice", path + "/certified.pub"]
            #expect(try Child("/usr/bin/ssh-keygen", sign).exitStatus() == 0)
            let ssh = try door.ssh(["who"], key: "certified")
            #expect(ssh.exitStatus() == 255)
            #expect(ssh.output.text.isEmpty)
        }

        @Test(
            "obeys the options of the key",
            arguments: [
                ("from=\"127.0.0.0/8\"", 0, "alice"),
                ("from=\"10.0.0.0/8\"", 255, ""),
                ("from=\"127.*,!127.0.0.1\"", 255, ""),
                ("expiry-time=\"20200101\"", 255, ""),
                ("expiry-time=\"29990101Z\"", 0, "alice"),
                ("restrict,command=\"exit 9\"", 9, ""),
            ]
        )
        func options(_ options: String, status: Int, output: String) throws {
            let door = try TestDoor(keyOptions: options)
            let ssh = try door.ssh(["who"])
            #expect(ssh.exitStatus() == Int32(status))
            #expect(ssh.output.text.hasPrefix(output))
        }

        @Test("with a key marked restrict gets no terminal")
        func restrict() throws {
            let door = try TestDoor(keyOptions: "restrict")
            let terminal = try PseudoTerminal(columns: 80, rows: 24)
            let ssh = try door.ssh(terminal: terminal)
            #expect(ssh.output.wait(for: "ready"))
            #expect(ssh.output.text.contains("no terminal"))
        }

        @Test(
            "by password works with the right one only, in every form",
            arguments: ["password", "keyboard-interactive"],
            ["$y$", "$6$"]
        )
        func password(_ method: String, _ kind: String) throws {
            var limits = SSHLimits()
            limits.failureDelay = .milliseconds(50)
            let door = try TestDoor(limits: limits) { _, authenticator, _ in
                authenticator.methods = [.password, .keyboardInteractive]
                authenticator.hashes["bob"] =
                    try kind == "$6$" ? Self.sha512 : PasswordHash.make("correct horse")
            }
            let right = try door.ssh(["who"], user: "bob:db7", password: "correct horse", method: method)
            #expect(right.exitStatus() == 0)
            #expect(right.output.text.hasPrefix("bob \(method)"))
            for (user, password) in [("bob", "wrong"), ("bob", ""), ("carol", "correct horse")] {
                let wrong = try door.ssh(["who"], user: user, password: password, method: method)
                #expect(wrong.exitStatus().map { $0 != 0 } == true)
                #expect(wrong.output.text.isEmpty)
            }
            #expect(!door.log.text.contains("correct horse"))
        }

        /// `correct horse`, made by `openssl passwd -6`.
        static let sha512 =
            "$6$saltsalt$hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvwp2scFtv/uamSo5z0"

        @Test("by a method that is not offered is refused even when asked for")
        func methodNotOffered() throws {
            let door = try TestDoor { _, authenticator, _ in
                authenticator.hashes["bob"] = try PasswordHash.make("pw")
            }
            let ssh = try door.ssh(
                ["who"],
                user: "bob",
                password: "pw",
                method: "password,keyboard-interactive"
            )
            #expect(ssh.exitStatus() == 255)
            #expect(ssh.errors.text.contains("(publickey)"))
        }

        @Test("ends after too many keys")
        func tries() throws {
            var limits = SSHLimits()
            limits.maximumTries = 2
            let door = try TestDoor(limits: limits)
            var options: [String] = []
            for name in ["a", "b", "c"] {
                try TestDoor.makeKey(door.directory.path + "/" + name)
                options += ["-i", door.directory.path + "/" + name]
            }
            let early = try door.ssh(["who"], options: ["-i", door.directory.path + "/a"])
            #expect(early.exitStatus() == 0)
            let late = try door.ssh(["who"], options: options)
            #expect(late.exitStatus() == 255)
            #expect(door.log.wait(for: "reason=Too many authentication failures"))
        }

        @Test("is preceded by the banner")
        func banner() throws {
            let door = try TestDoor { configuration, _, path in
                try Data("Authorised use only\n".utf8).write(to: URL(fileURLWithPath: path + "/banner"))
                configuration.bannerPath = path + "/banner"
            }
            let ssh = try door.ssh(["exit", "0"], options: ["-o", "LogLevel=INFO"])
            #expect(ssh.exitStatus() == 0)
            #expect(ssh.errors.text.contains("Authorised use only"))
        }

        @Test("is refused with a clear count when connections from one address are too many")
        func perSource() throws {
            var limits = SSHLimits()
            limits.maximumUnauthenticatedPerSource = 2
            let door = try TestDoor(limits: limits)
            let idle = try [door.connect(), door.connect()]
            #expect(door.waitForStatus { $0.unauthenticated == 2 })
            let ssh = try door.ssh(["who"])
            #expect(ssh.exitStatus() == 255)
            #expect(door.log.wait(for: "reason=too many connections from this address wait for a login"))
            for descriptor in idle { close(descriptor) }
            #expect(door.waitForStatus { $0.unauthenticated == 0 })
            #expect(try door.ssh(["exit", "0"]).exitStatus() == 0)
        }
    }
}
