// SPDX-License-Identifier: Apache-2.0

import IPMI

/// A fault set off while the simulator runs, one per line of its standard input:
///
///     reboot 3            the BMC restarts (3 = the third one, 2-5 = some, nothing or `all` = every one)
///     blackout 5s [N]     no datagram passes for that long
///     steal N             somebody takes the SOL payload
///     power N off         on, off, reset, cycle, nmi, soft
///     panic N             the host's kernel panics
///     loss 5% [N]         also: duplicate 5%, late 10%:700ms, delay 20ms, nack 5%, accept 3 (0: all), hostile 1%
///     slots-full on [N]   also: wrong-password on, rakp-delay 2s
package struct ControlCommand: Equatable, Sendable {
    /// Which BMCs; positions from 0 here, from 1 in the text.
    package enum Target: Equatable, Sendable {
        case all
        case some(ClosedRange<Int>)

        package func contains(_ index: Int) -> Bool {
            switch self {
            case .all: true
            case .some(let range): range.contains(index)
            }
        }
    }

    package enum Action: Equatable, Sendable {
        case reboot
        case steal
        case panic
        case power(PowerEvent)
        case powerCycle
        case blackout(Duration)
        case loss(Double)
        case duplicate(Double)
        case late(FaultPlan.LateDelivery)
        case delay(Duration)
        case nack(Double)
        case accept(Int)
        case hostile(Double)
        case slotsFull(Bool)
        case wrongPassword(Bool)
        case rakpDelay(Duration)
    }

    /// Why a line is not a command.
    package struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
        package var description: String
    }

    package var action: Action
    package var target: Target

    package init(_ action: Action, _ target: Target = .all) {
        self.action = action
        self.target = target
    }

    package init(parsing line: some StringProtocol) throws(ParseError) {
        let words: [String] = line.split { $0 == " " }.map { String($0) }
        guard let verb = words.first else { throw ParseError(description: "empty command") }
        let arguments = Array(words.dropFirst())
        switch verb {
        case "reboot": self = try Self.plain(.reboot, arguments)
        case "steal": self = try Self.plain(.steal, arguments)
        case "panic": self = try Self.plain(.panic, arguments)
        case "power":
            guard arguments.count == 2 else {
                throw ParseError(description: "power N on|off|reset|cycle|nmi|soft")
            }
            self.init(try Self.power(arguments[1]), try Self.target(arguments[0]))
        default:
            guard let value = arguments.first else {
                throw ParseError(description: "unknown command or no value: \(line)")
            }
            self.init(try Self.action(verb, value), try Self.target(arguments.dropFirst().first ?? "all"))
        }
    }

    private static func plain(_ action: Action, _ arguments: [String]) throws(ParseError) -> ControlCommand {
        ControlCommand(action, try Self.target(arguments.first ?? "all"))
    }

    private static func power(_ word: String) throws(ParseError) -> Action {
        if word == "cycle" { return .powerCycle }
        guard let event = PowerEvent(rawValue: word) else {
            throw ParseError(description: "no such power event: \(word)")
        }
        return .power(event)
    }

    private static func action(_ verb: String, _ value: String) throws(ParseError) -> Action {
        let action: Action? =
            switch verb {
            case "blackout": TextValues.duration(value).map(Action.blackout)
            case "loss": TextValues.fraction(value).map(Action.loss)
            case "duplicate": TextValues.fraction(value).map(Action.duplicate)
            case "late": TextValues.late(value).map(Action.late)
            case "delay": TextValues.duration(value).map(Action.delay)
            case "nack": TextValues.fraction(value).map(Action.nack)
            case "accept": Int(value).flatMap { $0 >= 0 ? .accept($0) : nil }
            case "hostile": TextValues.fraction(value).map(Action.hostile)
            case "slots-full": Self.flag(value).map(Action.slotsFull)
            case "wrong-password": Self.flag(value).map(Action.wrongPassword)
            case "rakp-delay": TextValues.duration(value).map(Action.rakpDelay)
            default: nil
            }
        guard let action else { throw ParseError(description: "cannot understand: \(verb) \(value)") }
        return action
    }

    private static func flag(_ word: String) -> Bool? {
        switch word {
        case "on": true
        case "off": false
        default: nil
        }
    }

    private static func target(_ word: String) throws(ParseError) -> Target {
        if word == "all" { return .all }
        let bounds = word.split(separator: "-").map { Int($0) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, bounds.count <= 2, first >= 1,
            last >= first
        else { throw ParseError(description: "no such BMC: \(word)") }
        return .some((first - 1)...(last - 1))
    }
}

extension ControlCommand.Action {
    /// Does it to one BMC and returns what that sends.
    func apply(to link: inout SimulatedLink, now: MonotonicInstant) -> [OutgoingDatagram] {
        switch self {
        case .reboot: link.reboot(now: now)
        case .steal: return link.stealPayload(now: now)
        case .panic: return link.panic(now: now)
        case .power(let event): return link.power(event, now: now)
        case .powerCycle: link.bmc.powerCycle(now: now)
        case .blackout(let length): link.blackOut(for: length, now: now)
        case .loss(let fraction): link.plan.loss = fraction
        case .duplicate(let fraction): link.plan.duplication = fraction
        case .late(let late): link.plan.late = late.fraction > 0 ? late : nil
        case .delay(let delay): link.plan.delay = delay
        case .nack(let fraction): link.plan.inputNACK = fraction
        case .accept(let count): link.plan.inputAcceptAtMost = count > 0 ? count : nil
        case .hostile(let fraction): link.plan.hostile = fraction
        case .slotsFull(let isFull): link.plan.slotsAreFull = isFull
        case .wrongPassword(let isWrong): link.plan.passwordIsWrong = isWrong
        case .rakpDelay(let delay): link.plan.rakpDelay = delay
        }
        return []
    }
}
