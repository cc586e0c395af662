// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Heliograph's own programs, as built with the tests: they stand beside the test bundle.
package enum Programs {
    package static func path(_ name: String) throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = (bundle as NSString).deletingLastPathComponent + "/" + name
        guard access(path, X_OK) == 0 else {
            throw ChildProcess.Failure(
                description: "\(path) is missing; `swift build --build-tests` makes it"
            )
        }
        return path
    }
}
