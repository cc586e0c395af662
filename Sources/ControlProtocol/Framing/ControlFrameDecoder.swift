// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// Why the bytes are not this protocol. The connection is of no more use.
package enum ControlFrameError: Error, Equatable, Sendable, CustomStringConvertible {
    case badLength(UInt32)
    case unknownKind(UInt8)
    case malformed(String)

    package var description: String {
        switch self {
        case .badLength(let length): "not the control protocol (frame length \(length))"
        case .unknownKind(let kind):
            "unknown frame 0x\(String(kind, radix: 16)); are both sides the same version?"
        case .malformed(let frame): "malformed \(frame) frame"
        }
    }
}

/// Finds frames in a stream that arrives in pieces. Holds at most one frame and what was appended with it.
package struct ControlFrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    private var failure: ControlFrameError?

    package init() {}

    /// Bytes of a frame that is not complete yet. Nonzero at the end of the stream means that it was cut.
    package var bufferedByteCount: Int { self.buffer.count - self.start }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        if self.start == self.buffer.count {
            self.buffer.removeAll(keepingCapacity: true)
            self.start = 0
        } else if self.start >= ControlFrame.maximumLength {
            self.buffer.removeFirst(self.start)
            self.start = 0
        }
        self.buffer += bytes
    }

    /// The next frame, or nil when more bytes are needed. After an error, that error for ever.
    package mutating func next() throws(ControlFrameError) -> ControlFrame? {
        if let failure = self.failure { throw failure }
        do throws(ControlFrameError) {
            return try self.take()
        } catch {
            self.failure = error
            self.buffer = []
            self.start = 0
            throw error
        }
    }

    private mutating func take() throws(ControlFrameError) -> ControlFrame? {
        let available = self.buffer[self.start...]
        guard available.count >= 4 else { return nil }
        var length: UInt32 = 0
        for byte in available.prefix(4) { length = length << 8 | UInt32(byte) }
        guard length >= 1, length <= UInt32(ControlFrame.maximumLength) else { throw .badLength(length) }
        let rest = available.dropFirst(4)
        // The kind is checked before the payload is waited for: garbage is told at once.
        guard let first = rest.first else { return nil }
        guard let kind = ControlFrame.Kind(rawValue: first) else { throw .unknownKind(first) }
        guard rest.count >= Int(length) else { return nil }
        self.start += 4 + Int(length)
        return try ControlFrame(kind, PayloadReader(rest.prefix(Int(length)).dropFirst(), frame: "\(kind)"))
    }
}

/// Reads a payload; what is short is malformed.
private struct PayloadReader {
    private var rest: ArraySlice<UInt8>
    private let frame: String

    init(_ payload: ArraySlice<UInt8>, frame: String) {
        self.rest = payload
        self.frame = frame
    }

    mutating func byte() throws(ControlFrameError) -> UInt8 {
        guard let byte = self.rest.popFirst() else { throw .malformed(self.frame) }
        return byte
    }

    mutating func size() throws(ControlFrameError) -> Int { Int(try self.byte()) << 8 | Int(try self.byte()) }

    mutating func text(count: Int) throws(ControlFrameError) -> String {
        guard self.rest.count >= count else { throw .malformed(self.frame) }
        let text = String(decoding: self.rest.prefix(count), as: UTF8.self)
        self.rest = self.rest.dropFirst(count)
        return text
    }

    mutating func remainder() -> [UInt8] {
        let all = Array(self.rest)
        self.rest = []
        return all
    }

    func end() throws(ControlFrameError) {
        guard self.rest.isEmpty else { throw .malformed(self.frame) }
    }
}

extension ControlFrame {
    fileprivate init(_ kind: Kind, _ payload: PayloadReader) throws(ControlFrameError) {
        var reader = payload
        switch kind {
        case .hello:
            let version = try reader.byte()
            self = .hello(
                protocolVersion: version,
                daemonVersion: String(decoding: reader.remainder(), as: UTF8.self)
            )
        case .request: self = .request(try ControlRequest(&reader))
        case .stdin: self = .stdin(reader.remainder())
        case .stdinEnd: self = .stdinEnd
        case .resize: self = .resize(columns: try reader.size(), rows: try reader.size())
        case .sendBreak: self = .sendBreak
        case .resumed: self = .resumed
        case .stdout: self = .stdout(reader.remainder())
        case .stderr: self = .stderr(reader.remainder())
        case .suspend: self = .suspend
        case .exit: self = .exit(try reader.byte())
        }
        try reader.end()
    }
}

extension ControlRequest {
    fileprivate init(_ reader: inout PayloadReader) throws(ControlFrameError) {
        let version = try reader.byte()
        guard version == ControlFrame.protocolVersion else {
            // Another version's request may go on differently. The daemon answers with its own version.
            _ = reader.remainder()
            self.init(arguments: [], terminal: nil, protocolVersion: version)
            return
        }
        var terminal: OperatorTerminal?
        if try reader.byte() != 0 {
            let columns = try reader.size()
            let rows = try reader.size()
            let count = try reader.size()
            guard count <= Self.maximumTypeLength else { throw .malformed("request") }
            terminal = OperatorTerminal(type: try reader.text(count: count), columns: columns, rows: rows)
        }
        let count = try reader.size()
        guard count <= Self.maximumArgumentCount else { throw .malformed("request") }
        var arguments: [String] = []
        for _ in 0..<count {
            let length = try reader.size() << 16 | (try reader.size())
            arguments.append(try reader.text(count: length))
        }
        self.init(arguments: arguments, terminal: terminal, protocolVersion: version)
    }
}
