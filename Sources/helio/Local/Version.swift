// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// `version`: ours, and the daemon's if one is there.
enum Version {
    static func run(json: Bool, _ client: DaemonClient) -> Outcome {
        let daemon = client.daemonVersion()
        if json {
            let object = JSON.object([
                .init("helio", .string(ProductVersion.text)), .init("heliographd", .optional(daemon)),
            ])
            Output.print(object.text + "\n")
        } else {
            Output.print("helio \(ProductVersion.text)\nheliographd \(daemon ?? "(not running)")\n")
        }
        return .status(.done)
    }
}
