// SPDX-License-Identifier: Apache-2.0

import CCrypt
import ControlProtocol
import Glibc

/// `hash-password`: asks for a password and prints its yescrypt hash for `password_hash:` in the configuration.
enum HashPassword {
    /// crypt(5) takes no more.
    private static let maximumLength = 511

    static func run() -> Outcome {
        let isInteractive = isatty(STDIN_FILENO) == 1
        guard let password = self.ask("Password: ", isInteractive) else { return .status(.failed) }
        guard !password.isEmpty, password.count <= self.maximumLength, !password.contains(0) else {
            Output.complain("a password has 1 to \(self.maximumLength) bytes")
            return .status(.badData)
        }
        if isInteractive {
            guard let again = self.ask("Once more: ", isInteractive), again == password else {
                Output.complain("the passwords differ")
                return .status(.badData)
            }
        }
        guard let hash = self.hash(password) else {
            Output.complain("libcrypt cannot make a yescrypt hash")
            return .status(.failed)
        }
        Output.print(hash + "\n")
        return .status(.done)
    }

    /// A line from standard input, without echo on a terminal. The question goes to standard error, so that the output
    /// can be taken by a script.
    private static func ask(_ question: String, _ isInteractive: Bool) -> [UInt8]? {
        var terminal = Terminal()
        if isInteractive {
            guard Signals.watch() else { return nil }
            _ = Output.write(Array(question.utf8), to: STDERR_FILENO)
            terminal.hideTyping()
        }
        let line = self.readLine()
        terminal.restore()
        if isInteractive { _ = Output.write([0x0A], to: STDERR_FILENO) }
        if let signal = Signals.take().first(where: Signals.ends) { Signals.raiseByDefault(signal) }
        return line
    }

    private static func readLine() -> [UInt8]? {
        var line: [UInt8] = []
        while line.count <= self.maximumLength {
            var byte: UInt8 = 0
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR, !Signals.isTerminating { continue }
            guard count >= 0 else { return nil }
            if count == 0 || byte == 0x0A { break }
            line.append(byte)
        }
        return line
    }

    private static func hash(_ password: [UInt8]) -> String? {
        // Unsafe: C strings that libcrypt allocates; copied and freed here.
        guard let setting = unsafe crypt_gensalt_ra("$y$", 0, nil, 0) else { return nil }
        defer { unsafe free(setting) }
        var data: UnsafeMutableRawPointer?
        var size: Int32 = 0
        let phrase = password.map { CChar(bitPattern: $0) } + [0]
        defer { unsafe free(data) }
        guard let hash = unsafe crypt_ra(phrase, setting, &data, &size) else { return nil }
        return unsafe String(cString: hash)
    }
}
