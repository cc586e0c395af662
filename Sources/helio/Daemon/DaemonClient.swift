// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc

/// Runs commands at the daemon.
struct DaemonClient {
    /// What is done with the terminal.
    enum Style: Equatable {
        /// Output is passed on; input is not read.
        case relay
        /// Input is passed on as well; a terminal is made raw.
        case interactive
    }

    let socketPath: String

    /// Runs a command and returns how it ended. `otherwise` is what to do when no daemon is there.
    func run(_ words: [String], _ style: Style, otherwise: ((ConnectError) -> Outcome)? = nil) -> Outcome {
        do throws(ConnectError) {
            let socket = try UnixSocket(connectingTo: self.socketPath)
            let request = ControlRequest(arguments: words, terminal: Terminal.current)
            guard request.fits else {
                Output.complain("the command line is too long")
                return .status(.usage)
            }
            return Conversation(socket: socket, path: self.socketPath, style: style).run(request)
        } catch {
            if let otherwise, !error.isNotPermitted { return otherwise(error) }
            Output.complain(error.text)
            return .status(error.isNotPermitted ? .notPermitted : .unavailable)
        }
    }

    /// The daemon's version, or nil when it cannot be asked.
    func daemonVersion() -> String? {
        do throws(ConnectError) {
            let socket = try UnixSocket(connectingTo: self.socketPath)
            return Conversation(socket: socket, path: self.socketPath, style: .relay).greet()
        } catch {
            return nil
        }
    }
}
