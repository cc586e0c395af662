// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Glibc

/// One command's conversation with the daemon: a poll loop over the socket, the operator's input and signals.
final class Conversation {
    private let socket: UnixSocket
    private let socketPath: String
    private let style: DaemonClient.Style
    private var decoder = ControlFrameDecoder()
    /// Frames on their way to the daemon. While it holds more than `outgoingLimit`, no input is read.
    private var outgoing: [UInt8] = []
    private var terminal = Terminal()
    private var readsInput = false
    private var outcome: Outcome?
    /// The signal that ends this program, raised again after the terminal has been restored.
    private var lastSignal: Int32?
    /// What the daemon said first: its version.
    private var greeting: String?

    private static let outgoingLimit = 64 * 1024
    /// How long the daemon may take for its first words, in milliseconds.
    private static let greetingPatience: Int32 = 10_000

    init(socket: consuming UnixSocket, path: String, style: DaemonClient.Style) {
        self.socket = socket
        self.socketPath = path
        self.style = style
    }

    /// Runs a command to its end.
    func run(_ request: ControlRequest) -> Outcome {
        if self.style == .interactive, !Signals.watch() {
            Output.complain("cannot watch signals: \(SystemError.text(errno))")
            return .status(.failed)
        }
        self.send(.request(request))
        while self.outcome == nil { self.turn() }
        self.terminal.restore()
        if let signal = self.lastSignal { Signals.raiseByDefault(signal) }
        return self.outcome ?? .status(.failed)
    }

    /// Waits for the daemon's first words alone: its version, or nil.
    func greet() -> String? {
        while self.outcome == nil, self.greeting == nil { self.turn() }
        return self.greeting
    }

    // MARK: The loop

    private func turn() {
        let wantsInput = self.readsInput && self.outgoing.count < Self.outgoingLimit
        let socketEvents = self.outgoing.isEmpty ? POLLIN : POLLIN | POLLOUT
        var wanted = [
            pollfd(fd: self.socket.descriptor, events: Int16(socketEvents), revents: 0),
            pollfd(fd: wantsInput ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: Signals.pipe, events: Int16(POLLIN), revents: 0),
        ]
        let count = unsafe poll(
            &wanted,
            nfds_t(wanted.count),
            self.greeting == nil ? Self.greetingPatience : -1
        )
        if count == 0 { self.fail("the daemon at \(self.socketPath) does not answer") }
        if count < 0, errno != EINTR { self.fail("poll: \(SystemError.text(errno))") }
        guard count > 0 else { return }
        if wanted[2].revents != 0 { for signal in Signals.take() { self.take(signal: signal) } }
        if wanted[0].revents & Int16(POLLOUT) != 0 { self.writeSocket() }
        if wanted[0].revents & ~Int16(POLLOUT) != 0 { self.readSocket() }
        if wanted[1].revents != 0 { self.readInput() }
    }

    private func fail(_ text: String) {
        guard self.outcome == nil else { return }
        self.terminal.restore()
        Output.complain(text)
        self.outcome = .status(.unavailable)
    }

    private func send(_ frame: ControlFrame) { self.outgoing += frame.encoded }

    // MARK: The socket

    private func writeSocket() {
        let count = unsafe self.outgoing.withUnsafeBytes {
            unsafe write(self.socket.descriptor, $0.baseAddress, $0.count)
        }
        if count >= 0 {
            self.outgoing.removeFirst(count)
        } else if errno != EAGAIN, errno != EINTR {
            // The daemon has closed. What it said before that is still to be read; the end of file comes after it.
            self.outgoing.removeAll()
            self.readsInput = false
        }
    }

    private func readSocket() {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe read(self.socket.descriptor, $0.baseAddress, $0.count)
        }
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            let isCut = self.greeting == nil || self.decoder.bufferedByteCount > 0
            self.fail(
                isCut ? "the connection was closed: \(self.socketPath)" : "the daemon closed the connection"
            )
            return
        }
        self.decoder.append(bytes[..<count])
        do throws(ControlFrameError) {
            while self.outcome == nil, let frame = try self.decoder.next() { self.take(frame) }
        } catch {
            self.fail("\(self.socketPath): \(error)")
        }
    }

    private func take(_ frame: ControlFrame) {
        switch frame {
        case .hello(let version, let daemon): self.takeHello(version, daemon)
        case _ where self.greeting == nil: self.fail("\(self.socketPath): not the socket of heliographd")
        case .stdout(let bytes): self.show(bytes, on: STDOUT_FILENO)
        case .stderr(let bytes):
            // The daemon does not know that this terminal is raw.
            let text = self.terminal.isChanged ? bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } : bytes
            self.show(text, on: STDERR_FILENO)
        case .suspend: self.suspend()
        case .exit(let status): self.outcome = .relayed(status)
        case .request, .stdin, .stdinEnd, .resize, .sendBreak, .resumed:
            self.fail("\(self.socketPath): not the socket of heliographd")
        }
    }

    private func takeHello(_ version: UInt8, _ daemon: String) {
        guard version == ControlFrame.protocolVersion else {
            let ours = ControlFrame.protocolVersion
            self.fail(
                "heliographd speaks version \(version) of the control protocol, helio \(ours): update one"
            )
            return
        }
        guard self.greeting == nil else { return }
        self.greeting = daemon
        guard self.style == .interactive else { return }
        self.readsInput = true
        if Terminal.isInteractive { self.terminal.makeRaw() }
    }

    private func show(_ bytes: [UInt8], on descriptor: Int32) {
        guard !Output.write(bytes, to: descriptor), self.outcome == nil else { return }
        // The reader is gone (`| head`), or a signal came, which the next turn sees.
        if !Signals.isTerminating { self.outcome = .status(.done) }
    }

    // MARK: The operator

    private func readInput() {
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe read(STDIN_FILENO, $0.baseAddress, $0.count)
        }
        if count > 0 {
            self.send(.stdin(Array(bytes[..<count])))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            self.readsInput = false
            self.send(.stdinEnd)
        }
    }

    private func take(signal: Int32) {
        switch signal {
        case SIGWINCH: self.sendSize()
        case SIGTSTP: self.suspend()
        case SIGCONT:
            // The shell may have changed the modes while we were stopped.
            if self.greeting != nil, Terminal.isInteractive { self.terminal.makeRaw() }
        default:
            self.lastSignal = signal
            if self.outcome == nil { self.outcome = .status(.failed) }
        }
    }

    private func sendSize() {
        let size = Terminal.size
        self.send(.resize(columns: size.columns, rows: size.rows))
    }

    private func suspend() {
        let wasRaw = self.terminal.isChanged
        self.terminal.restore()
        Signals.stop()
        if wasRaw { self.terminal.makeRaw() }
        self.sendSize()
        self.send(.resumed)
    }
}
