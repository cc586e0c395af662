// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program that keeps the consoles of BMCs and logs what they print.
protocol ConsoleServer: AnyObject {
    static var name: String { get }
    var program: Program { get }
    var logs: LogDirectory { get }
}

extension ConsoleServer {
    var usage: ProcessUsage { self.program.usage }
}

/// Makes a server for these hosts that keeps everything it writes in `directory`, and starts it.
struct ServerKind {
    var name: String
    var start: (_ hosts: [SimulatedHost], _ directory: URL) throws -> any ConsoleServer

    static func heliograph(_ bench: Workbench) -> ServerKind {
        ServerKind(name: Heliograph.name) { try Heliograph(bench, hosts: $0, in: $1) }
    }

    /// Nil when it is not installed or not wanted.
    static func conman(_ bench: Workbench) -> ServerKind? {
        bench.conmand.map { path in
            ServerKind(name: ConMan.name) { try ConMan(path, bench, hosts: $0, in: $1) }
        }
    }
}
