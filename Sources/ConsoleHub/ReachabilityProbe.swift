// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The question that every BMC answers without a session: Get Channel Authentication Capabilities in IPMI 1.5
/// form (IPMI v2.0 §22.13). An ASF presence ping would be shorter, but several BMCs, OpenBMC among them, do
/// not answer it.
enum ReachabilityProbe {
    static let datagram: [UInt8] = [
        0x06, 0x00, 0xff, 0x07,  // RMCP, IPMI class
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09,  // no authentication, no session, 9 bytes
        // Channel "this one", privilege administrator, with IPMI 2.0 data.
        0x20, 0x18, 0xc8, 0x81, 0x00, 0x38, 0x8e, 0x04, 0xb5,
    ]
}
