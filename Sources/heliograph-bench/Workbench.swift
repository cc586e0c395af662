// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Why there is no measurement.
struct BenchError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// What every measurement needs: the programs, a scratch directory, and how much time there is.
struct Workbench {
    let isQuick: Bool
    let cipherSuite: Int
    let daemonOptions: [String]
    /// Nil: not wanted or not installed.
    let conmand: String?
    /// For all daemons of the run: making an RSA key takes up to seconds of CPU time.
    let hostKeys: URL
    private let programs: URL
    private let scratch: URL

    init(programs: String?, isQuick: Bool, cipherSuite: Int, usesConMan: Bool, daemonOptions: [String]) throws
    {
        self.isQuick = isQuick
        self.cipherSuite = cipherSuite
        self.daemonOptions = daemonOptions
        self.programs =
            programs.map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let files = FileManager.default
        self.conmand =
            usesConMan
            ? ["/usr/sbin/conmand", "/usr/local/sbin/conmand"].first {
                files.isExecutableFile(atPath: $0)
            } : nil
        self.scratch = files.temporaryDirectory.appendingPathComponent(
            "heliograph-bench.\(ProcessInfo.processInfo.processIdentifier)"
        )
        self.hostKeys = self.scratch.appendingPathComponent("host-keys")
        try files.createDirectory(
            at: self.scratch,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        for name in ["heliographd", "heliograph-bmcsim"] {
            guard files.isExecutableFile(atPath: self.program(name)) else {
                throw BenchError("no \(name) in \(self.programs.path); see --programs")
            }
        }
        Cleanup.onSignals(removing: self.scratch)
    }

    /// How many rounds a median is taken of.
    var rounds: Int { self.isQuick ? 1 : 3 }

    func program(_ name: String) -> String { self.programs.appendingPathComponent(name).path }

    /// A new directory, removed at the end of `body`.
    func withDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let directory = self.scratch.appendingPathComponent(UUID().uuidString.prefix(8).lowercased())
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }

    func cleanUp() { try? FileManager.default.removeItem(at: self.scratch) }

    func introduce() {
        let system = ProcessInfo.processInfo
        say("programs in \(self.programs.path), scratch in \(self.scratch.path)")
        say("\(system.activeProcessorCount) processors, load average \(Self.loadAverage)")
        say("cipher suite \(self.cipherSuite); ConMan: \(self.conmand ?? "not installed or not wanted")")
    }

    func title(_ text: String) { say("\n== \(text)") }

    func line(_ name: String, _ text: String) {
        say("   \(name.padding(toLength: 13, withPad: " ", startingAt: 0)) \(text)")
    }

    private static var loadAverage: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "unknown"
        return text.split(separator: " ").prefix(3).joined(separator: " ")
    }
}

/// Prints a line at once, whoever reads it.
func say(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(text)\n".utf8)) }
