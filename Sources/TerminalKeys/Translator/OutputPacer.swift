// SPDX-License-Identifier: Apache-2.0

/// Lets pasted text out slowly, and what comes after it in its turn: firmware loses characters of a burst (OVMF 2 to 6 of
/// 300), and its terminal driver takes the bytes of one UTF-8 character only together.
///
/// Unbounded by itself: the door stops reading the operator's channel when `byteCount` says so.
struct OutputPacer: Sendable {
    static let portion = 100
    static let interval: Duration = .milliseconds(50)

    private struct Piece: Sendable {
        var bytes: [UInt8]
        var start = 0
        /// False for a key, which leaves in one piece.
        var mayBeCut: Bool

        var count: Int { self.bytes.count - self.start }
    }

    private var pieces: [Piece] = []
    private var nextRelease: ContinuousClock.Instant?
    /// How many bytes wait.
    private(set) var byteCount = 0

    init() {}

    var isEmpty: Bool { self.pieces.isEmpty }

    var deadline: ContinuousClock.Instant? { self.isEmpty ? nil : self.nextRelease }

    /// Adds pasted text.
    mutating func paste(
        _ bytes: [UInt8],
        now: ContinuousClock.Instant,
        into outputs: inout [KeyTranslator.Output]
    ) {
        guard !bytes.isEmpty else { return }
        self.byteCount += bytes.count
        if let last = self.pieces.indices.last, self.pieces[last].mayBeCut {
            self.pieces[last].bytes.append(contentsOf: bytes)
        } else {
            self.pieces.append(Piece(bytes: bytes, mayBeCut: true))
        }
        if self.nextRelease == nil { self.nextRelease = now }
        self.release(now: now, into: &outputs)
    }

    /// Adds what was typed after the paste.
    mutating func follow(_ bytes: [UInt8]) {
        self.byteCount += bytes.count
        self.pieces.append(Piece(bytes: bytes, mayBeCut: false))
    }

    /// Lets a portion out if it is time.
    mutating func release(now: ContinuousClock.Instant, into outputs: inout [KeyTranslator.Output]) {
        guard !self.pieces.isEmpty, let nextRelease, now >= nextRelease else { return }
        var room = Self.portion
        var done = 0
        while done < self.pieces.count, room > 0 {
            let piece = self.pieces[done]
            let isFirst = room == Self.portion
            let length = piece.mayBeCut ? Self.cut(piece.bytes[piece.start...], to: room) : piece.count
            guard length > 0, length <= room || isFirst else { break }
            outputs.append(.send(Array(piece.bytes[piece.start..<(piece.start + length)])))
            room -= length
            self.byteCount -= length
            self.pieces[done].start += length
            guard length == piece.count else { break }
            done += 1
        }
        self.pieces.removeFirst(done)
        self.nextRelease = now + Self.interval
    }

    /// The longest beginning within the limit that ends with a whole character.
    private static func cut(_ bytes: ArraySlice<UInt8>, to limit: Int) -> Int {
        let part = bytes.prefix(limit)
        let whole = part.count - UTF8Tail.incomplete(part)
        return whole == 0 && limit >= 4 ? part.count : whole
    }
}
