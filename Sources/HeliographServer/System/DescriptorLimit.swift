// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging

/// Descriptors are a budget: sockets and operators come first, open text logs share the rest.
enum DescriptorLimit {
    /// Raises the soft limit as far as the system allows. A request, never a condition.
    static func raise(logger: Logger) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        logger.debug("descriptor limit", metadata: ["limit": "\(limit.rlim_cur)"])
    }
}
