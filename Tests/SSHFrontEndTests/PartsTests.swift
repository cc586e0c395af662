// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SSHFrontEnd

@Suite("A login name")
struct LoginNameTests {
    @Test(
        "splits at the first colon",
        arguments: [
            ("alice", "alice", nil),
            ("alice:web01", "alice", "web01"),
            ("alice:web01:2", "alice", "web01:2"),
            ("alice:", "alice", nil),
        ] as [(String, String, String?)]
    )
    func split(_ text: String, user: String, console: String?) {
        let name = LoginName(text)
        #expect(name?.user == user)
        #expect(name?.console == console)
    }

    @Test("cannot be this", arguments: ["", ":web01", "a\nb", "a\u{7F}", String(repeating: "a", count: 256)])
    func refused(_ text: String) {
        #expect(LoginName(text) == nil)
    }

    @Test("is shown without what could harm a terminal")
    func shown() {
        #expect(printable("a\u{1B}[2Jb\r\n\u{9B}") == "a?[2Jb???")
        #expect(printable(String(repeating: "x", count: 100)).count == 83)
    }
}

@Suite("A password hash")
struct PasswordHashTests {
    @Test("is yescrypt with a fresh salt, and fits its password only")
    func made() throws {
        let one = try PasswordHash.make("secret")
        let two = try PasswordHash.make("secret")
        #expect(one.hasPrefix("$y$") && one != two)
        #expect(PasswordHash.isUsable(one))
        #expect(PasswordHash.matches("secret", one))
        #expect(!PasswordHash.matches("Secret", one))
        #expect(!PasswordHash.matches("", one))
    }

    @Test("that is none fits nothing", arguments: ["", "*", "!", "x", "$y$", "secret", "$9$abc$def"])
    func unusable(_ hash: String) {
        #expect(!PasswordHash.matches("secret", hash))
        #expect(!PasswordHash.isUsable(hash))
    }
}

@Suite("The name of a channel request")
struct RequestNameTests {
    private static let function = "ssh_message_handle_channel_request: "

    @Test(
        "is cut out of the library's log line",
        arguments: [
            ("Received a break channel_request for channel (43:0) (want_reply=1)", "break"),
            ("Received a xon-xoff channel_request for channel (43:0) (want_reply=0)", "xon-xoff"),
            ("Received a  channel_request for channel (43:0) (want_reply=0)", ""),
            (
                "Received a break channel_request for channel (x channel_request for channel (43:0)",
                "break channel_request for channel (x"
            ),
            ("Received a break", nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func name(_ line: String, expected: String?) {
        #expect(requestName(in: Self.function + line) == expected)
    }
}

@Suite("The ledger of sources")
struct SourceLedgerTests {
    private let start = ContinuousClock.now
    private let one = ConnectionSource(address: [192, 0, 2, 1])
    private let two = ConnectionSource(address: [192, 0, 2, 2])

    private func ledger(_ change: (inout SSHLimits) -> Void) -> SourceLedger {
        var limits = SSHLimits()
        change(&limits)
        return SourceLedger(limits: limits)
    }

    @Test("bounds those who wait for a login, by source and in total")
    func unauthenticated() {
        var ledger = self.ledger {
            $0.maximumUnauthenticatedPerSource = 2
            $0.maximumUnauthenticated = 3
        }
        #expect(ledger.admit(self.one, now: self.start) == .admitted)
        #expect(ledger.admit(self.one, now: self.start) == .admitted)
        #expect(ledger.admit(self.one, now: self.start) == .refused(.unauthenticatedFromSource, isNews: true))
        #expect(
            ledger.admit(self.one, now: self.start) == .refused(.unauthenticatedFromSource, isNews: false)
        )
        #expect(ledger.admit(self.two, now: self.start) == .admitted)
        #expect(ledger.admit(self.two, now: self.start) == .refused(.unauthenticated, isNews: true))
        ledger.loggedIn(self.one)
        #expect(ledger.admit(self.one, now: self.start) == .admitted)
        ledger.closed(self.one, wasLoggedIn: true)
        ledger.closed(self.one, wasLoggedIn: false)
        #expect(ledger.connections == 2)
        #expect(ledger.unauthenticated == 2)
        #expect(ledger.refused == 3)
    }

    @Test("bounds all connections")
    func total() {
        var ledger = self.ledger { $0.maximumConnections = 1 }
        #expect(ledger.admit(self.one, now: self.start) == .admitted)
        ledger.loggedIn(self.one)
        #expect(ledger.admit(self.two, now: self.start) == .refused(.connections, isNews: true))
        ledger.closed(self.one, wasLoggedIn: true)
        #expect(ledger.admit(self.two, now: self.start) == .admitted)
    }

    @Test("slows down a source that connects too fast, and no other")
    func rate() {
        var ledger = self.ledger {
            $0.connectionBurstPerSource = 2
            $0.connectionsPerSecondPerSource = 1
        }
        for _ in 0..<2 { #expect(ledger.admit(self.one, now: self.start) == .admitted) }
        #expect(ledger.admit(self.one, now: self.start) == .refused(.rate, isNews: true))
        #expect(ledger.admit(self.two, now: self.start) == .admitted)
        #expect(ledger.admit(self.one, now: self.start + .seconds(1)) == .admitted)
        #expect(ledger.admit(self.one, now: self.start + .seconds(1)) == .refused(.rate, isNews: false))
    }

    @Test("refuses a source after many wrong passwords, and forgives with time")
    func failures() {
        var ledger = self.ledger {
            $0.maximumFailuresPerSource = 2
            $0.failureForgiveness = .seconds(10)
        }
        for _ in 0..<2 { ledger.passwordFailed(self.one, now: self.start) }
        #expect(ledger.admit(self.one, now: self.start) == .refused(.failures, isNews: true))
        #expect(ledger.admit(self.one, now: self.start + .seconds(11)) == .admitted)
    }

    @Test("takes an IPv6 network of 64 bits as one source, and forgets old sources")
    func networks() {
        func address(_ network: Int, _ host: UInt8) -> ConnectionSource {
            let bytes: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, UInt8(network >> 8), UInt8(network & 0xFF)]
            return ConnectionSource(address: bytes + [0, 0, 0, 0, 0, 0, 0, host])
        }
        #expect(address(1, 1) == address(1, 2))
        #expect(address(1, 1) != address(2, 1))
        var ledger = self.ledger { $0.connectionBurstPerSource = 1 }
        for network in 0..<10_000 {
            #expect(ledger.admit(address(network, 1), now: self.start) == .admitted)
            ledger.closed(address(network, 1), wasLoggedIn: false)
        }
        #expect(ledger.rememberedSources <= SourceLedger.maximumSources)
    }
}

@Suite("A queue of deadlines")
struct DeadlineQueueTests {
    @Test("gives them back in order, when they have come")
    func order() {
        let start = ContinuousClock.now
        var queue = DeadlineQueue<Int>()
        let delays = (0..<100).map { $0 * 37 % 101 }
        for delay in delays { queue.add(delay, at: start + .seconds(delay)) }
        #expect(queue.next == start)
        var popped: [Int] = []
        while let key = queue.popExpired(now: start + .seconds(50)) { popped.append(key) }
        #expect(popped == delays.filter { $0 <= 50 }.sorted())
        #expect(queue.count == delays.count - popped.count)
    }
}

@Suite("A listen address")
struct ListenAddressTests {
    @Test(
        "is read and written",
        arguments: [
            ("0.0.0.0:2200", "0.0.0.0", 2200), ("[::]:2200", "::", 2200), ("*:0", "*", 0),
            ("localhost:65535", "localhost", 65535),
        ] as [(String, String, UInt16)]
    )
    func read(_ text: String, host: String, port: UInt16) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(
        "cannot be this",
        arguments: ["", "2200", ":2200", "host", "host:", "host:65536", "::1:22", "[]:1", "[x:1"]
    )
    func refused(_ text: String) {
        #expect(throws: SSHFrontEndError.self) { _ = try ListenAddress(parsing: text) }
    }
}

@Suite("A front end error")
struct SSHFrontEndErrorTests {
    @Test("has a remedy for each code", arguments: SSHFrontEndError.Code.allCases)
    func remedy(_ code: SSHFrontEndError.Code) {
        let error = SSHFrontEndError(code, "detail")
        #expect(error.remedy.hasSuffix(".") && error.remedy.count > 20)
        #expect(error.description == "detail (\(code.rawValue))")
    }
}
