// SPDX-License-Identifier: Apache-2.0

import IPMI
import ArgumentParser
import BMCSimulator
import Foundation

@main
struct BMCSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heliograph-bmcsim",
        abstract: "Simulated BMCs with IPMI 2.0 Serial over LAN and scripted hosts behind them.",
        discussion: """
            Prints `ready COUNT FIRST LAST` when it listens, then serves until SIGINT or SIGTERM. Without --password-file \
            the user's password is the demonstration password, which is printed at start. In durations and fractions \
            `500ms`, `30s`, `10m`, `5%`, `0.05` are understood.
            """
    )

    @OptionGroup(title: "The fleet") var fleet: FleetOptions
    @OptionGroup(title: "Serial over LAN") var sol: SOLOptions
    @OptionGroup(title: "Faults") var faults: FaultOptions
    @OptionGroup(title: "Running") var running: RunOptions

    func run() throws {
        let start = MonotonicInstant.now
        var setup = SimulatorSetup()
        try self.fleet.apply(to: &setup)
        self.sol.apply(to: &setup)
        self.faults.apply(to: &setup.plan)
        let host: UDPHost
        do {
            host = try UDPHost(
                listen: self.fleet.listen,
                spread: self.fleet.spread,
                members: try setup.members(start: start),
                start: start
            )
        } catch {
            throw ValidationError("\(error)")
        }
        Runner(
            host,
            setup: setup,
            options: self.running,
            usesDemonstrationPassword: self.fleet.passwordFile == nil
        ).run()
    }
}
