// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A process just started.
struct Spawn: Sendable {
    let processID: pid_t
    let output: ByteCollector
    let errors: ByteCollector
    let input: Descriptor?

    init(
        _ words: [String],
        environment: [String: String],
        input: ChildProcess.Input
    ) throws {
        let (errors, errorEnd) = try Descriptor.pair()
        let standardInput: Descriptor
        let standardOutput: Descriptor
        switch input {
        case .terminal(let terminal):
            guard let end = terminal.takeProgramEnd() else {
                throw ChildProcess.Failure(description: "the terminal is in use")
            }
            (standardInput, standardOutput) = (end, end)
            (self.output, self.input) = (terminal.output, nil)
        case .pipe, .nothing:
            let (output, outputEnd) = try Descriptor.pair()
            standardOutput = outputEnd
            self.output = ByteCollector(reading: output)
            if case .pipe = input {
                (standardInput, self.input) = try Descriptor.pair()
            } else {
                standardInput = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
                self.input = nil
            }
        }
        self.errors = ByteCollector(reading: errors)
        self.processID = try Self.start(
            words,
            environment: environment,
            streams: [standardInput, standardOutput, errorEnd]
        )
    }

    private static func start(
        _ words: [String],
        environment: [String: String],
        streams: [Descriptor]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, stream.number, Int32(number))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TERM": "dumb"]
            .merging(environment) { $1 }
        var arguments = words.map { strdup($0) } + [nil]
        var values = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + values { free(pointer) } }
        var processID: pid_t = 0
        let failure = posix_spawn(&processID, words[0], &actions, &attributes, &arguments, &values)
        guard failure == 0 else {
            throw ChildProcess.Failure(description: "\(words[0]): \(String(cString: strerror(failure)))")
        }
        return processID
    }
}

/// The thread that starts all processes. It never ends: a process whose parent thread ends would be killed.
final class SpawnThread: Sendable {
    static let shared = SpawnThread()

    private let jobs = Locked<[@Sendable () -> Void]>([])
    private let waiting = DispatchSemaphore(value: 0)

    private init() {
        Thread {
            while true {
                self.waiting.wait()
                let job = self.jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                job?()
            }
        }.start()
    }

    /// Runs a short job there and waits for it.
    func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Locked<Result<Value, any Error>?>(nil)
        self.jobs.withLock {
            $0.append {
                let outcome = Result { try job() }
                result.withLock { $0 = outcome }
                done.signal()
            }
        }
        self.waiting.signal()
        done.wait()
        guard let outcome = result.withLock({ $0 }) else {
            throw ChildProcess.Failure(description: "no job was done")
        }
        return try outcome.get()
    }
}
