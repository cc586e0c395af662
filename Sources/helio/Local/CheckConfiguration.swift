// SPDX-License-Identifier: Apache-2.0

import ConfigurationFiles
import ControlProtocol
import HeliographConfig

/// `check FILE`: what the daemon would say about a configuration.
enum CheckConfiguration {
    static let defaultFile = "/etc/heliograph/heliograph.yaml"

    static func run(_ path: String) -> Outcome {
        let result = self.load(path)
        for diagnostic in result.diagnostics { Output.print("\(diagnostic)\n") }
        guard !result.hasErrors else { return .status(.badData) }
        Output.print("\(path): no errors\n")
        return .status(.done)
    }

    static func load(_ path: String) -> ConfigurationLoader.Result {
        ConfigurationLoader(files: .system).load(path)
    }
}
