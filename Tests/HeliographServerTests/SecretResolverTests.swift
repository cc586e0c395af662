// SPDX-License-Identifier: Apache-2.0

import Foundation
import HeliographConfig
import Testing

@testable import HeliographServer

@Suite("Fetching a secret")
struct SecretResolverTests {
    private let path = NSTemporaryDirectory() + "heliograph-secret-\(UInt64.random(in: 0...UInt64.max))"

    private func file(_ text: String, mode: Int) throws -> SecretReference {
        try text.write(toFile: self.path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self.path)
        return .file(self.path)
    }

    @Test("takes the first line of a file", arguments: ["secret", "secret\n", "secret\r\nmore\n"])
    func firstLine(text: String) throws {
        defer { try? FileManager.default.removeItem(atPath: self.path) }
        let found = try SecretResolver().resolve(try self.file(text, mode: 0o600))
        #expect(found == Array("secret".utf8))
    }

    @Test("refuses a file that others can read or write, and says how to mend it", arguments: [0o604, 0o602])
    func exposed(mode: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: self.path) }
        let reference = try self.file("secret", mode: mode)
        let problem = #expect(throws: SecretProblem.self) { try SecretResolver().resolve(reference) }
        #expect(problem?.description.contains("chmod 0600 \(self.path)") == true)
        #expect(problem?.description.contains("secret\n") == false)
    }

    @Test(
        "says what is wrong",
        arguments: [
            (SecretReference.file("/nonexistent/x"), "/nonexistent/x: No such file or directory"),
            (.file("/etc"), "/etc: not a regular file"),
            (.environment("HELIOGRAPH_TEST_UNSET"), "environment variable HELIOGRAPH_TEST_UNSET is not set"),
            (.credential("bmc"), "credential bmc: not started by systemd"),
            (.command(["false"]), "false: ended with status 1"),
            (.command(["true"]), "true: the first line is empty"),
            (.command(["/nonexistent/program"]), "/nonexistent/program: No such file or directory"),
        ] as [(SecretReference, String)]
    )
    func problems(reference: SecretReference, expected: String) {
        let problem = #expect(throws: SecretProblem.self) { try SecretResolver().resolve(reference) }
        #expect(problem?.description.hasPrefix(expected) == true, "\(problem?.description ?? "")")
    }

    @Test("takes the first line that a command prints, without a shell")
    func command() throws {
        let found = try SecretResolver().resolve(.command(["printf", "%s\\nmore", "a b;c"]))
        #expect(found == Array("a b;c".utf8))
    }
}
