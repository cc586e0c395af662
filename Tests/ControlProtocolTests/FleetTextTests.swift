// SPDX-License-Identifier: Apache-2.0

@testable import ControlProtocol
import Foundation
import OperatorSession
import Testing

private let now: WallMicroseconds = 1_795_334_719_123_000

private func ago(_ seconds: Int64) -> WallMicroseconds { now - seconds * 1_000_000 }

private let rows = [
    ConsoleRow(
        name: "web01",
        state: .up,
        since: ago(7800),
        lastOutput: ago(3),
        outputByteCount: 1_234_567,
        attached: [.init(user: "alice", mayWrite: true), .init(user: "bob", mayWrite: false)]
    ),
    ConsoleRow(name: "web02", state: .down, since: ago(300), outputByteCount: 0, errorCode: "no-reply"),
    ConsoleRow(name: "日本", state: .released, since: nil, lastOutput: ago(1_000_000), outputByteCount: 999),
]

private let who = [
    WhoRow(
        number: 7,
        user: "alice",
        console: "web01",
        mode: "read-write",
        peer: "192.0.2.7:51022",
        since: ago(90),
        lastInput: ago(5)
    ),
    WhoRow(number: 12, user: "bob", console: "web01", mode: "spectator", peer: "uid 1000", since: ago(4000)),
]

private var detail: ConsoleDetail {
    var detail = ConsoleDetail(row: rows[0], link: "sol web01-bmc.example.net:623")
    var session = SessionDetail(stage: "data")
    session.cipherSuite = "17"
    session.privilege = "operator"
    session.bmcSessionID = 0xA0B0_C0D0
    session.payloadToBMC = 200
    session.payloadFromBMC = 255
    detail.session = session
    detail.who = [who[0]]
    detail.counters = [.init("packets_from_bmc", 12_345), .init("retransmissions", 2)]
    detail.lastError = ErrorDetail(
        code: "sol-in-use",
        stage: "activate",
        text: "the payload is active",
        remedy: "Set takeover.",
        at: ago(8000)
    )
    detail.owner = "192.0.2.99"
    detail.attempts = 3
    detail.nextAttempt = now + 12_000_000
    return detail
}

@Suite("What the fleet's verbs print")
struct FleetTextTests {
    @Test("is an aligned table for list")
    func list() {
        #expect(
            FleetText.list(rows, now: now) == """
                CONSOLE  STATE       FOR  OUTPUT  BYTES  ATTACHED
                web01    up        2h10m      3s   1.2M  alice* bob
                web02    down         5m       -      0  (no-reply)
                日本     released      -     11d    999

                """
        )
        #expect(FleetText.list([], now: now) == "CONSOLE  STATE  FOR  OUTPUT  BYTES  ATTACHED\n")
    }

    @Test("is an aligned table for who")
    func whoTable() {
        #expect(
            FleetText.who(who, now: now) == """
                NO  USER   CONSOLE  MODE         FOR  IDLE  FROM
                 7  alice  web01    read-write    1m    5s  192.0.2.7:51022
                12  bob    web01    spectator   1h6m  1h6m  uid 1000

                """
        )
    }

    @Test("is names and values for status")
    func status() {
        #expect(
            FleetText.status(detail, now: now) == """
                console           web01
                state             up for 2h10m
                link              sol web01-bmc.example.net:623
                last output       3s ago (2026-11-22T08:05:16.123Z)
                output bytes      1,234,567
                log               on
                session           data
                cipher suite      17
                privilege         operator
                BMC session       0xa0b0c0d0
                payload           200 bytes to the BMC, 255 from it
                SOL held by       192.0.2.99
                last error        sol-in-use at activate, 2h13m ago: the payload is active
                remedy            Set takeover.
                attempts          3
                next attempt      in 12s
                packets from bmc  12,345
                retransmissions   2
                attached          alice (read-write) from 192.0.2.7:51022, idle 5s

                """
        )
    }

    @Test("fits 80 columns with long names")
    func width() {
        let long = ConsoleRow(
            name: "rack12-chassis3-blade14-console",
            state: .connecting,
            since: ago(86_399),
            lastOutput: ago(86_399),
            outputByteCount: .max,
            errorCode: "sol-in-use"
        )
        #expect(FleetText.list([long], now: now).split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("is valid JSON with every member")
    func json() throws {
        let text = JSON.lines(rows.map(\.json))
        let list = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        #expect(list.count == 3)
        #expect(list.allSatisfy { $0.count == 7 })
        #expect(list[0]["since"] as? String == "2026-11-22T05:55:19.123Z")
        #expect(list[0]["output_bytes"] as? Int == 1_234_567)
        #expect((list[0]["attached"] as? [[String: Any]])?.first?["writes"] as? Bool == true)
        #expect(list[1]["last_output"] is NSNull)
        #expect(list[1]["error"] as? String == "no-reply")

        let status = try JSONSerialization.jsonObject(with: Data(detail.json.text.utf8)) as? [String: Any]
        #expect((status?["counters"] as? [String: Any])?["packets_from_bmc"] as? Int == 12_345)
        #expect((status?["session"] as? [String: Any])?["bmc_session_id"] as? UInt32 == 0xA0B0_C0D0)
        #expect((status?["last_error"] as? [String: Any])?["code"] as? String == "sol-in-use")

        let people =
            try JSONSerialization.jsonObject(with: Data(JSON.lines(who.map(\.json)).utf8)) as? [[String: Any]]
        #expect(people?.map { $0["number"] as? Int } == [7, 12])
        #expect(try JSONSerialization.jsonObject(with: Data(JSON.lines([]).utf8)) as? [Int] == [])
    }

    @Test("never steers the terminal")
    func harmless() {
        let evil = "a\u{1B}[2J\u{9B}m\r\n\u{202E}b"
        var row = rows[0]
        row.name = evil
        row.errorCode = evil
        row.attached = [.init(user: evil, mayWrite: true)]
        var bad = ConsoleDetail(row: row, link: evil)
        bad.lastError = ErrorDetail(code: evil, stage: evil, text: evil, remedy: evil)
        bad.counters = [.init(evil, 1)]
        bad.owner = evil
        let person = WhoRow(number: 1, user: evil, console: evil, mode: evil, peer: evil, since: 0)
        for text in [
            FleetText.list([row], now: now), FleetText.who([person], now: now),
            FleetText.status(bad, now: now),
            row.json.text, bad.json.text, person.json.text,
        ] {
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || TerminalSafe.isHarmless($0) })
        }
        #expect(FleetText.list([row], now: now).split(separator: "\n").count == 2)
    }
}

@Suite("JSON as we write it")
struct JSONTests {
    @Test("reads back as the same text for every kind of character")
    func strings() throws {
        let all = (0..<0x3000).compactMap(Unicode.Scalar.init).map(Character.init)
        let text = String(all) + "🙂\u{E0001}\u{FEFF}\u{10FFFF}"
        let json = JSON.array([.string(text)]).text
        let back = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String]
        #expect(back?.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
        #expect(json.unicodeScalars.allSatisfy(TerminalSafe.isHarmless))
    }

    @Test("writes values on one line")
    func values() {
        let value = JSON.object([
            .init("a", .null), .init("b", .bool(true)), .init("c", .integer(-1)), .init("d", .unsigned(.max)),
            .init("e\"", .array([.bool(false), .string("\\\n\t\r\u{1B}")])), .init("f", .object([])),
        ])
        #expect(
            value.text
                == #"{"a":null,"b":true,"c":-1,"d":18446744073709551615,"e\"":[false,"\\\n\t\r\u001b"],"f":{}}"#
        )
    }
}

@Suite("Numbers for people")
struct HumanTextTests {
    @Test(
        "are short",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1.0K"), (9999, "9.9K"), (10_000, "10K"), (999_999, "999K"),
            (1_000_000, "1.0M"), (UInt64.max, "18E"),
        ] as [(UInt64, String)]
    )
    func bytes(_ count: UInt64, text: String) {
        #expect(HumanText.bytes(count) == text)
    }

    @Test(
        "tell ages, and do not believe in the future",
        arguments: [
            (0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (3660, "1h1m"),
            (86_399, "23h59m"),
            (86_400, "1d"), (-5, "0s"),
        ] as [(Int64, String)]
    )
    func ages(_ seconds: Int64, text: String) {
        #expect(HumanText.age(ago(seconds), now: now) == text)
    }
}
