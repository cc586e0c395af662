// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program under measurement or one that helps: started with pipes, ended when this goes.
final class Program {
    let commandLine: String
    let started: WallClock
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors: URL
    private(set) var reader: TimedReader

    init(_ path: String, _ arguments: [String], errors: URL) throws {
        self.commandLine = ([URL(fileURLWithPath: path).lastPathComponent] + arguments).joined(
            separator: " "
        )
        self.errors = errors
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        self.process.executableURL = URL(fileURLWithPath: path)
        self.process.arguments = arguments
        self.process.standardInput = self.input
        self.process.standardOutput = self.output
        self.process.standardError = try FileHandle(forWritingTo: errors)
        self.reader = TimedReader(self.output.fileHandleForReading.fileDescriptor)
        self.started = WallClock.now
        try self.process.run()
        Cleanup.started(self.process.processIdentifier)
    }

    deinit { if self.process.isRunning { self.stop(SIGKILL) } }

    var usage: ProcessUsage { ProcessUsage(of: self.process.processIdentifier) }

    func write(_ text: String) { self.write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        try? self.input.fileHandleForWriting.write(contentsOf: Data(bytes))
    }

    /// The next line of output.
    func line(within limit: Duration) throws -> String {
        guard let line = self.reader.line(within: limit) else {
            throw BenchError("\(self.commandLine): nothing came, or it ended.\n\(self.complaints)")
        }
        return line
    }

    /// Whatever comes next, empty if nothing does; nil at the end.
    func bytes(within limit: Duration) -> [UInt8]? { self.reader.bytes(within: limit) }

    /// Throws when it has ended although it should run.
    func check() throws {
        guard self.process.isRunning else {
            throw BenchError("\(self.commandLine): ended.\n\(self.complaints)")
        }
    }

    /// Asks it to end and waits for that.
    func stop(_ number: Int32 = SIGTERM) {
        if self.process.isRunning { kill(self.process.processIdentifier, number) }
        let limit = ContinuousClock.now + .seconds(20)
        while self.process.isRunning, ContinuousClock.now < limit { pause(.milliseconds(10)) }
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        self.process.waitUntilExit()
        Cleanup.ended(self.process.processIdentifier)
    }

    /// The end of what it wrote to standard error.
    private var complaints: String {
        let text = (try? String(contentsOf: self.errors, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: "\n")
    }
}

func pause(_ length: Duration) { Thread.sleep(forTimeInterval: length.seconds) }

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

/// Seconds since 1970, as logs stamp them.
struct WallClock {
    var seconds: Double

    static var now: WallClock { WallClock(seconds: Date().timeIntervalSince1970) }
}
