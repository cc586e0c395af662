// SPDX-License-Identifier: Apache-2.0

import OperatorSession

extension ControlFrame {
    /// The byte that tells what a frame is. Upper case from the client, lower case from the daemon.
    enum Kind: UInt8, CaseIterable {
        case request = 0x52  // R
        case stdin = 0x49  // I
        case stdinEnd = 0x45  // E
        case resize = 0x57  // W
        case sendBreak = 0x42  // B
        case resumed = 0x43  // C
        case hello = 0x68  // h
        case stdout = 0x6F  // o
        case stderr = 0x65  // e
        case suspend = 0x7A  // z
        case exit = 0x78  // x
    }

    /// The frame's bytes. Long data becomes several frames.
    package var encoded: [UInt8] {
        switch self {
        case .hello(let version, let daemon): Self.frame(.hello, [version] + self.limited(daemon))
        case .request(let request): Self.frame(.request, request.encoded)
        case .stdin(let bytes): Self.data(.stdin, bytes)
        case .stdinEnd: Self.frame(.stdinEnd, [])
        case .resize(let columns, let rows):
            Self.frame(.resize, ControlRequest.size(columns) + ControlRequest.size(rows))
        case .sendBreak: Self.frame(.sendBreak, [])
        case .resumed: Self.frame(.resumed, [])
        case .stdout(let bytes): Self.data(.stdout, bytes)
        case .stderr(let bytes): Self.data(.stderr, bytes)
        case .suspend: Self.frame(.suspend, [])
        case .exit(let status): Self.frame(.exit, [status])
        }
    }

    private func limited(_ text: String) -> [UInt8] { Array(text.utf8.prefix(256)) }

    private static func frame(_ kind: Kind, _ payload: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 5)
        let count = UInt32(truncatingIfNeeded: payload.count + 1)
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        bytes.append(kind.rawValue)
        bytes += payload
        return bytes
    }

    private static func data(_ kind: Kind, _ bytes: [UInt8]) -> [UInt8] {
        if bytes.count <= self.dataChunk { return self.frame(kind, bytes) }
        var frames: [UInt8] = []
        frames.reserveCapacity(bytes.count + (bytes.count / self.dataChunk + 1) * 5)
        for start in stride(from: 0, to: bytes.count, by: self.dataChunk) {
            frames += self.frame(kind, bytes[start..<min(start + self.dataChunk, bytes.count)])
        }
        return frames
    }
}

// version(1) terminal(1: 0 or 1) [columns(2) rows(2) TERM(2 + n)] argument count(2) { length(4) bytes }

extension ControlRequest {
    /// Arguments in one request, and bytes of a TERM.
    static let maximumArgumentCount = 4096
    static let maximumTypeLength = 256

    /// False for a command line that no frame can carry. The client says so instead of sending it.
    package var fits: Bool {
        self.arguments.count <= Self.maximumArgumentCount && self.encoded.count < ControlFrame.maximumLength
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = [self.protocolVersion, self.terminal == nil ? 0 : 1]
        if let terminal = self.terminal {
            let type = Array(terminal.type.utf8.prefix(Self.maximumTypeLength))
            bytes += Self.size(terminal.columns) + Self.size(terminal.rows) + Self.size(type.count) + type
        }
        bytes += Self.size(self.arguments.count)
        for argument in self.arguments {
            let text = Array(argument.utf8)
            bytes += Self.size(text.count >> 16) + Self.size(text.count & 0xFFFF) + text
        }
        return bytes
    }

    /// A 16-bit number, cut to what fits.
    static func size(_ value: Int) -> [UInt8] {
        let value = UInt16(clamping: value)
        return [UInt8(value >> 8), UInt8(value & 0xFF)]
    }
}
