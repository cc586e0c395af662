// SPDX-License-Identifier: Apache-2.0

// A segment of the recorder, all numbers little-endian:
//
//     header   "HELIOREC", u32 version, u32 header size, 16 bytes server, u64 segment, u64 start (us since 1970),
//              32 bytes: hash in the last seal of the segment before, zeros in the first
//     frames   u8 type, u8 flags, u16 zero, u32 console, u32 payload size, u64 us since 1970, payload
//
//     O I      bytes from and to the console
//     E        {"kind":"*","text":"..."}, the line as it stands in the text log
//     G        u64 bytes lost, reason
//     N        the console's name; before its first frame in every segment
//     C        u32 CRC-32C of everything since the last C, this frame's header included
//     S        u64 number, 32 bytes hash of the last seal, 32 bytes SHA-256 of everything from the last S (or the
//              segment's first byte) up to this frame: a chain that nobody can change in the middle
//     P        per console: u32 number, u64 device, u64 inode, u64 size of its text log, known to be on disk
//
// Every write ends in a C; console 0 is the server.

/// The types of frames.
enum FrameType: UInt8, CaseIterable {
    case output = 0x4F  // O
    case input = 0x49  // I
    case event = 0x45  // E
    case gap = 0x47  // G
    case name = 0x4E  // N
    case checkpoint = 0x43  // C
    case seal = 0x53  // S
    case positions = 0x50  // P
}

/// Bits of a frame's flags.
enum FrameFlags {
    /// N: the console has a text log.
    static let hasText: UInt8 = 1
    /// S: the segment ends here.
    static let closing: UInt8 = 1
    /// O, I, E, G: written again, because the segment that held it could not be synced.
    static let repeated: UInt8 = 0x80
}

/// A frame's head.
struct FrameHeader: Equatable {
    static let byteCount = 20
    /// No entry is larger; a larger number is damage.
    static let payloadLimit = 16 << 20

    var type: FrameType
    var flags: UInt8
    var console: UInt32
    var count: Int
    var time: WallTime

    init(_ type: FrameType, flags: UInt8 = 0, console: UInt32 = 0, count: Int, time: WallTime) {
        self.type = type
        self.flags = flags
        self.console = console
        self.count = count
        self.time = time
    }

    /// Nil when what stands at `offset` is incomplete or cannot be a head.
    init?(_ bytes: [UInt8], at offset: Int) {
        guard offset + FrameHeader.byteCount <= bytes.count, let type = FrameType(rawValue: bytes[offset]),
            bytes[offset + 2] == 0, bytes[offset + 3] == 0
        else { return nil }
        self.type = type
        self.flags = bytes[offset + 1]
        self.console = bytes.littleEndian(at: offset + 4)
        let count: UInt32 = bytes.littleEndian(at: offset + 8)
        guard count <= FrameHeader.payloadLimit else { return nil }
        self.count = Int(count)
        self.time = WallTime(microseconds: bytes.littleEndian(at: offset + 12))
    }

    func put(into output: RawOutput) {
        output.reserve(FrameHeader.byteCount + self.count)
        output.put(self.type.rawValue)
        output.put(self.flags)
        output.put(littleEndian: UInt16(0))
        output.put(littleEndian: self.console)
        output.put(littleEndian: UInt32(self.count))
        output.put(littleEndian: self.time.microseconds)
    }
}

/// A segment's head.
struct SegmentHeader: Equatable {
    static let magic = Array("HELIOREC".utf8)
    static let version: UInt32 = 1
    static let byteCount = 80

    var server: [UInt8]
    var number: UInt64
    var start: WallTime
    var previousHash: [UInt8]

    init(server: String, number: UInt64, start: WallTime, previousHash: [UInt8]) {
        self.server = Array((Array(server.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16))
        self.number = number
        self.start = start
        self.previousHash = previousHash
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= SegmentHeader.byteCount, Array(bytes[..<8]) == SegmentHeader.magic,
            bytes.littleEndian(at: 8) == SegmentHeader.version,
            bytes.littleEndian(at: 12) == UInt32(SegmentHeader.byteCount)
        else { return nil }
        self.server = Array(bytes[16..<32])
        self.number = bytes.littleEndian(at: 32)
        self.start = WallTime(microseconds: bytes.littleEndian(at: 40))
        self.previousHash = Array(bytes[48..<80])
    }

    func put(into output: RawOutput) {
        output.reserve(SegmentHeader.byteCount)
        output.put(SegmentHeader.magic.span)
        output.put(littleEndian: SegmentHeader.version)
        output.put(littleEndian: UInt32(SegmentHeader.byteCount))
        output.put(self.server.span)
        output.put(littleEndian: self.number)
        output.put(littleEndian: self.start.microseconds)
        output.put(self.previousHash.span)
    }
}

extension [UInt8] {
    func littleEndian<Number: FixedWidthInteger>(at offset: Int) -> Number {
        var number: Number = 0
        for index in 0..<(Number.bitWidth / 8) {
            number |= Number(truncatingIfNeeded: self[offset + index]) << Number(8 * index)
        }
        return number
    }
}
