// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Recorded dialogues")
struct DialogueTests {
    @Test("are decoded, verified and built again", arguments: Vector.names)
    func replay(_ name: String) throws {
        var replay = try DialogueReplay(name)
        try replay.run()
        #expect(replay.oddities == Conduct.of(name).exceptions)
        #expect(replay.counts.packets > 0)
    }

    @Test("give the recorded keys", arguments: Vector.names)
    func keys(_ name: String) throws {
        var replay = try DialogueReplay(name)
        try replay.run()
        // The file has the keys of the first session that came up, else of the first.
        guard let sik = replay.derived?.sik else {
            #expect(replay.keys.allSatisfy { $0 == .none })
            return
        }
        let keys = try #require(replay.keys.first { hex($0.sik.copied()) == sik })
        #expect(hex(keys.k1.copied()) == replay.derived?.k1)
        #expect(hex(keys.k2.copied()) == replay.derived?.k2)
    }

    @Test("contain what their description promises", arguments: Vector.names)
    func expectations(_ name: String) throws {
        var replay = try DialogueReplay(name)
        try replay.run()
        let expect = try #require(replay.expect)
        for completion in expect.completions ?? [] {
            #expect(replay.completions.contains(completion), "\(completion)")
        }
        #expect(replay.sawDeactivating == (expect.deactivating ?? replay.sawDeactivating))
        if let breaks = expect.breaks, !name.hasPrefix("v15") {
            #expect(replay.sawBreak == (breaks > 0))
        }
    }

    @Test("are all there, and everything in them was checked")
    func totals() throws {
        var totals = ReplayCounts()
        for name in Vector.names {
            var replay = try DialogueReplay(name)
            try replay.run()
            totals += replay.counts
        }
        #expect(Vector.names.count == 254)
        #expect(totals.packets == 7730)
        // What the independent decoder counted; ours adds the digests made with the BMC's own password or K_g.
        #expect(totals.rakpDigests >= 679)
        #expect(totals.authCodes == 5127)
        #expect(totals.decrypted == 4462)
        #expect(totals.messages == 4712)
        #expect(totals.commands >= 2600)
        #expect(totals.solPayloads >= 1470)
        // All but the packets listed in `Conduct.known` and one that was tampered with.
        let exceptions = Conduct.known.values.map(\.exceptions)
        let toBMC = exceptions.reduce(0) { $0 + ($1[.notReproducedToBMC]?.count ?? 0) }
        let fromBMC = exceptions.reduce(0) { $0 + ($1[.notReproducedFromBMC]?.count ?? 0) }
        #expect(totals.reproducedToBMC >= 3900)
        #expect(totals.reproducedToBMC + totals.reproducedFromBMC == totals.packets - toBMC - fromBMC - 1)
    }
}
