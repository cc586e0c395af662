// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Another program with its streams. Killed, with everything it started, when it is let go; it does not outlive the test
/// process either, whatever becomes of that.
package final class ChildProcess: Sendable {
    /// Why there is no such process.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    /// What a program did that was run to its end.
    package struct Outcome: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    /// What stands at the program's standard input, and with a terminal at its output as well.
    package enum Input: Sendable {
        case nothing
        case pipe
        case terminal(Terminal)
    }

    private enum State {
        case running
        case exited(Int32)
    }

    package let output: ByteCollector
    package let errors: ByteCollector
    package let processID: pid_t
    private let name: String
    private let input: Locked<Descriptor?>
    private let state: Locked<State>
    /// Left when it has been reaped.
    private let life = DispatchGroup()

    /// Starts a program. One that is not installed fails the test: without the peer nothing is shown.
    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        directory: String? = nil,
        input: Input = .nothing
    ) throws {
        self.name = program
        let path = try Self.find(program)
        var words = [try Self.find("setpriv"), "--pdeathsig", "KILL", "--"]
        if let directory { words += [try Self.find("env"), "-C", directory] }
        words += [path] + arguments
        let started = try SpawnThread.shared.run { [words] in
            try Spawn(
                words,
                environment: environment,
                input: input
            )
        }
        self.processID = started.processID
        self.output = started.output
        self.errors = started.errors
        self.input = Locked(started.input)
        self.state = Locked(.running)
        self.reap()
    }

    deinit { self.end() }

    /// Kills it and waits until it is gone, so that its files can go, too.
    package func end() {
        self.signal(SIGKILL)
        _ = self.life.wait(timeout: .now() + 5)
    }

    /// Writes to standard input.
    package func write(_ text: String) {
        _ = self.input.withLock { $0?.write(Array(text.utf8), isSocket: true) }
    }

    package func closeInput() { self.input.withLock { $0 = nil } }

    /// Sends a signal to the program and what it started.
    package func signal(_ number: Int32) {
        self.state.withLock { state in
            // Only while nobody has reaped it: a process ID may be given out again.
            if case .running = state { _ = kill(-self.processID, number) }
        }
    }

    /// nil while it runs; the negative number of the signal that ended it.
    package var exitStatus: Int32? {
        self.state.withLock { state in
            if case .exited(let status) = state { status } else { nil }
        }
    }

    /// Waits for the end and for the rest of the output.
    @discardableResult
    package func waitForExit(within limit: Duration = patience) async throws -> Int32 {
        let name = self.name
        return try await eventually(
            "\(name) ends",
            within: limit,
            evidence: { String((self.output.text + self.errors.text).suffix(3000)) }
        ) { () -> Int32? in
            guard let status = self.exitStatus, self.output.isClosed, self.errors.isClosed else { return nil }
            return status
        }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String,
        _ arguments: [String] = [],
        input: String? = nil,
        environment: [String: String] = [:],
        directory: String? = nil,
        within limit: Duration = patience
    ) async throws -> Outcome {
        let child = try ChildProcess(
            program,
            arguments,
            environment: environment,
            directory: directory,
            input: input == nil ? .nothing : .pipe
        )
        if let input { child.write(input) }
        child.closeInput()
        let status = try await child.waitForExit(within: limit)
        return Outcome(status: status, output: child.output.text, errors: child.errors.text)
    }

    /// The path of a program given by name.
    package static func find(_ program: String) throws -> String {
        guard !program.contains("/") else { return program }
        let directories = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"]
        for directory in directories where access("\(directory)/\(program)", X_OK) == 0 {
            return "\(directory)/\(program)"
        }
        throw Failure(description: "\(program) is not installed; the test needs it")
    }

    private func reap() {
        let (processID, state, life) = (self.processID, self.state, self.life)
        life.enter()
        Thread {
            var information = siginfo_t()
            while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            state.withLock { state in
                var status: Int32 = 0
                while waitpid(processID, &status, 0) < 0, errno == EINTR {}
                let signal = status & 0x7F
                state = .exited(signal == 0 ? status >> 8 & 0xFF : -signal)
            }
            life.leave()
        }.start()
    }
}
