// SPDX-License-Identifier: Apache-2.0

extension TextLogs {
    /// How long the timers here may wait.
    var restingTime: Duration {
        self.pending.isEmpty ? .seconds(1) : .milliseconds(250)
    }

    /// Does what time asks for: unfinished lines, and once a second held-back lines, rotation by age, and (a fifth of the
    /// files each second) the look whether somebody else moved a file.
    func tick(at now: Moment) {
        self.now = now
        self.flushSilentLines()
        guard now.steady - self.lastSecond >= .seconds(1) else { return }
        self.lastSecond = now.steady
        self.retryHeld()
        self.foreignCheckPhase = (self.foreignCheckPhase + 1) % 5
        for console in self.consoles {
            guard let console else { continue }
            if console.file.isRotationDue(self.configuration.rotation, now: now.wall), console.backlog == nil
            {
                _ = self.rotate(console)
            } else if console.id.rawValue % 5 == self.foreignCheckPhase {
                self.followForeignRotation(console)
            }
        }
    }

    private func flushSilentLines() {
        guard !self.pending.isEmpty else { return }
        self.pending.removeAll { number in
            guard let console = self.consoles[Int(number)] else { return true }
            if console.assembler.hasPendingLine {
                guard self.now.steady - console.lastFed >= TextLogs.silence else { return false }
                self.flushLine(of: console)
            }
            console.isListedAsPending = false
            return true
        }
    }

    /// Writes a console's unfinished line; the rest will follow as a continuation.
    func flushLine(of console: ConsoleLog) {
        _ = self.prepare(console)
        var sink = TextSink(logs: self, console: console)
        console.assembler.flush(into: &sink)
        self.commit(console, hasAlert: false)
    }

    private func retryHeld() {
        if self.reserve.isSpent { self.reserve.restore(self.files) }
        guard !self.held.isEmpty else { return }
        for number in self.held {
            guard let console = self.consoles[Int(number)] else { continue }
            if self.reserve.isSpent, console.backlog?.hasAlert != true { continue }
            self.retry(console)
        }
        self.held.removeAll { number in
            guard let console = self.consoles[Int(number)] else { return true }
            console.isListedAsHeld = console.backlog != nil
            return !console.isListedAsHeld
        }
    }

    /// `logrotate` with rename: the path names another file, or none. No postrotate script is needed.
    private func followForeignRotation(_ console: ConsoleLog) {
        guard console.file.isOpen, !console.file.isStillThere(self.files) else { return }
        self.close(console)
        _ = self.prepare(console)
    }

    /// Writes every unfinished line.
    func flushAllLines() {
        for number in self.pending {
            guard let console = self.consoles[Int(number)], console.assembler.hasPendingLine else { continue }
            self.flushLine(of: console)
        }
    }

    /// Where the open text logs end, for a `P` frame: all that was touched since the last time and is on disk.
    func takePositions() -> [UInt8] {
        var bytes: [UInt8] = []
        for console in self.consoles {
            guard let console, console.wasTouched, console.backlog == nil else { continue }
            console.wasTouched = false
            bytes.appendLittleEndian(console.id.rawValue)
            bytes.appendLittleEndian(console.file.status.device)
            bytes.appendLittleEndian(console.file.status.inode)
            bytes.appendLittleEndian(UInt64(max(0, console.file.size)))
        }
        return bytes
    }

    var heldBytes: Int {
        self.held.reduce(0) { $0 + (self.consoles[Int($1)]?.backlog?.count ?? 0) }
    }
}
