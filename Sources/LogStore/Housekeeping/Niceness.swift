// SPDX-License-Identifier: Apache-2.0

import CLogStore

/// The priority of threads that may wait for all others.
enum Niceness {
    static func lower() {
        hlg_lower_priority(10)
    }

    /// How many text logs may be open: a third of the descriptor limit, 8,192 at most.
    static func automaticOpenFiles() -> Int {
        max(8, min(8_192, Int(hlg_descriptor_limit()) / 3))
    }
}
