// SPDX-License-Identifier: Apache-2.0

/// All text logs: turns entries into lines and lines into writes, one write per touched console and hand-over.
///
/// Belongs to the log thread.
final class TextLogs {
    private struct Link {
        var batch: Int32
        var entry: Int32
        var next: Int32
    }

    /// The silence that makes the timer flush a line. Longer than the assembler's patience, because what arrived in time
    /// may still be in a shard's batch.
    static let silence = LineAssembler.patience + .milliseconds(300)
    /// How far a clock may step back without anybody noticing; stamps stand still for so long.
    static let toleratedStep: Int64 = 1_000

    let configuration: LogStoreConfiguration
    let paths: LogPaths
    let files: any FileLayer
    let errors: ErrorReport
    let reserve: Reserve
    let openLimit: Int
    /// Called with the path of each file moved to the archive.
    let archived: (String) -> Void

    var now: Moment
    /// By number; nil where a console was forgotten. 0 is never used.
    var consoles: [ConsoleLog?] = [nil]
    var openCount = 0
    var newestOpen: UInt32 = 0
    var oldestOpen: UInt32 = 0
    /// Consoles with an unfinished line, and with a backlog.
    var pending: [UInt32] = []
    var held: [UInt32] = []
    var foreignCheckPhase: UInt32 = 0
    var lastSecond = Duration.zero
    var lastLoss: Duration?
    var linesWritten: UInt64 = 0
    var bytesWritten: UInt64 = 0
    var linesLost: UInt64 = 0
    var bytesLost: UInt64 = 0
    let output = TextOutput()
    private var links: [Link] = []
    private var touched: [UInt32] = []

    init(
        configuration: LogStoreConfiguration,
        files: any FileLayer,
        errors: ErrorReport,
        reserve: Reserve,
        openLimit: Int,
        now: Moment,
        archived: @escaping (String) -> Void
    ) {
        self.configuration = configuration
        self.paths = LogPaths(directory: configuration.directory)
        self.files = files
        self.errors = errors
        self.reserve = reserve
        self.openLimit = max(1, openLimit)
        self.now = now
        self.archived = archived
    }

    func console(_ id: LogID) -> ConsoleLog? {
        Int(id.rawValue) < self.consoles.count ? self.consoles[Int(id.rawValue)] : nil
    }

    /// Begins a console's log. The file is made at once, so that `ls` and `tail -F` find it.
    @discardableResult
    func register(_ id: LogID, name: String, options: ConsoleLogOptions) -> ConsoleLog {
        while self.consoles.count <= Int(id.rawValue) { self.consoles.append(nil) }
        let console = ConsoleLog(id: id, name: name, options: options, paths: self.paths)
        self.consoles[Int(id.rawValue)] = console
        if options.writesText { _ = self.prepare(console) }
        return console
    }

    func change(_ id: LogID, options: ConsoleLogOptions) {
        guard let console = self.console(id), console.options != options else { return }
        let begins = options.writesText && !console.options.writesText
        if console.options.writesText, !options.writesText { self.finish(console) }
        console.options = options
        if begins { _ = self.prepare(console) }
    }

    func unregister(_ id: LogID) {
        guard let console = self.console(id) else { return }
        self.finish(console)
        self.close(console)
        if let backlog = console.backlog { self.noteLoss(lines: 0, bytes: UInt64(backlog.count)) }
        self.consoles[Int(id.rawValue)] = nil
        self.held.removeAll { $0 == id.rawValue }
        self.pending.removeAll { $0 == id.rawValue }
    }

    /// Writes what the batches hold, console by console.
    func handle(_ batches: [LogBatch], at now: Moment) {
        self.now = now
        self.sortByConsole(batches)
        for number in self.touched {
            guard let console = self.consoles[Int(number)] else { continue }
            self.handle(console, batches)
        }
        self.touched.removeAll(keepingCapacity: true)
        self.links.removeAll(keepingCapacity: true)
    }

    private func sortByConsole(_ batches: [LogBatch]) {
        for batchIndex in batches.indices {
            let entries = batches[batchIndex].entries
            for entryIndex in entries.indices {
                guard let console = self.console(entries[entryIndex].id), console.options.writesText else {
                    continue
                }
                let link = Int32(self.links.count)
                self.links.append(Link(batch: Int32(batchIndex), entry: Int32(entryIndex), next: -1))
                if console.firstLink < 0 {
                    console.firstLink = link
                    self.touched.append(console.id.rawValue)
                } else {
                    self.links[Int(console.lastLink)].next = link
                }
                console.lastLink = link
            }
        }
    }

    private func handle(_ console: ConsoleLog, _ batches: [LogBatch]) {
        _ = self.prepare(console)
        var link = console.firstLink
        console.firstLink = -1
        console.lastLink = -1
        console.wasTouched = true
        var hasAlert = false
        while link >= 0 {
            let place = self.links[Int(link)]
            let entry = batches[Int(place.batch)].entries[Int(place.entry)]
            let bytes = batches[Int(place.batch)].bytes
            self.take(entry, bytes.span.extracting(entry.offset..<(entry.offset + entry.count)), for: console)
            hasAlert = hasAlert || entry.kind == .alert
            link = place.next
        }
        self.commit(console, hasAlert: hasAlert)
    }

    private func take(_ entry: LogBatch.Entry, _ bytes: Span<UInt8>, for console: ConsoleLog) {
        switch entry.kind {
        case .output:
            self.takeOutput(bytes, at: entry.time, for: console)
        case .event:
            self.appendLine(UInt8(ascii: "*"), sanitizing: bytes, at: entry.time, for: console)
        case .alert:
            self.appendLine(UInt8(ascii: "!"), sanitizing: bytes, at: entry.time, for: console)
        case .input:
            self.appendLine(UInt8(ascii: "<"), sanitizing: bytes, at: entry.time, for: console)
        case .outputLost:
            var copy: [UInt8] = []
            unsafe bytes.withUnsafeBufferPointer { unsafe copy.append(contentsOf: $0) }
            let line = LossRecord(decoding: copy[...]).line
            self.appendLine(UInt8(ascii: "!"), sanitizing: line.bytes.span, at: entry.time, for: console)
        }
    }

    private func takeOutput(_ bytes: Span<UInt8>, at time: WallTime, for console: ConsoleLog) {
        let room = self.roomToday(console, at: time)
        var sink = TextSink(logs: self, console: console)
        console.assembler.feed(bytes.extracting(first: min(bytes.count, room)), at: time, into: &sink)
        console.lastFed = self.now.steady
        console.bytesToday += Int64(min(bytes.count, room))
        if console.assembler.hasPendingLine, !console.isListedAsPending {
            console.isListedAsPending = true
            self.pending.append(console.id.rawValue)
        }
        guard room < bytes.count else { return }
        if console.bytesSkipped == 0 {
            let line = EventLine("daily-limit", ["bytes": String(console.bytesToday)])
            self.appendLine(UInt8(ascii: "!"), sanitizing: line.bytes.span, at: time, for: console)
        }
        console.bytesSkipped += Int64(bytes.count - room)
    }

    private func roomToday(_ console: ConsoleLog, at time: WallTime) -> Int {
        guard let limit = console.options.dailyByteCount else { return .max }
        let day = WallTime.floorDivide(time.microseconds, by: 86_400_000_000)
        if day != console.day {
            if console.bytesSkipped > 0 {
                let line = EventLine("daily-limit-over", ["skipped": String(console.bytesSkipped)])
                self.appendLine(UInt8(ascii: "!"), sanitizing: line.bytes.span, at: time, for: console)
            }
            console.day = day
            console.bytesToday = 0
            console.bytesSkipped = 0
        }
        return Int(clamping: max(0, limit - console.bytesToday))
    }

    /// A line of our own. What the console has begun to print stands before it.
    func appendLine(_ kind: UInt8, sanitizing text: Span<UInt8>, at time: WallTime, for console: ConsoleLog) {
        var sink = TextSink(logs: self, console: console)
        console.assembler.flush(into: &sink)
        let stamp = self.stamp(for: time, console)
        var line: [UInt8] = []
        TextScan.appendSanitized(text, to: &line)
        self.output.appendLine(at: stamp, kind: kind, line.span)
    }

    /// The stamp of a line: never earlier than the one before it in the same file.
    func stamp(for time: WallTime, _ console: ConsoleLog) -> Int64 {
        var stamp = time.milliseconds
        if stamp < console.lastStamp {
            let isStep = console.lastStamp - stamp > TextLogs.toleratedStep
            if !isStep || !self.beginAfterStep(console, to: time) { stamp = console.lastStamp }
        }
        console.lastStamp = stamp
        return stamp
    }

    /// The clock was set back: says so and begins a new file. False when the old file cannot be written.
    private func beginAfterStep(_ console: ConsoleLog, to time: WallTime) -> Bool {
        guard console.backlog == nil, self.prepare(console) else { return false }
        let from = WallTime(microseconds: console.lastStamp * 1_000)
        let line = EventLine("clock-stepped-back", ["from": from.description, "to": time.description])
        self.output.appendLine(at: console.lastStamp, kind: UInt8(ascii: "*"), line.bytes.span)
        self.commit(console, hasAlert: false)
        return console.backlog == nil && self.rotate(console)
    }

    /// Ends a console's lines: what is unfinished is written as it is.
    func finish(_ console: ConsoleLog) {
        guard console.options.writesText else { return }
        var sink = TextSink(logs: self, console: console)
        console.assembler.finish(into: &sink)
        self.commit(console, hasAlert: false)
    }

    func emit(_ text: Span<UInt8>, continues: Bool, at time: WallTime, for console: ConsoleLog) {
        let kind = continues ? UInt8(ascii: "+") : UInt8(ascii: "|")
        self.output.appendLine(at: self.stamp(for: time, console), kind: kind, text)
    }
}

/// Carries finished lines from a console's assembler into the output buffer.
struct TextSink: LineSink {
    let logs: TextLogs
    let console: ConsoleLog

    mutating func line(_ text: Span<UInt8>, continues: Bool, at time: WallTime) {
        self.logs.emit(text, continues: continues, at: time, for: self.console)
    }
}
