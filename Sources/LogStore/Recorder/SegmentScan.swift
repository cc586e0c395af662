// SPDX-License-Identifier: Apache-2.0

/// What is sound in a segment that may have been cut off at any byte.
struct SegmentScan {
    struct Frame {
        var header: FrameHeader
        var payload: Range<Int>
    }

    var header: SegmentHeader
    /// Every sound frame in order.
    var frames: [Frame] = []
    /// Where the sound part ends. The rest is a torn frame or damage.
    var soundEnd = SegmentHeader.byteCount
    /// Where the last checkpoint that holds ends: what follows, if sound, has no checksum.
    var checkedEnd = 0
    /// Where the last seal begins, 0 when there is none, with its number and hash.
    var sealStart = 0
    var sealNumber: UInt64 = 0
    var sealHash: [UInt8]
    /// The last frame before the final checkpoint is a closing seal.
    var isClosed = false
    /// The time of the last P frame.
    var lastPositions: WallTime?

    /// Nil when not even the segment's head is sound.
    init?(_ bytes: [UInt8]) {
        guard let header = SegmentHeader(bytes) else { return nil }
        self.header = header
        self.sealHash = header.previousHash
        var offset = SegmentHeader.byteCount
        var uncheckedFrames = 0
        while let frame = FrameHeader(bytes, at: offset) {
            let payload = (offset + FrameHeader.byteCount)..<(offset + FrameHeader.byteCount + frame.count)
            guard payload.upperBound <= bytes.count else { break }
            if frame.type == .checkpoint {
                guard frame.count == 4, self.holds(bytes, payload) else {
                    // Damage somewhere since the last checkpoint: nothing of it can be trusted.
                    self.frames.removeLast(uncheckedFrames)
                    self.soundEnd = max(self.checkedEnd, SegmentHeader.byteCount)
                    return
                }
                self.checkedEnd = payload.upperBound
                uncheckedFrames = 0
            } else {
                self.frames.append(Frame(header: frame, payload: payload))
                uncheckedFrames += 1
                self.note(frame, payload, bytes, at: offset)
            }
            offset = payload.upperBound
            self.soundEnd = offset
        }
    }

    private func holds(_ bytes: [UInt8], _ payload: Range<Int>) -> Bool {
        let expected: UInt32 = bytes.littleEndian(at: payload.lowerBound)
        let start = self.checkedEnd
        return unsafe bytes.withUnsafeBytes { all in
            unsafe crc32c(UnsafeRawBufferPointer(rebasing: all[start..<payload.lowerBound])) == expected
        }
    }

    private mutating func note(_ frame: FrameHeader, _ payload: Range<Int>, _ bytes: [UInt8], at offset: Int)
    {
        self.isClosed = false
        switch frame.type {
        case .seal where frame.count == 72:
            self.sealStart = offset
            self.sealNumber = bytes.littleEndian(at: payload.lowerBound)
            self.sealHash = Array(bytes[(payload.lowerBound + 40)..<(payload.lowerBound + 72)])
            self.isClosed = frame.flags & FrameFlags.closing != 0
        case .positions: self.lastPositions = frame.time
        case .output, .input, .event, .gap, .name, .checkpoint, .seal: break
        }
    }
}
