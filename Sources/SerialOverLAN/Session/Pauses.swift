// SPDX-License-Identifier: Apache-2.0

import IPMI

extension [Duration] {
    /// The n-th pause, from 0; the last one repeats. A second where nobody configured any.
    func pause(_ number: Int) -> Duration {
        self.isEmpty ? .seconds(1) : self[Swift.min(number, self.count - 1)]
    }
}

extension Optional<MonotonicInstant> {
    /// The earlier of two deadlines, where nil is never.
    func earlier(_ other: MonotonicInstant?) -> MonotonicInstant? {
        guard let self else { return other }
        guard let other else { return self }
        return Swift.min(self, other)
    }
}
