// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// OpenIPMI's `ipmi_sim` with a host on its serial port: the test itself.
final class OpenIPMISimulator: Sendable {
    let port: Int
    /// What the host receives.
    var received: ByteCollector { self.host.output }
    private let host: ChildProcess
    private let scratch: ScratchDirectory
    private let process: Slot

    /// Starts it, with K_g or without, with a serial port behind SOL or without.
    static func start(key: String? = nil, hasSerialPort: Bool = true) async throws -> OpenIPMISimulator {
        let scratch = try ScratchDirectory()
        let port = try Ports.free(kind: .udp)
        // The host's end stays open while ipmi_sim comes and goes.
        let host = try ChildProcess(
            "socat",
            ["-d", "-d", "-,ignoreeof", "pty,raw,echo=0,ignoreeof,link=\(scratch["tty"])"],
            directory: scratch.path,
            input: .pipe
        )
        try await eventually("socat has its pseudo terminal", evidence: { host.errors.text }) {
            access(scratch["tty"], F_OK) == 0
        }
        try Self.configure(scratch, port: port, key: key, hasSerialPort: hasSerialPort)
        let simulator = OpenIPMISimulator(port: port, host: host, scratch: scratch)
        try await simulator.launch()
        return simulator
    }

    private init(port: Int, host: ChildProcess, scratch: ScratchDirectory) {
        self.port = port
        self.host = host
        self.scratch = scratch
        self.process = Slot()
    }

    deinit {
        self.process.value?.end()
        self.host.end()
    }

    /// The host prints something.
    func print(_ text: String) { self.host.write(text) }

    /// What ipmi_sim and socat said, for failures.
    var diagnostics: String {
        let process = self.process.value
        let status = process?.exitStatus.map { "ended with \($0)" } ?? "runs"
        return
            "ipmi_sim \(status): \(process?.output.text ?? "")\(process?.errors.text ?? "")\n\(self.host.errors.text)"
    }

    /// The BMC dies.
    func kill() async throws {
        guard let process = self.process.value else { return }
        process.signal(SIGKILL)
        try await process.waitForExit()
    }

    /// It starts, and answers.
    func launch() async throws {
        let process = try ChildProcess(
            "ipmi_sim",
            ["-c", "lan.conf", "-f", "sim.emu", "-s", "state", "-n"],
            directory: self.scratch.path
        )
        self.process.value = process
        let port = String(format: ":%04X", self.port)
        try await eventually("ipmi_sim listens", evidence: { process.output.text + process.errors.text }) {
            guard process.exitStatus == nil else {
                throw ChildProcess.Failure(description: "ipmi_sim ended: \(process.errors.text)")
            }
            return try ProcFile.read("/proc/net/udp").contains(port)
        }
    }

    private static func configure(_ scratch: ScratchDirectory, port: Int, key: String?, hasSerialPort: Bool)
        throws
    {
        try FileManager.default.createDirectory(
            atPath: scratch["state"],
            withIntermediateDirectories: true
        )
        let authentication = "none md2 md5 straight"
        try scratch.write(
            "lan.conf",
            """
            name "heliograph"
            set_working_mc 0x20
              startlan 1
                addr 127.0.0.1 \(port)
                priv_limit admin
                allowed_auths_callback \(authentication)
                allowed_auths_user \(authentication)
                allowed_auths_operator \(authentication)
                allowed_auths_admin \(authentication)
                guid a123456789abcdefa123456789abcdef
                \(key.map { "bmc_key \"\($0)\"" } ?? "")
              endlan
              \(hasSerialPort ? "sol \"\(scratch["tty"])\" 115200" : "")
              user 1 true "" "anonymous" user 10 \(authentication)
              user 2 true "admin" "\(Daemon.bmcPassword)" admin 10 \(authentication)

            """
        )
        try scratch.write(
            "sim.emu",
            """
            mc_setbmc 0x20
            mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
            sel_enable 0x20 1000 0x0a
            mc_enable 0x20

            """
        )
    }

    /// The process now running; only the test's own task changes it.
    private final class Slot: @unchecked Sendable {
        // Unchecked: one test, one task.
        var value: ChildProcess?
    }
}
