// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Debian's ConMan with libipmiconsole, logging to a file per console.
final class ConMan: ConsoleServer {
    static let name = "ConMan"

    let program: Program
    let logs: LogDirectory

    init(_ path: String, _ bench: Workbench, hosts: [SimulatedHost], in directory: URL) throws {
        let logs = directory.appendingPathComponent("conman")
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: false)
        let port = 30_000 + Int(ProcessInfo.processInfo.processIdentifier) % 2_000
        let head = """
            SERVER port=\(port)
            SERVER pidfile="\(directory.path)/conman.pid"
            SERVER logdir="\(logs.path)"
            GLOBAL ipmiopts="U:admin,P:\(Simulator.password),C:\(bench.cipherSuite),L:admin"
            GLOBAL log="%N.log"

            """
        // libipmiconsole takes a port behind the address.
        let consoles = hosts.map { "CONSOLE name=\"\($0.name)\" dev=\"ipmi:\($0.address):\($0.port)\"\n" }
        let configuration = directory.appendingPathComponent("conman.conf")
        try (head + consoles.joined()).write(to: configuration, atomically: true, encoding: .utf8)
        self.logs = LogDirectory(logs, format: .conman)
        self.program = try Program(
            path,
            ["-F", "-c", configuration.path],
            errors: directory.appendingPathComponent("conmand.txt")
        )
    }
}
