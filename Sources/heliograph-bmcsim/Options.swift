// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BMCSimulator
import Foundation

extension PeerAddress: ExpressibleByArgument {
    package init?(argument: String) {
        guard let address = TextValues.address(argument) else { return nil }
        self = address
    }
}

extension UDPHost.Spread: ExpressibleByArgument {}
extension SOLConfiguration.Exhaustion: ExpressibleByArgument {}
extension SOLConfiguration.Overflow: ExpressibleByArgument {}
extension SOLConfiguration.WhileDetached: ExpressibleByArgument {}
extension SOLConfiguration.TheftNotice: ExpressibleByArgument {}

/// What options are parsed with.
private enum Text {
    /// Turns the text of an option into a value or a usage error.
    private static func parsed<Value>(_ parse: @escaping @Sendable (String) -> Value?, _ what: String)
        -> @Sendable (String) throws -> Value
    {
        { text in
            guard let value = parse(text) else { throw ValidationError("'\(text)' is not \(what)") }
            return value
        }
    }

    static let duration = parsed({ TextValues.duration($0) }, "a duration such as 500ms or 30s")
    static let fraction = parsed({ TextValues.fraction($0) }, "a fraction such as 5% or 0.05")
    static let blackout = parsed({ TextValues.blackout($0) }, "a black-out such as 30s@60s")
    static let late = parsed({ TextValues.late($0) }, "late delivery such as 10%:700ms")

    static let hostKinds = parsed(
        { text -> [SimulatorSetup.HostKind]? in
            let kinds = text.split(separator: ",").map { SimulatorSetup.HostKind(rawValue: String($0)) }
            return kinds.isEmpty || kinds.contains(nil) ? nil : kinds.compactMap { $0 }
        },
        "a list of boot, login, bios, echo, load, silent"
    )

    static let numbers = parsed(
        { text -> [Int]? in
            let numbers = text.split(separator: ",").map { Int($0) }
            return numbers.isEmpty || numbers.contains(nil) ? nil : numbers.compactMap { $0 }
        },
        "a list of numbers"
    )
}

/// `lines=1000`, `lines=max`; nil: as fast as possible.
struct LoadRate: ExpressibleByArgument, Sendable {
    var bytesPerSecond: Int?

    init?(argument: String) {
        guard argument.hasPrefix("lines=") else { return nil }
        let rate = argument.dropFirst("lines=".count)
        if rate == "max" { return }
        guard let number = Int(rate), number >= 0 else { return nil }
        self.bytesPerSecond = number
    }
}

/// `115200`, `unlimited`; nil: unlimited.
struct BitRate: ExpressibleByArgument, Sendable {
    var bitsPerSecond: Int?

    init(bitsPerSecond: Int) { self.bitsPerSecond = bitsPerSecond }

    init?(argument: String) {
        if argument == "unlimited" { return }
        guard let number = Int(argument), number >= 50 else { return nil }
        self.bitsPerSecond = number
    }

    var defaultValueDescription: String { self.bitsPerSecond.map(String.init) ?? "unlimited" }
}

struct FleetOptions: ParsableArguments {
    @Option(help: "How many BMCs.")
    var count = 1

    @Option(help: "Address and port of the first BMC. FreeIPMI and ConMan take no port above 32767.")
    var listen = PeerAddress(ip: 0x7F00_0001, port: 9001)

    @Option(
        help: "Give each BMC a port of its own, or an address of its own in 127.0.0.0/8: ports, addresses."
    )
    var spread = UDPHost.Spread.ports

    @Option(help: "Names of hosts: this and a number.")
    var name = "sim"

    @Option(help: "User name, at most 16 bytes.")
    var user = "admin"

    @Option(help: "File with the user's password in its first line.")
    var passwordFile: String?

    @Option(help: "File with the BMC key K_g in its first line; 0x in front of hexadecimal digits.")
    var kgFile: String?

    @Option(help: "Cipher suites, in the order in which they are listed.", transform: Text.numbers)
    var suites = [1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]

    @Option(
        help: "What is behind the serial ports, in turn: boot, login, bios, echo, load, silent.",
        transform: Text.hostKinds
    )
    var host: [SimulatorSetup.HostKind]?

    @Option(help: "Numbered lines: lines=BYTES_PER_SECOND for each host, or lines=max. Implies --host load.")
    var load: LoadRate?

    @Option(help: "Lines at a time under --load.")
    var loadBurst = 3

    @Option(help: "Bytes in a line under --load, CR LF included.")
    var loadWidth = LoadLine.defaultWidth

    @Option(help: "Fall silent after this many lines.")
    var loadLines: UInt32?

    @Option(help: "Bit rate of scripted hosts' serial ports, or unlimited.")
    var rate = BitRate(bitsPerSecond: 115_200)

    @Option(help: "Sessions a BMC has room for.")
    var slots = 8

    @Option(help: "A session ends after this long without a packet.", transform: Text.duration)
    var sessionTimeout: Duration = .seconds(60)

    @Flag(help: "SOL packets do not keep a session alive, only IPMI messages do.")
    var solIsNoLife = false

    func validate() throws {
        guard self.count > 0 else { throw ValidationError("--count must be at least 1") }
        guard self.loadBurst > 0 else { throw ValidationError("--load-burst must be at least 1") }
        guard
            self.spread == .addresses || self.listen.port == 0 || Int(self.listen.port) + self.count <= 65_536
        else {
            throw ValidationError("--count \(self.count) needs ports beyond 65535; try --spread addresses")
        }
    }

    func apply(to setup: inout SimulatorSetup) throws {
        setup.count = self.count
        setup.namePrefix = self.name
        setup.userName = self.user
        setup.password = try self.passwordFile.map { Array(try Self.firstLine(of: $0).utf8) }
        setup.bmcKey = try self.kgFile.map { try Self.firstLine(of: $0) }
        setup.suites = self.suites
        setup.hosts = self.host ?? (self.load == nil ? [.boot] : [.load])
        if let load = self.load { setup.load.bytesPerSecond = load.bytesPerSecond }
        setup.load.burst = self.loadBurst
        setup.load.width = self.loadWidth
        setup.load.lineLimit = self.loadLines
        setup.bitRate = self.rate.bitsPerSecond
        setup.sessionSlots = self.slots
        setup.sessionTimeout = self.sessionTimeout
        setup.solKeepsSessionsAlive = !self.solIsNoLife
    }

    private static func firstLine(of path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ValidationError("cannot read \(path)")
        }
        return String(text.prefix { !$0.isNewline })
    }
}

struct SOLOptions: ParsableArguments {
    @Option(help: "Retransmissions of a packet (SOL parameter 4).")
    var solRetries = 7

    @Option(help: "Time between them (SOL parameter 4).", transform: Text.duration)
    var solRetryInterval: Duration = .milliseconds(500)

    @Option(help: "What happens to a packet after the last: drop, renumber (OpenBMC).")
    var solExhaustion = SOLConfiguration.Exhaustion.drop

    @Flag(help: "Retransmissions carry what was printed since, too.")
    var solGrowRetries = false

    @Flag(help: "Input whose number is not the next is dropped without an answer (OpenBMC).")
    var solStrictInput = false

    @Option(help: "Largest SOL payload sent, 5 to 259, four bytes of header included.")
    var solOutboundSize = 255

    @Option(
        help: "How long a partly filled packet waits for more (SOL parameter 3).",
        transform: Text.duration
    )
    var solAccumulate: Duration = .zero

    @Option(help: "Bytes of host output a BMC holds.")
    var solBuffer = 16_384

    @Option(help: "When that is full: hold the host, or overrun.")
    var solOverflow = SOLConfiguration.Overflow.hold

    @Option(
        help: "Output while nobody is connected: discard, keep, hold. (default: discard; hold under --load)"
    )
    var whileDetached: SOLConfiguration.WhileDetached?

    @Option(help: "How a session learns that its payload was taken: bit, request (OpenBMC), silent.")
    var theftNotice = SOLConfiguration.TheftNotice.deactivatingBit

    func apply(to setup: inout SimulatorSetup) {
        setup.sol.retryCount = self.solRetries
        setup.sol.retryInterval = self.solRetryInterval
        setup.sol.exhaustion = self.solExhaustion
        setup.sol.growsRetries = self.solGrowRetries
        setup.sol.isStrictAboutInput = self.solStrictInput
        setup.sol.outboundSize = self.solOutboundSize
        setup.sol.accumulateInterval = self.solAccumulate
        setup.sol.bufferCapacity = self.solBuffer
        setup.sol.overflow = self.solOverflow
        setup.sol.theftNotice = self.theftNotice
        setup.whileDetached = self.whileDetached
    }
}

struct FaultOptions: ParsableArguments {
    @Option(help: "Same seed, same faults for the same datagrams.")
    var seed: UInt64 = 1

    @Option(help: "Share of datagrams lost, each way.", transform: Text.fraction)
    var loss = 0.0

    @Option(help: "Share of datagrams doubled.", transform: Text.fraction)
    var duplicate = 0.0

    @Option(help: "Share of datagrams that comes late, and how late: 10%:700ms.", transform: Text.late)
    var late: FaultPlan.LateDelivery?

    @Option(help: "Delay of every datagram, each way.", transform: Text.duration)
    var delay: Duration = .zero

    @Option(help: "LENGTH@START: nothing passes; may be repeated.", transform: Text.blackout)
    var blackout: [FaultPlan.Blackout] = []

    @Option(help: "BMCs restart silently at this time; may be repeated.", transform: Text.duration)
    var rebootAt: [Duration] = []

    @Option(help: "BMCs restart silently over and over.", transform: Text.duration)
    var rebootEvery: Duration?

    @Option(help: "How long a restart takes.", transform: Text.duration)
    var rebootTakes: Duration = .seconds(1)

    @Option(help: "Somebody takes the SOL payload at this time; may be repeated.", transform: Text.duration)
    var theftAt: [Duration] = []

    @Option(
        help: "How long a thief keeps the payload. (default: until it is deactivated)",
        transform: Text.duration
    )
    var theftHolds: Duration?

    @Option(help: "The host's kernel panics at this time; may be repeated.", transform: Text.duration)
    var panicAt: [Duration] = []

    @Flag(help: "Somebody else has the SOL payload from the start.")
    var payloadBusy = false

    @Flag(help: "No session slot is free.")
    var slotsFull = false

    @Flag(help: "The BMC's password is another one.")
    var wrongPassword = false

    @Option(help: "RAKP answers come this late.", transform: Text.duration)
    var rakpDelay: Duration = .zero

    @Option(help: "Share of input packets refused by NACK.", transform: Text.fraction)
    var nack = 0.0

    @Option(help: "Most characters taken of an input packet.")
    var accept: Int?

    @Option(help: "Share of answers followed by rubbish.", transform: Text.fraction)
    var hostile = 0.0

    func apply(to plan: inout FaultPlan) {
        plan.seed = self.seed
        plan.loss = self.loss
        plan.duplication = self.duplicate
        plan.late = self.late
        plan.delay = self.delay
        plan.blackouts = self.blackout
        plan.rebootAt = self.rebootAt
        plan.rebootEvery = self.rebootEvery
        plan.rebootTakes = self.rebootTakes
        plan.theftAt = self.theftAt
        plan.theftHolds = self.theftHolds
        plan.panicAt = self.panicAt
        plan.payloadIsBusy = self.payloadBusy
        plan.slotsAreFull = self.slotsFull
        plan.passwordIsWrong = self.wrongPassword
        plan.rakpDelay = self.rakpDelay
        plan.inputNACK = self.nack
        plan.inputAcceptAtMost = self.accept
        plan.hostile = self.hostile
    }
}

struct RunOptions: ParsableArguments {
    @Option(
        help:
            "Append a JSON line per BMC to this file each interval in which something happened, and for all at the end."
    )
    var statsFile: String?

    @Option(help: "That interval.", transform: Text.duration)
    var statsInterval: Duration = .seconds(1)

    @Option(
        help:
            "Take commands (reboot 3, blackout 5s, steal 2, power 1 off, loss 5%, panic 1, quit) from: stdin."
    )
    var control: ControlSource?

    @Option(help: "Write the ready line to this descriptor, too, and close it.")
    var readyFd: Int32?

    enum ControlSource: String, ExpressibleByArgument, CaseIterable { case stdin }
}
