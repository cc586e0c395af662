// SPDX-License-Identifier: Apache-2.0

import IPMI
import LogStore

extension WallTime {
    /// When something on the monotonic clock happens or happened, by the wall clock as it stands now. For
    /// people to read; what takes time is measured with `MonotonicInstant`.
    init(of instant: MonotonicInstant) {
        self = Self.now() + (instant - .now)
    }
}
