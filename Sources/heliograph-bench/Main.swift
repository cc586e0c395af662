// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Measures the programs beside it on simulated BMCs, and Debian's ConMan on the same BMCs in the same run.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heliograph-bench",
        abstract: "Measures heliographd on simulated BMCs, beside ConMan on the same BMCs.",
        discussion: """
            Runs the heliographd and heliograph-bmcsim that lie beside it, built for release, in a scratch directory. \
            CPU is user and system time of all threads. On a machine that does other things, compare ratios.
            """
    )

    @Flag(help: "One short round of everything, in about a minute.")
    var quick = false

    @Option(help: "Only this measurement; may be repeated: \(Measurement.list).")
    var only: [Measurement] = []

    @Option(help: "Where the programs are. (default: beside this one)")
    var programs: String?

    @Option(help: "Cipher suite that every console server uses.")
    var cipherSuite = 17

    @Flag(help: "Without ConMan.")
    var withoutConman = false

    @Option(help: "Options for heliographd in front of the others, as one word.")
    var daemonOptions = ""

    func run() throws {
        let bench = try Workbench(
            programs: self.programs,
            isQuick: self.quick,
            cipherSuite: self.cipherSuite,
            usesConMan: !self.withoutConman,
            daemonOptions: self.daemonOptions.split(separator: " ").map { String($0) }
        )
        defer { bench.cleanUp() }
        bench.introduce()
        try Heliograph.makeHostKeys(bench)
        let chosen = Set(self.only.isEmpty ? Measurement.allCases : self.only)
        var table = FigureTable()
        if chosen.contains(.sessions) { table.figures += try SessionsMeasurement(bench).run() }
        if chosen.contains(.steady) { table.figures += try SteadyMeasurement(bench).run() }
        if chosen.contains(.flatOut) { table.figures += try FlatOutMeasurement(bench).run() }
        if !chosen.isDisjoint(with: [.memory, .echo, .idle]) {
            table.figures += try IdleFleetMeasurement(bench, chosen).run()
        }
        say("\n\(table.text)")
    }
}

/// What can be measured by itself.
enum Measurement: String, CaseIterable, ExpressibleByArgument {
    case sessions
    case steady
    case flatOut = "flat-out"
    case memory
    case echo
    case idle

    static let list = allCases.map(\.rawValue).joined(separator: ", ")
}
