// SPDX-License-Identifier: Apache-2.0

import IPMI
import Testing

@Suite("Cipher suites")
struct CipherSuiteTests {
    @Test("are found by number and by algorithms", arguments: [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17])
    func spoken(_ id: Int) throws {
        let suite = try CipherSuite(id: id)
        #expect(Int(suite.id) == id)
        #expect(CipherSuite(suite.authentication, suite.integrity, suite.confidentiality) == suite)
    }

    @Test(
        "with RC4 are refused by name",
        arguments: [
            (4, "xRC4-128"), (5, "xRC4-40"), (9, "xRC4-128"), (10, "xRC4-40"), (13, "xRC4-128"),
            (14, "xRC4-40"),
            (18, "xRC4-128"), (19, "xRC4-40"),
        ]
    )
    func refused(_ id: Int, algorithm: String) {
        let error = #expect(throws: CipherSuite.Refusal.self) { try CipherSuite(id: id) }
        #expect(
            error?.description
                == "cipher suite \(id) encrypts with \(algorithm), which is broken; use 3 or 17"
        )
    }

    @Test("that do not exist are refused", arguments: [-1, 20, 48, 256, 259])
    func unknown(_ id: Int) {
        #expect(throws: CipherSuite.Refusal.unknown(id: id)) { try CipherSuite(id: id) }
    }

    @Test("have names for the log")
    func description() {
        #expect(
            CipherSuite.suite3.description == "cipher suite 3 (RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128)"
        )
    }
}

@Suite("Cipher suite list")
struct CipherSuiteListTests {
    @Test("joins pages in which records straddle the border")
    func pages() {
        let list = CipherSuiteList(CipherSuite.all.map { CipherSuiteList.Record($0) })
        var received = CipherSuiteList()
        var index: UInt8 = 0
        while received.append(.init(channel: 1, page: list.page(index))) { index += 1 }
        #expect(index == 3)
        #expect(received.records == list.records)
        #expect(received.records.flatMap(\.suites) == CipherSuite.all)
    }

    @Test("ends after a full last page with an empty one")
    func fullLastPage() {
        let oem = CipherSuiteList.Record(id: 0x80, enterprise: 343, authentication: [.hmacSHA1])
        let list = CipherSuiteList([.init(.suite3), .init(.suite17), oem])
        #expect(list.page(0).count == 16)
        var received = CipherSuiteList()
        let wantsMore = [UInt8(0), 1].map { received.append(.init(channel: 1, page: list.page($0))) }
        #expect(wantsMore == [true, false])
        #expect(received.records == [.init(.suite3), .init(.suite17), oem])
        #expect(received.records.last?.suites.isEmpty == true)
    }

    @Test("never asks for more than 64 pages")
    func endless() {
        var list = CipherSuiteList()
        let page = [UInt8](repeating: 0xc0, count: 16)[...]
        var asked = 1
        while list.append(.init(channel: 1, page: page)) { asked += 1 }
        #expect(asked == 64)
        #expect(!list.records.isEmpty)
    }

    @Test(
        "reads records",
        arguments: [
            ("several choices", "c003 01 41 44 81", [3]),
            ("missing integrity and confidentiality", "c001 01", [1]),
            ("missing everything", "c000", [0]),
            ("unknown combination", "c063 03 41 81", []),
            ("bytes before the first record", "01 41 c011 03 44 81", [17]),
            ("reserved tag between", "c011 03 c2 44 81", [17]),
            ("cut after the start byte", "c003 01 41 81 c0", [3]),
            ("cut OEM record", "c003 01 41 81 c1 80 57", [3]),
            ("empty", "", []),
        ] as [(String, String, [UInt8])]
    )
    func records(_ name: String, list: String, suites: [UInt8]) {
        var received = CipherSuiteList()
        let data = bytes(list)
        for start in stride(from: 0, to: data.count, by: 16) {
            _ = received.append(.init(channel: 1, page: data[start...].prefix(16)))
        }
        #expect(received.records.flatMap(\.suites).map(\.id) == suites)
    }
}
