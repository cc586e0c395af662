// SPDX-License-Identifier: Apache-2.0

import IPMI

/// How the two sides of a dialogue depart from the specification, and what the replay therefore finds.
struct Conduct {
    var console: RAKPExchange.Deviations = []
    var bmc: RAKPExchange.Deviations = []
    /// The BMC hashes the privilege of Open Session (`opensesspriv`, `sun20`).
    var hashesOpenSessionPrivilege = false
    /// Everything else is decoded, verified and built again byte for byte, in both directions.
    var exceptions: [Oddity: [Int]] = [:]

    static func of(_ name: String) -> Conduct {
        Self.known[name] ?? Conduct()
    }

    /// The complete list of exceptions, with the numbers of the packets.
    static let known: [String: Conduct] = [
        // RAKP-none, and a check value in RAKP 4 all the same. Ours would have none; received, it is ignored.
        "quirk-integritycheckvalue-with": Conduct(exceptions: [.notReproducedFromBMC: [7]]),
        "quirk-integritycheckvalue-without": Conduct(exceptions: [.notReproducedFromBMC: [7]]),
        // Intel SE7520AF2's own digests, computed the same way.
        "quirk-intel20-with": Conduct(console: .intel20, bmc: .intel20),
        "quirk-ipmitool-intelplus": Conduct(console: .intelPlus, bmc: .intelPlus),
        "quirk-opensesspriv-with": Conduct(hashesOpenSessionPrivilege: true),
        "quirk-opensesspriv-without": Conduct(hashesOpenSessionPrivilege: true),
        // The digest in RAKP 2 is one byte too long: accepted, never sent by us.
        "quirk-sun20-with": Conduct(
            hashesOpenSessionPrivilege: true,
            exceptions: [.notReproducedFromBMC: [5]]
        ),
        "quirk-sun20-without": Conduct(
            hashesOpenSessionPrivilege: true,
            exceptions: [.notReproducedFromBMC: [5]]
        ),
        "quirk-supermicro20-with": Conduct(exceptions: [.notReproducedFromBMC: [5]]),
        "quirk-supermicro20-without": Conduct(exceptions: [.notReproducedFromBMC: [5]]),
        // Wrong checksums in every answer inside the session: ours are right.
        "quirk-nochecksumcheck-with": Conduct(exceptions: Self.wrongChecksums(from: 9, through: 43)),
        "quirk-nochecksumcheck-without": Conduct(exceptions: Self.wrongChecksums(from: 9, through: 15)),
        // ipmi_sim refuses in two bytes, without the session ID; we always send eight.
        "sol-cs3-pyghmi-break": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        "sol-cs3-pyghmi-chat": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        "sol-cs3-pyghmi-large-output": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        "v20-cs3-pyghmi-power": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        "v20-cs15-refused": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        "v20-cs16-refused": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        "v20-cs17-refused": Conduct(exceptions: [.notReproducedFromBMC: [3]]),
        // ipmiutil marks its first SOL packet MD5 and fills the AuthCode with zeros.
        "v15-isol-ipmiutil": Conduct(exceptions: [.notReproducedToBMC: [14], .wrongAuthCode: [14]]),
    ]

    /// Every other packet is the BMC's.
    private static func wrongChecksums(from first: Int, through last: Int) -> [Oddity: [Int]] {
        let answers = Array(stride(from: first, through: last, by: 2))
        return [.wrongChecksum: answers, .notReproducedFromBMC: answers]
    }
}
