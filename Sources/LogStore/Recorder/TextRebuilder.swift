// SPDX-License-Identifier: Apache-2.0

/// Makes the lines of the text logs again from a recorder segment, by the rules that made them the first time.
struct TextRebuilder {
    /// One console's lines.
    final class Console {
        let name: String
        fileprivate var assembler = LineAssembler()
        fileprivate var lastStamp: Int64 = .min
        fileprivate let output = TextOutput()

        fileprivate init(name: String) {
            self.name = name
        }

        var text: [UInt8] { self.output.bytes }
    }

    /// Consoles that have a text log, in the order of their first frame.
    private(set) var consoles: [Console] = []
    private var byNumber: [UInt32: Console] = [:]
    private var byName: [String: Console] = [:]

    init(_ scan: SegmentScan, _ bytes: [UInt8]) {
        for frame in scan.frames
        where frame.header.flags & FrameFlags.repeated == 0 || frame.header.type == .name {
            self.take(frame, bytes)
        }
        for console in self.consoles {
            var sink = RebuilderSink(console: console)
            console.assembler.finish(into: &sink)
        }
    }

    private mutating func take(_ frame: SegmentScan.Frame, _ bytes: [UInt8]) {
        let number = frame.header.console
        if frame.header.type == .name {
            self.name(number, frame, bytes)
            return
        }
        guard let console = self.byNumber[number] else { return }
        let payload = bytes.span.extracting(frame.payload)
        switch frame.header.type {
        case .output:
            var sink = RebuilderSink(console: console)
            console.assembler.feed(payload, at: frame.header.time, into: &sink)
        case .input:
            console.line(UInt8(ascii: "<"), Array(bytes[frame.payload]), at: frame.header.time)
        case .event:
            guard let (kind, text) = EventPayload.parse(bytes[frame.payload]) else { return }
            console.line(kind, text, at: frame.header.time)
        case .gap:
            let loss = LossRecord(decoding: bytes[frame.payload])
            console.line(UInt8(ascii: "!"), loss.line.bytes, at: frame.header.time)
        case .name, .checkpoint, .seal, .positions:
            break
        }
    }

    private mutating func name(_ number: UInt32, _ frame: SegmentScan.Frame, _ bytes: [UInt8]) {
        guard frame.header.flags & FrameFlags.hasText != 0 else { return }
        let name = String(decoding: bytes[frame.payload], as: UTF8.self)
        if let known = self.byName[name] {
            // Forgotten and registered again: the lines go on in the same file.
            if self.byNumber[number] !== known {
                var sink = RebuilderSink(console: known)
                known.assembler.finish(into: &sink)
            }
            self.byNumber[number] = known
            return
        }
        let console = Console(name: name)
        self.consoles.append(console)
        self.byNumber[number] = console
        self.byName[name] = console
    }
}

extension TextRebuilder.Console {
    fileprivate func line(_ kind: UInt8, _ text: [UInt8], at time: WallTime) {
        var sink = RebuilderSink(console: self)
        self.assembler.flush(into: &sink)
        var sanitized: [UInt8] = []
        TextScan.appendSanitized(text.span, to: &sanitized)
        self.put(kind, sanitized.span, at: time)
    }

    fileprivate func put(_ kind: UInt8, _ text: Span<UInt8>, at time: WallTime) {
        var stamp = time.milliseconds
        if stamp < self.lastStamp, self.lastStamp - stamp <= TextLogs.toleratedStep { stamp = self.lastStamp }
        self.lastStamp = stamp
        self.output.appendLine(at: stamp, kind: kind, text)
    }
}

private struct RebuilderSink: LineSink {
    let console: TextRebuilder.Console

    mutating func line(_ text: Span<UInt8>, continues: Bool, at time: WallTime) {
        self.console.put(continues ? UInt8(ascii: "+") : UInt8(ascii: "|"), text, at: time)
    }
}
