// SPDX-License-Identifier: Apache-2.0

extension TextLogs {
    /// Writes the output buffer to the console's file and empties it. What cannot be written goes to its backlog.
    func commit(_ console: ConsoleLog, hasAlert: Bool) {
        guard !self.output.isEmpty else { return }
        defer { self.output.removeAll() }
        if console.backlog != nil {
            self.hold(console, from: 0, hasAlert: hasAlert)
            if hasAlert { self.retry(console) }
            return
        }
        if console.file.isRotationDue(self.configuration.rotation, now: self.now.wall) {
            _ = self.rotate(console)
        }
        guard !self.reserve.isSpent || hasAlert, self.prepare(console) else {
            self.hold(console, from: 0, hasAlert: hasAlert)
            return
        }
        let result = unsafe self.output.withBytes { unsafe console.file.write($0, self.files) }
        self.bytesWritten += UInt64(result.count)
        guard let error = result.error else {
            self.linesWritten += UInt64(self.output.lineCount)
            return
        }
        self.noteFailure(error, console)
        self.hold(console, from: result.count, hasAlert: hasAlert)
        if hasAlert, self.reserve.isSpent { self.retry(console) }
    }

    private func hold(_ console: ConsoleLog, from written: Int, hasAlert: Bool) {
        var backlog = console.backlog ?? Backlog()
        console.backlog = nil
        if !console.isListedAsHeld {
            console.isListedAsHeld = true
            self.held.append(console.id.rawValue)
        }
        unsafe self.output.withBytes { unsafe backlog.append($0) }
        if written > 0 { backlog.wrote(written) }
        backlog.hasAlert = backlog.hasAlert || hasAlert
        self.trim(&backlog, console)
        console.backlog = backlog
    }

    private func trim(_ backlog: inout Backlog, _ console: ConsoleLog) {
        let share = self.configuration.memoryInTotal / max(1, self.held.count)
        let before = backlog.loss ?? Backlog.Loss()
        if backlog.trim(to: min(self.configuration.memoryPerConsole, share)) { console.file.isTorn = true }
        guard let after = backlog.loss, after != before else { return }
        self.noteLoss(lines: after.lineCount - before.lineCount, bytes: after.byteCount - before.byteCount)
    }

    func noteLoss(lines: UInt64, bytes: UInt64) {
        self.linesLost += lines
        self.bytesLost += bytes
        self.lastLoss = self.now.steady
    }

    private func noteFailure(_ error: FileError, _ console: ConsoleLog) {
        self.errors.note(error, path: console.file.path, at: self.now.steady)
        if ErrorNumber.meansFull(error.number) { _ = self.reserve.spend(self.files) }
    }

    /// Tries to write what is held back; the account of what was dropped stands before it.
    func retry(_ console: ConsoleLog) {
        guard var backlog = console.backlog, self.prepare(console) else { return }
        console.backlog = nil
        defer {
            if !backlog.isEmpty || backlog.loss != nil { console.backlog = backlog }
        }
        if let loss = backlog.loss {
            guard self.write(loss, console) else { return }
            backlog.reportedLoss()
        }
        let result = unsafe backlog.withBytes { unsafe console.file.write($0, self.files) }
        backlog.wrote(result.count)
        self.bytesWritten += UInt64(result.count)
        if let error = result.error { self.noteFailure(error, console) }
    }

    private func write(_ loss: Backlog.Loss, _ console: ConsoleLog) -> Bool {
        let line = EventLine(
            "log-gap",
            [
                "bytes": String(loss.byteCount), "lines": String(loss.lineCount), "from": loss.first,
                "to": loss.last,
            ]
        )
        let bytes = Array(loss.last.utf8) + Array(" ! ".utf8) + line.bytes + [0x0A]
        let result = unsafe bytes.withUnsafeBytes { unsafe console.file.write($0, self.files) }
        guard let error = result.error else { return true }
        if result.count > 0 { console.file.isTorn = true }
        self.noteFailure(error, console)
        return false
    }

    // MARK: Opening

    /// Opens the console's file unless it is open. False when that fails.
    func prepare(_ console: ConsoleLog) -> Bool {
        if console.file.isOpen {
            self.markNewest(console)
            return true
        }
        if self.openCount >= self.openLimit { self.closeOldest() }
        if self.open(console) { return true }
        return false
    }

    private func open(_ console: ConsoleLog) -> Bool {
        for attempt in 0...1 {
            do throws(FileError) {
                let tail = try console.file.open(
                    self.files,
                    mode: self.configuration.fileMode,
                    rotation: self.configuration.rotation,
                    now: self.now.wall
                )
                self.link(console)
                if let tail { self.adopt(tail, console) }
                return true
            } catch {
                self.errors.note(error, path: console.file.path, at: self.now.steady)
                let isShort = [ErrorNumber.tooManyFiles, ErrorNumber.fileTableFull].contains(error.number)
                guard isShort, attempt == 0, self.openCount > 0 else { return false }
                for _ in 0..<max(1, self.openCount / 8) { self.closeOldest() }
            }
        }
        return false
    }

    /// Learns from a file that is not as it was left: the last stamp in it, so that none goes backwards.
    private func adopt(_ tail: [UInt8], _ console: ConsoleLog) {
        if console.backlog?.isTorn == true {
            // The beginning of the line is in another file by now; what is left stands as it is.
            console.file.isTorn = false
        }
        guard let stamp = TextLogs.lastStamp(in: tail) else { return }
        console.lastStamp = stamp.milliseconds
        console.file.planRotation(after: stamp, self.configuration.rotation)
    }

    static func lastStamp(in tail: [UInt8]) -> WallTime? {
        var end = tail.endIndex
        while end > 0 {
            let lineEnd = tail[end - 1] == 0x0A ? end - 1 : end
            let start = tail[..<lineEnd].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            if let stamp = LogLine.stamp(tail[start..<lineEnd]) { return stamp }
            end = start
        }
        return nil
    }

    /// Closes the file now and begins a new one. False when the old one stays.
    func rotate(_ console: ConsoleLog) -> Bool {
        self.close(console)
        do throws(FileError) {
            let target = try console.file.moveToArchive(
                self.files,
                directoryMode: self.configuration.directoryMode,
                now: max(
                    self.now.wall,
                    WallTime(microseconds: console.lastStamp == .min ? .min : console.lastStamp * 1_000)
                )
            )
            self.archived(target)
        } catch {
            self.errors.note(error, path: console.file.path, at: self.now.steady)
            _ = self.prepare(console)
            console.file.postponeRotation(now: self.now.wall)
            return false
        }
        return self.prepare(console)
    }

    /// Closes every file; they are opened again when they are next written.
    func reopenAll() {
        for console in self.consoles {
            guard let console, console.file.isOpen else { continue }
            self.close(console)
            _ = self.prepare(console)
        }
    }

    // MARK: The open files, most recently used first

    private func link(_ console: ConsoleLog) {
        self.openCount += 1
        console.newer = 0
        console.older = self.newestOpen
        if let second = self.consoles[Int(self.newestOpen)] { second.newer = console.id.rawValue }
        self.newestOpen = console.id.rawValue
        if self.oldestOpen == 0 { self.oldestOpen = console.id.rawValue }
    }

    private func unlink(_ console: ConsoleLog) {
        self.openCount -= 1
        if let newer = self.consoles[Int(console.newer)] { newer.older = console.older }
        if let older = self.consoles[Int(console.older)] { older.newer = console.newer }
        if self.newestOpen == console.id.rawValue { self.newestOpen = console.older }
        if self.oldestOpen == console.id.rawValue { self.oldestOpen = console.newer }
        console.newer = 0
        console.older = 0
    }

    private func markNewest(_ console: ConsoleLog) {
        guard self.newestOpen != console.id.rawValue else { return }
        self.unlink(console)
        self.link(console)
    }

    func close(_ console: ConsoleLog) {
        guard console.file.isOpen else { return }
        console.file.close(self.files)
        self.unlink(console)
    }

    private func closeOldest() {
        guard let console = self.consoles[Int(self.oldestOpen)] else { return }
        self.close(console)
    }
}
