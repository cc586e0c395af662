// SPDX-License-Identifier: Apache-2.0

import IPMI
import BMCSimulator
import Foundation
import Testing

/// A simulator on real loopback UDP, in this process, on ports that are free; gone when the last reference is.
final class RunningSimulator: Sendable {
    let host: UDPHost

    init(
        _ change: (inout SimulatorSetup) -> Void = { _ in },
        listen: PeerAddress? = nil,
        spread: UDPHost.Spread = .ports
    ) throws {
        var setup = SimulatorSetup()
        change(&setup)
        let start = MonotonicInstant.now
        let members = try setup.members(start: start)
        let host: UDPHost
        if let listen {
            host = try UDPHost(listen: listen, spread: spread, members: members, start: start)
        } else {
            host = try Self.listenAnywhere(spread: spread, members: members, start: start)
        }
        self.host = host
        Thread { host.run() }.start()
    }

    /// FreeIPMI takes no port above 32767, and that is where the kernel's own choice begins.
    private static func listenAnywhere(
        spread: UDPHost.Spread,
        members: [UDPHost.Member],
        start: MonotonicInstant
    ) throws -> UDPHost {
        var lastError: (any Error)?
        for _ in 0..<50 {
            let address = PeerAddress(ip: 0x7F00_0001, port: UInt16.random(in: 20_000...32_000))
            do {
                return try UDPHost(listen: address, spread: spread, members: members, start: start)
            } catch {
                lastError = error
            }
        }
        throw lastError ?? Tool.Missing(tool: "a free port")
    }

    deinit { self.host.stop() }

    var port: String { String(self.host.addresses[0].port) }
}

/// Another program, run to its end.
struct Tool {
    struct Outcome: Sendable {
        var status: Int32
        var output: String
    }

    /// Runs a program by name. One that is not installed fails the test: without the peer nothing was shown.
    static func run(_ name: String, _ arguments: [String], in directory: URL? = nil) async throws -> Outcome {
        let process = Process()
        process.executableURL = try Self.find(name)
        process.arguments = arguments
        process.currentDirectoryURL = directory ?? FileManager.default.temporaryDirectory
        // A file, not a pipe: a daemon that outlives its parent would keep a pipe open, and us waiting.
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "output-\(UUID().uuidString)"
        )
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: file), as: UTF8.self)
        )
    }

    /// Runs an `expect` script; its exit status says whether everything came that it waited for.
    static func expect(_ script: String, in directory: URL? = nil) async throws -> Outcome {
        // Nothing it started may outlive it: Foundation waits until the last descendant is gone.
        let prologue = """
            set timeout 15
            set pids {}
            proc start {args} {
                global spawn_id pids
                eval spawn $args
                lappend pids [exp_pid]
            }
            proc quit {status} {
                global pids
                foreach pid $pids { catch {exec kill -9 $pid} }
                exit $status
            }
            proc await {pattern} {
                global spawn_id
                expect {
                    -re $pattern {}
                    timeout { puts "\\nTIMEOUT waiting for $pattern"; quit 1 }
                    eof { puts "\\nEOF waiting for $pattern"; quit 1 }
                }
            }
            """
        return try await Self.run("expect", ["-c", prologue + "\n" + script + "\nquit 0"], in: directory)
    }

    static func find(_ name: String) throws -> URL {
        for directory in ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"] {
            let path = "\(directory)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return URL(fileURLWithPath: path) }
        }
        throw Missing(tool: name)
    }

    struct Missing: Error, CustomStringConvertible {
        var tool: String
        var description: String { "\(self.tool) is not installed; the test needs it" }
    }
}
