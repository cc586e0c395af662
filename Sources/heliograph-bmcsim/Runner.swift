// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import Dispatch
import Foundation

/// Everything around the serving thread: the ready line, signals, the statistics file, commands from standard input.
/// All of it runs on the main queue.
final class Runner {
    private let host: UDPHost
    private let setup: SimulatorSetup
    private let options: RunOptions
    private let usesDemonstrationPassword: Bool
    private let serving = DispatchGroup()
    private var statistics: FileHandle?
    private var written: [HostReport] = []
    private var pendingInput: [UInt8] = []

    init(_ host: UDPHost, setup: SimulatorSetup, options: RunOptions, usesDemonstrationPassword: Bool) {
        self.host = host
        self.setup = setup
        self.options = options
        self.usesDemonstrationPassword = usesDemonstrationPassword
    }

    func run() -> Never {
        self.openStatistics()
        var sources = self.signalSources()
        if self.statistics != nil { sources.append(self.statisticsSource()) }
        if self.options.control == .stdin { sources.append(self.inputSource()) }
        for source in sources { source.activate() }
        self.serve()
        self.announce()
        dispatchMain()
    }

    private func serve() {
        let (host, serving) = (self.host, self.serving)
        serving.enter()
        let thread = Thread {
            host.run()
            serving.leave()
        }
        thread.name = "bmcsim"
        thread.start()
    }

    private func announce() {
        if self.usesDemonstrationPassword {
            self.print(
                "user \(self.setup.userName), password \(BMCConfiguration.demonstrationPassword) (for demonstrations)"
            )
        }
        let addresses = self.host.addresses
        if addresses.count <= 16 {
            for (index, address) in addresses.enumerated() {
                self.print("\(self.setup.name(index)) \(address)")
            }
        }
        guard let first = addresses.first, let last = addresses.last else { return }
        let line = "ready \(addresses.count) \(first) \(last)"
        self.print(line)
        guard let descriptor = self.options.readyFd else { return }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try? handle.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// Straight to the descriptor: whoever waits for the ready line must not wait for a buffer.
    private func print(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }

    private func complain(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("heliograph-bmcsim: \(text)\n".utf8))
    }

    private func finish() -> Never {
        self.host.stop()
        self.serving.wait()
        self.writeStatistics(onlyChanges: false)
        exit(EXIT_SUCCESS)
    }

    private func signalSources() -> [any DispatchSourceProtocol] {
        // A reader that went away shows as a failed write, not as a death.
        signal(SIGPIPE, SIG_IGN)
        return [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .main)
            source.setEventHandler { self.finish() }
            return source
        }
    }

    // MARK: Statistics

    private func openStatistics() {
        guard let path = self.options.statsFile else { return }
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let handle = FileHandle(forWritingAtPath: path) else {
            self.complain("cannot write \(path)")
            exit(EXIT_FAILURE)
        }
        _ = try? handle.seekToEnd()
        self.statistics = handle
    }

    private func statisticsSource() -> any DispatchSourceProtocol {
        let (seconds, attoseconds) = self.options.statsInterval.components
        let milliseconds = max(10, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
        let source = DispatchSource.makeTimerSource(queue: .main)
        source.schedule(
            deadline: .now() + .milliseconds(milliseconds),
            repeating: .milliseconds(milliseconds)
        )
        source.setEventHandler { self.writeStatistics(onlyChanges: true) }
        return source
    }

    private func writeStatistics(onlyChanges: Bool) {
        guard let statistics = self.statistics, let reports = self.host.reports() else { return }
        var text = ""
        for (index, report) in reports.enumerated() {
            if onlyChanges, self.written.indices.contains(index), self.written[index] == report { continue }
            text += report.json + "\n"
        }
        self.written = reports
        do {
            try statistics.write(contentsOf: Data(text.utf8))
        } catch {
            self.complain("statistics: \(error)")
        }
    }

    // MARK: Commands

    private func inputSource() -> any DispatchSourceProtocol {
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .main)
        source.setEventHandler {
            let data = FileHandle.standardInput.availableData
            guard !data.isEmpty else { return source.cancel() }
            self.pendingInput.append(contentsOf: data)
            while let end = self.pendingInput.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: self.pendingInput[..<end], as: UTF8.self)
                self.pendingInput.removeFirst(end + 1)
                self.obey(line)
            }
        }
        return source
    }

    private func obey(_ line: String) {
        switch line {
        case "": return
        case "quit": self.finish()
        case "stats":
            self.writeStatistics(onlyChanges: false)
            self.print("ok \(line)")
        default:
            do {
                self.host.perform(try ControlCommand(parsing: line))
                self.print("ok \(line)")
            } catch {
                self.complain("\(error)")
            }
        }
    }
}
