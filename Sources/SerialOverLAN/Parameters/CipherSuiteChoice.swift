// SPDX-License-Identifier: Apache-2.0

/// Which cipher suite a log-in proposes.
package enum CipherSuiteChoice: Equatable, Sendable {
    /// The one that worked last time, then 17, then 3; never less (IPMI v2.0 §22.15, table 22-20).
    case automatic
    /// This one and no other: the operator's word, also for suites below 3.
    case number(UInt8)
}
