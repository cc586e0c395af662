// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HeliographConfig
import OperatorSession

/// The seam's name where NIO's handler of the same name is about.
typealias OperatorChannelHandler = ChannelHandler

/// What stands behind all doors: attaches operators to consoles and runs commands.
struct Gateway: OperatorGateway {
    let directory: ConsoleDirectory
    let audit: AuditTrail
    let interpreter: CommandInterpreter

    func open(_ request: ChannelRequest, outlet: any Outlet) -> any ChannelHandler {
        guard Viewer(identity: request.identity).mayComeFromThere(self.directory.snapshot.configuration)
        else {
            self.audit.record("refused", request.identity, allowed: false, detail: "from")
            outlet.enqueueError(
                Array("heliograph: this user may not log in from there (users: from)\r\n".utf8)
            )
            return RefusedChannel(ExitStatus.notPermitted.rawValue, outlet: outlet)
        }
        let raw = request.terminal != nil && request.identity.method != OperatorIdentity.unixMethod
        let output = CommandOutput(outlet: outlet, needsCarriageReturns: raw)
        let command: Command
        do {
            command = try Self.command(for: request)
        } catch {
            output.fail("\(error.message); \(error.hint)")
            return RefusedChannel(ExitStatus.usage.rawValue, outlet: outlet)
        }
        if case .attach(let options) = command {
            return self.attach(options, request, outlet, output)
        }
        let (interpreter, identity) = (self.interpreter, request.identity)
        return CommandChannel(output: output) {
            await interpreter.run(command, by: identity, to: $0).rawValue
        }
    }

    private static func command(for request: ChannelRequest) throws(UsageError) -> Command {
        switch request.work {
        // Until there is a menu: the list says what there is to attach to.
        case .shell(console: nil): try CommandParser.parse(["list"])
        case .shell(console: .some(let name)): try CommandParser.parse(["attach", name])
        case .commandLine(let line): try CommandParser.parse(line: line)
        case .arguments(let words): try CommandParser.parse(words)
        }
    }

    private func attach(
        _ options: AttachOptions,
        _ request: ChannelRequest,
        _ outlet: any Outlet,
        _ output: CommandOutput
    ) -> any ChannelHandler {
        let snapshot = self.directory.snapshot
        guard let entry = snapshot.entries[options.console] else {
            if options.isBareName, Verb.suggestion(for: options.console) != nil {
                let error = CommandParser.unknownVerb(options.console)
                output.fail("\(error.message); \(error.hint)")
                return RefusedChannel(ExitStatus.usage.rawValue, outlet: outlet)
            }
            output.fail("there is no console \"\(options.console)\"; `list` shows those there are")
            return RefusedChannel(ExitStatus.unavailable.rawValue, outlet: outlet)
        }
        guard Viewer(identity: request.identity).may(.attach, entry.console, snapshot.configuration) else {
            self.audit.record(
                "refused",
                request.identity,
                console: options.console,
                allowed: false,
                detail: "attach"
            )
            output.fail("you may not attach to \"\(options.console)\" (ask for an `access` rule)")
            return RefusedChannel(ExitStatus.notPermitted.rawValue, outlet: outlet)
        }
        return AttachChannel(
            .init(entry: entry, mode: options.mode, escape: options.escape),
            identity: request.identity,
            outlet: outlet,
            directory: self.directory,
            audit: self.audit
        )
    }
}

extension OperatorIdentity {
    /// `method` of who came through the control socket.
    static let unixMethod = "unix"
}
