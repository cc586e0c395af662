// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// How long a test waits for anything before it fails.
let patience: TimeInterval = 20

/// Text or bytes that arrive over time, with a wait for what is expected.
final class Collector: @unchecked Sendable {
    private let condition = NSCondition()
    private var bytes: [UInt8] = []
    private var isClosed = false

    func append(_ more: [UInt8]) {
        self.condition.withLock {
            self.bytes += more
            self.condition.broadcast()
        }
    }

    func append(_ text: String) { self.append(Array(text.utf8)) }

    func close() {
        self.condition.withLock {
            self.isClosed = true
            self.condition.broadcast()
        }
    }

    var contents: [UInt8] { self.condition.withLock { self.bytes } }
    var text: String { String(decoding: self.contents, as: UTF8.self) }

    /// Waits until the condition holds; false when the time is up or nothing more can come.
    func wait(within limit: TimeInterval = patience, until holds: ([UInt8]) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: limit)
        return self.condition.withLock {
            while !holds(self.bytes) {
                guard !self.isClosed, self.condition.wait(until: deadline) else { return holds(self.bytes) }
            }
            return true
        }
    }

    func wait(for text: String, within limit: TimeInterval = patience) -> Bool {
        self.wait(within: limit) { String(decoding: $0, as: UTF8.self).contains(text) }
    }
}

/// A child process with its streams. Killed when it goes.
final class Child: @unchecked Sendable {
    struct CannotStart: Error {
        var program: String
        var reason: String
    }

    let output = Collector()
    let errors = Collector()
    private let exited = Collector()
    private let processID: pid_t
    private var input: Int32

    /// Starts a program. With `terminal`, standard input is that descriptor and not a pipe.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        terminal: FileHandle? = nil
    ) throws {
        let streams = try [Self.pipe(), Self.pipe(), Self.pipe()]
        let input = terminal?.fileDescriptor ?? streams[0].reading
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in [input, streams[1].writing, streams[2].writing].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // The threads that tests run on block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let all = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"].merging(environment) { $1 }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = all.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var processID: pid_t = 0
        let status = posix_spawn(&processID, program, &actions, &attributes, &words, &variables)
        self.processID = processID
        self.input = terminal == nil ? streams[0].writing : -1
        for descriptor in [streams[0].reading, streams[1].writing, streams[2].writing] { close(descriptor) }
        if terminal != nil { close(streams[0].writing) }
        guard status == 0 else {
            for descriptor in [self.input, streams[1].reading, streams[2].reading] { close(descriptor) }
            throw CannotStart(program: program, reason: String(cString: strerror(status)))
        }
        Self.read(streams[1].reading, into: self.output)
        Self.read(streams[2].reading, into: self.errors)
        let exited = self.exited
        Foundation.Thread.detachNewThread { [processID] in
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
            exited.append([status & 0x7F == 0 ? UInt8(status >> 8 & 0xFF) : 128 + UInt8(status & 0x7F)])
        }
    }

    deinit {
        self.signal(SIGKILL)
        self.closeInput()
    }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(self.input, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func write(_ text: String) { self.write(Array(text.utf8)) }

    func closeInput() {
        if self.input >= 0 { close(self.input) }
        self.input = -1
    }

    func signal(_ number: Int32) {
        // Once it was waited for, the number may belong to another process.
        if self.exited.contents.isEmpty { kill(self.processID, number) }
    }

    /// Waits for the end and all output; nil when it does not end in time. A signal counts as 128 and its number.
    func exitStatus(within limit: TimeInterval = patience) -> Int32? {
        guard self.exited.wait(within: limit, until: { !$0.isEmpty }) else { return nil }
        _ = self.output.wait(within: limit) { _ in false }
        _ = self.errors.wait(within: limit) { _ in false }
        return self.exited.contents.first.map { Int32($0) }
    }

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func read(_ descriptor: Int32, into collector: Collector) {
        Foundation.Thread.detachNewThread {
            var block = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = Glibc.read(descriptor, &block, block.count)
                guard count > 0 else { break }
                collector.append(Array(block.prefix(count)))
            }
            close(descriptor)
            collector.close()
        }
    }
}

/// A directory that goes with the test.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        self.path = NSTemporaryDirectory() + "/heliograph-ssh-\(UUID().uuidString)"
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(
            atPath: self.path,
            withIntermediateDirectories: true,
            attributes: mode
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }
}

/// The client's end of a terminal.
final class PseudoTerminal {
    let controller: FileHandle
    let terminal: FileHandle

    init(columns: UInt16, rows: UInt16) throws {
        var controller: Int32 = -1
        var terminal: Int32 = -1
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&controller, &terminal, nil, nil, &size) == 0)
        for end in [controller, terminal] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.controller = FileHandle(fileDescriptor: controller, closeOnDealloc: true)
        self.terminal = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(self.controller.fileDescriptor, UInt(TIOCSWINSZ), &size)
    }

    func type(_ text: String) throws {
        try self.controller.write(contentsOf: Data(text.utf8))
    }
}
