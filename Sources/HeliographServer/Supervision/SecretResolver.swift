// SPDX-License-Identifier: Apache-2.0

import Glibc
import HeliographConfig

/// Why a secret cannot be had; never holds any of it.
struct SecretProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Fetches what `SecretReference`s point at: a file, an environment variable, a systemd credential, a
/// command's output.
///
/// Blocks; call it where that is allowed. What is returned is the first line without its end.
struct SecretResolver {
    /// More than any password or key needs; a longer answer is refused.
    private static let limit = 4096

    func resolve(_ reference: SecretReference) throws(SecretProblem) -> [UInt8] {
        switch reference {
        case .file(let path): try self.file(path, checksMode: true)
        case .environment(let name): try self.environment(name)
        case .credential(let name): try self.credential(name)
        case .command(let words): try self.command(words)
        }
    }

    private func environment(_ name: String) throws(SecretProblem) -> [UInt8] {
        guard let value = unsafe getenv(name) else {
            throw SecretProblem("environment variable \(name) is not set; set it for heliographd")
        }
        return try Self.firstLine(
            unsafe Array(String(cString: value).utf8),
            of: "environment variable \(name)"
        )
    }

    private func credential(_ name: String) throws(SecretProblem) -> [UInt8] {
        guard let directory = unsafe getenv("CREDENTIALS_DIRECTORY") else {
            throw SecretProblem("credential \(name): not started by systemd with LoadCredential=")
        }
        // systemd makes these files and their modes.
        return try self.file(unsafe String(cString: directory) + "/" + name, checksMode: false)
    }

    private func file(_ path: String, checksMode: Bool) throws(SecretProblem) -> [UInt8] {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SecretProblem("\(path): \(Self.reason())") }
        defer { _ = close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else {
            throw SecretProblem("\(path): \(Self.reason())")
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw SecretProblem("\(path): not a regular file")
        }
        if checksMode, information.st_mode & 0o007 != 0 {
            throw SecretProblem("\(path): others may read or change it; run `chmod 0600 \(path)`")
        }
        return try Self.firstLine(try Self.readAll(descriptor, of: path), of: path)
    }

    private func command(_ words: [String]) throws(SecretProblem) -> [UInt8] {
        guard let program = words.first else { throw SecretProblem("the command is empty") }
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SecretProblem("\(program): \(Self.reason())") }
        defer { _ = close(ends[0]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { while let argument = unsafe arguments.popLast() { unsafe free(argument) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawnp(&child, program, &actions, nil, &arguments, environ)
        _ = close(ends[1])
        guard failure == 0 else {
            throw SecretProblem("\(program): \(unsafe String(cString: strerror(failure)))")
        }
        let answer = Result { () throws(SecretProblem) in try Self.readAll(ends[0], of: program) }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw SecretProblem("\(program): ended with status \(status >> 8 & 0xff)") }
        return try Self.firstLine(try answer.get(), of: program)
    }

    private static func readAll(_ descriptor: Int32, of name: String) throws(SecretProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = unsafe read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SecretProblem("\(name): \(self.reason())") }
            guard count > 0 else { return bytes }
            bytes += piece.prefix(count)
            guard bytes.count <= Self.limit else {
                throw SecretProblem("\(name): longer than \(Self.limit) bytes")
            }
        }
    }

    private static func firstLine(_ bytes: [UInt8], of name: String) throws(SecretProblem) -> [UInt8] {
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else { throw SecretProblem("\(name): the first line is empty") }
        return Array(line)
    }

    private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
