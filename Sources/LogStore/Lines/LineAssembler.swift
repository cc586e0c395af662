// SPDX-License-Identifier: Apache-2.0

// A console prints bytes; a log has lines. Between them stands a terminal of one line:
//
//                    ESC            [
//     +----------+ -------> escape -----> csi ------ final byte ---+
//     |  ground  |            |---------> string --- BEL, ESC \ ---+--> ground
//     +----------+            |---------> palette -- 7 digits -----+
//        |    ^               +--- other ------------------------->+
//     high byte  complete
//        v    |
//      character
//
// Nothing here looks at a clock: the same bytes with the same arrival times give the same lines, from the shards and
// from the recorder.

/// Where finished lines go.
protocol LineSink {
    /// Takes one line's text, without LF. `continues` is true for the rest of a line that was flushed while incomplete.
    mutating func line(_ text: Span<UInt8>, continues: Bool, at time: WallTime)
}

/// Makes lines of text out of what one console prints (see the table in `LineAssemblerTests`).
///
/// Bounded: a line is at most `byteLimit` bytes; nothing is allocated while no line is pending.
struct LineAssembler: Sendable {
    static let byteLimit = 4_096
    /// A line that has been left unfinished for so long is flushed.
    static let patience = Duration.seconds(2)
    /// Cursor movements do not go beyond this column; text does.
    private static let columnLimit = 255
    private static let stringLimit: UInt16 = 4_096
    private static let sequenceLimit: UInt16 = 64
    private static let patienceMicroseconds: Int64 = 2_000_000

    private enum Mode: UInt8 {
        case ground, character, escape, escapeIntermediate, csi, oscStart, string, palette
    }

    /// The pending line. Complete characters only.
    private var text: [UInt8] = []
    /// The byte offset of the cursor in `text`, always where a character begins.
    private var cursor = 0
    private var stamp = WallTime(microseconds: 0)
    private var lastArrival = WallTime(microseconds: .min)
    /// The bytes of a character or string so far, or digits of a palette entry.
    private var sequenceLength: UInt16 = 0
    private var parameter: UInt16 = 0
    /// Columns between the end of `text` and the cursor.
    private var gap: UInt8 = 0
    private var mode = Mode.ground
    private var parameterIsComplete = false
    private var isForeignSequence = false
    private var continues = false
    private var isASCII = true
    private var character: [4 of UInt8] = [4 of UInt8](repeating: 0)

    init() {}

    /// True while a line has begun and is not finished.
    var hasPendingLine: Bool { !self.text.isEmpty }

    /// Takes what the console printed and arrived at `time`.
    mutating func feed(_ bytes: Span<UInt8>, at time: WallTime, into sink: inout some LineSink) {
        if self.hasPendingLine,
            time.microseconds &- self.lastArrival.microseconds >= LineAssembler.patienceMicroseconds
        {
            self.flush(into: &sink)
        }
        self.lastArrival = time
        var index = 0
        while index < bytes.count {
            if self.mode == .ground {
                index = self.ground(bytes, from: index, into: &sink)
            } else {
                index += self.sequence(bytes[index], into: &sink)
            }
        }
        if self.text.isEmpty, self.text.capacity > 0 { self.text = [] }
    }

    /// Writes out the unfinished line, which goes on as `continues`.
    mutating func flush(into sink: inout some LineSink) {
        guard self.hasPendingLine else { return }
        self.emit(into: &sink)
        self.continues = true
    }

    /// Writes out everything and forgets the rest: the console will print no more.
    mutating func finish(into sink: inout some LineSink) {
        if self.mode == .character { self.abandonCharacter(into: &sink) }
        self.flush(into: &sink)
        self = LineAssembler()
    }

    // MARK: Ground

    private mutating func ground(_ bytes: Span<UInt8>, from start: Int, into sink: inout some LineSink) -> Int
    {
        let end = TextScan.endOfText(bytes, from: start)
        guard end > start else { return start + self.control(bytes[start], into: &sink) }
        if self.text.isEmpty, self.gap == 0, end < bytes.count, end - start <= LineAssembler.byteLimit {
            var next = end
            if bytes[next] == 0x0D, next + 1 < bytes.count { next += 1 }
            if bytes[next] == 0x0A {
                sink.line(bytes.extracting(start..<end), continues: self.continues, at: self.lastArrival)
                self.continues = false
                return next + 1
            }
        }
        self.put(bytes.extracting(start..<end), into: &sink)
        return end
    }

    /// Returns how many bytes were consumed: 1, or 0 when the byte belongs to another mode.
    private mutating func control(_ byte: UInt8, into sink: inout some LineSink) -> Int {
        switch byte {
        case 0x0A:
            self.endLine(into: &sink)
        case 0x0D:
            self.cursor = 0
            self.gap = 0
        case 0x08:
            self.moveBack(1)
        case 0x1B:
            self.enter(.escape)
        case 0xC2...0xF4:
            self.character[0] = byte
            self.sequenceLength = 1
            self.mode = .character
        case 0x80...0xFF:
            self.putEscaped(byte, into: &sink)
        default:
            break
        }
        return 1
    }

    private mutating func enter(_ mode: Mode) {
        self.mode = mode
        self.sequenceLength = 0
        self.parameter = 0
        self.parameterIsComplete = false
        self.isForeignSequence = false
    }

    private mutating func endLine(into sink: inout some LineSink) {
        if self.text.isEmpty {
            // The rest of a flushed line was nothing: the line was complete already.
            if !self.continues { sink.line(self.text.span, continues: false, at: self.lastArrival) }
        } else {
            self.emit(into: &sink)
        }
        self.continues = false
        self.cursor = 0
        self.gap = 0
    }

    /// The cursor goes to another row: what stands in this one is complete.
    private mutating func leaveRow(into sink: inout some LineSink) {
        if self.hasPendingLine { self.emit(into: &sink) }
        self.continues = false
        self.cursor = 0
        self.gap = 0
    }

    private mutating func emit(into sink: inout some LineSink) {
        sink.line(self.text.span, continues: self.continues, at: self.stamp)
        self.text.removeAll(keepingCapacity: true)
        self.isASCII = true
        self.cursor = 0
        self.gap = 0
    }

    // MARK: Sequences

    private mutating func sequence(_ byte: UInt8, into sink: inout some LineSink) -> Int {
        if self.mode == .character { return self.continueCharacter(byte, into: &sink) }
        switch byte {
        case 0x0A, 0x0D:
            // A line end counts wherever it comes, or noise could swallow a panic.
            self.mode = .ground
            return 0
        case 0x18, 0x1A:
            self.mode = .ground
            return 1
        case 0x1B:
            self.enter(.escape)
            return 1
        default:
            break
        }
        self.sequenceLength += 1
        switch self.mode {
        case .escape, .escapeIntermediate: return self.escape(byte, into: &sink)
        case .csi: return self.csi(byte, into: &sink)
        case .oscStart: self.oscStart(byte)
        case .string:
            if byte == 0x07 || self.sequenceLength >= LineAssembler.stringLimit { self.mode = .ground }
        case .palette:
            if self.sequenceLength >= 7 { self.mode = .ground }
        case .ground, .character: self.mode = .ground
        }
        return 1
    }

    private mutating func escape(_ byte: UInt8, into sink: inout some LineSink) -> Int {
        switch byte {
        case 0x20...0x2F:
            self.mode = self.sequenceLength < LineAssembler.sequenceLimit ? .escapeIntermediate : .ground
        case 0x00..<0x20, 0x7F:
            break
        case 0x80...0xFF:
            self.mode = .ground
            return 0
        case _ where self.mode == .escapeIntermediate:
            self.mode = .ground
        case UInt8(ascii: "["):
            self.enter(.csi)
        case UInt8(ascii: "]"):
            self.enter(.oscStart)
        case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "k"):
            self.enter(.string)
        case UInt8(ascii: "c"), UInt8(ascii: "D"), UInt8(ascii: "E"), UInt8(ascii: "M"):
            self.mode = .ground
            self.leaveRow(into: &sink)
        default:
            self.mode = .ground
        }
        return 1
    }

    /// `ESC ] P rrggbb...` and `ESC ] R` are the Linux console's own and have no terminator.
    private mutating func oscStart(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "P"): self.enter(.palette)
        case UInt8(ascii: "R"), 0x07: self.mode = .ground
        default: self.mode = .string
        }
    }

    private mutating func csi(_ byte: UInt8, into sink: inout some LineSink) -> Int {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            if !self.parameterIsComplete {
                self.parameter = min(self.parameter * 10 + UInt16(byte - UInt8(ascii: "0")), 4_000)
            }
        case UInt8(ascii: ":"), UInt8(ascii: ";"):
            self.parameterIsComplete = true
        case 0x20...0x3F:
            self.isForeignSequence = true
        case 0x40...0x7E:
            self.mode = .ground
            if !self.isForeignSequence { self.perform(byte, into: &sink) }
        case 0x80...0xFF:
            self.mode = .ground
            return 0
        default:
            break
        }
        if self.sequenceLength >= LineAssembler.sequenceLimit { self.mode = .ground }
        return 1
    }

    private mutating func perform(_ final: UInt8, into sink: inout some LineSink) {
        let count = Int(max(1, self.parameter))
        switch final {
        case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "E"), UInt8(ascii: "F"), UInt8(ascii: "H"),
            UInt8(ascii: "f"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "J"), UInt8(ascii: "r"):
            self.leaveRow(into: &sink)
        case UInt8(ascii: "C"), UInt8(ascii: "a"): self.moveForward(count)
        case UInt8(ascii: "D"): self.moveBack(count)
        case UInt8(ascii: "G"), UInt8(ascii: "`"):
            self.cursor = 0
            self.gap = 0
            self.moveForward(count - 1)
        case UInt8(ascii: "K"): self.eraseInLine(self.parameter)
        case UInt8(ascii: "P"): self.text.removeSubrange(self.cursor..<self.offset(count, after: self.cursor))
        case UInt8(ascii: "@"): self.insertBlanks(count)
        case UInt8(ascii: "X"): self.blank(self.cursor..<self.offset(count, after: self.cursor))
        default: break
        }
        if self.text.isEmpty { self.isASCII = true }
    }

    // MARK: Characters of several bytes

    private mutating func continueCharacter(_ byte: UInt8, into sink: inout some LineSink) -> Int {
        let lead = self.character[0]
        guard TextScan.isContinuation(byte, at: Int(self.sequenceLength), lead: lead) else {
            self.abandonCharacter(into: &sink)
            return 0
        }
        self.character[Int(self.sequenceLength)] = byte
        self.sequenceLength += 1
        guard Int(self.sequenceLength) == TextScan.characterLength(lead: lead) else { return 1 }
        self.mode = .ground
        let character = self.character
        self.put(character.span.extracting(first: Int(self.sequenceLength)), into: &sink)
        return 1
    }

    private mutating func abandonCharacter(into sink: inout some LineSink) {
        self.mode = .ground
        let character = self.character
        for index in 0..<Int(self.sequenceLength) {
            self.putEscaped(character[index], into: &sink)
        }
    }

    private mutating func putEscaped(_ byte: UInt8, into sink: inout some LineSink) {
        self.put(hexEscape(byte).span, into: &sink)
    }

    // MARK: The row

    private mutating func put(_ characters: Span<UInt8>, into sink: inout some LineSink) {
        var start = 0
        while start < characters.count {
            if self.text.count + Int(self.gap) >= LineAssembler.byteLimit, self.cursor == self.text.count {
                self.flush(into: &sink)
            }
            if self.text.isEmpty { self.stamp = self.lastArrival }
            if self.gap > 0 {
                self.text.append(contentsOf: repeatElement(0x20, count: Int(self.gap)))
                self.cursor = self.text.count
                self.gap = 0
            }
            let taken =
                self.cursor == self.text.count
                ? self.append(characters, from: start) : self.overwrite(characters, from: start)
            if taken == 0 { self.flush(into: &sink) }
            start += taken
        }
    }

    private mutating func append(_ characters: Span<UInt8>, from start: Int) -> Int {
        var end = min(characters.count, start + LineAssembler.byteLimit - self.text.count)
        while end > start, end < characters.count, characters[end] & 0xC0 == 0x80 { end -= 1 }
        guard end > start else { return 0 }
        let piece = characters.extracting(start..<end)
        unsafe piece.withUnsafeBufferPointer { unsafe self.text.append(contentsOf: $0) }
        if self.isASCII { self.isASCII = TextScan.isASCII(piece) }
        self.cursor = self.text.count
        return end - start
    }

    /// Replaces the character under the cursor by the one at `start`.
    private mutating func overwrite(_ characters: Span<UInt8>, from start: Int) -> Int {
        var end = start + 1
        while end < characters.count, characters[end] & 0xC0 == 0x80 { end += 1 }
        let old = self.cursor..<self.offset(1, after: self.cursor)
        if end - start == 1, old.count == 1 {
            self.text[self.cursor] = characters[start]
        } else {
            guard self.text.count - old.count + end - start <= LineAssembler.byteLimit else { return 0 }
            var new: [UInt8] = []
            for index in start..<end { new.append(characters[index]) }
            self.text.replaceSubrange(old, with: new)
            self.isASCII = false
        }
        self.cursor += end - start
        return end - start
    }

    private func offset(_ count: Int, after start: Int) -> Int {
        if self.isASCII { return min(self.text.count, start + count) }
        var offset = start
        for _ in 0..<count where offset < self.text.count {
            offset += 1
            while offset < self.text.count, self.text[offset] & 0xC0 == 0x80 { offset += 1 }
        }
        return offset
    }

    private func columns(before end: Int) -> Int {
        self.isASCII ? end : self.text[..<end].count { $0 & 0xC0 != 0x80 }
    }

    private mutating func moveForward(_ count: Int) {
        guard count > 0 else { return }
        let end = self.columns(before: self.text.count)
        let column = self.columns(before: self.cursor) + Int(self.gap) + count
        self.cursor = self.offset(count, after: self.cursor)
        guard column > end else { return }
        self.gap = UInt8(max(0, min(column, LineAssembler.columnLimit) - end))
    }

    private mutating func moveBack(_ count: Int) {
        let inGap = min(count, Int(self.gap))
        self.gap -= UInt8(inGap)
        if self.isASCII {
            self.cursor = max(0, self.cursor - (count - inGap))
            return
        }
        for _ in 0..<(count - inGap) where self.cursor > 0 {
            self.cursor -= 1
            while self.cursor > 0, self.text[self.cursor] & 0xC0 == 0x80 { self.cursor -= 1 }
        }
    }

    private mutating func eraseInLine(_ parameter: UInt16) {
        switch parameter {
        case 0:
            self.text.removeSubrange(self.cursor...)
        case 1:
            self.blank(0..<self.offset(1, after: self.cursor))
        case 2:
            let column = self.columns(before: self.cursor) + Int(self.gap)
            self.text.removeAll(keepingCapacity: true)
            self.cursor = 0
            self.gap = UInt8(min(column, LineAssembler.columnLimit))
        default:
            break
        }
    }

    /// Blanks characters; at the end of the line that is the same as cutting them off.
    private mutating func blank(_ range: Range<Int>) {
        if range.upperBound == self.text.count {
            let column = self.columns(before: self.cursor) + Int(self.gap)
            self.text.removeSubrange(range)
            self.cursor = min(self.cursor, self.text.count)
            self.gap = UInt8(
                max(0, min(column, LineAssembler.columnLimit) - self.columns(before: self.cursor))
            )
            return
        }
        let isBeforeCursor = range.upperBound > self.cursor && range.lowerBound < self.cursor
        let column = self.columns(before: self.cursor)
        let count = self.columns(before: range.upperBound) - self.columns(before: range.lowerBound)
        self.text.replaceSubrange(range, with: repeatElement(0x20, count: count))
        if isBeforeCursor { self.cursor = self.offset(column, after: 0) }
    }

    private mutating func insertBlanks(_ count: Int) {
        let room = LineAssembler.byteLimit - self.text.count
        guard self.cursor < self.text.count, room > 0 else { return }
        let blanks = min(count, room, LineAssembler.columnLimit)
        self.text.insert(contentsOf: repeatElement(0x20, count: blanks), at: self.cursor)
    }
}
