// SPDX-License-Identifier: Apache-2.0

/// Lines that could not be written yet. Bounded by `trim`; the oldest go first.
struct Backlog {
    /// What was dropped, for the line that says so.
    struct Loss: Equatable {
        var lineCount: UInt64 = 0
        /// Text without stamps.
        var byteCount: UInt64 = 0
        /// Stamps of the first and last line dropped, as they would have stood in the log.
        var first = ""
        var last = ""
    }

    private var bytes: [UInt8] = []
    private var head = 0
    /// The stamp of the line whose beginning is on disk and whose rest is at `head`.
    private var tornStamp: String?
    /// How much of that line is on disk.
    private var tornCount = 0
    private(set) var loss: Loss?
    /// Holds an alert: worth the reserve.
    var hasAlert = false

    var count: Int { self.bytes.count - self.head }
    var isEmpty: Bool { self.count == 0 }
    var isTorn: Bool { self.tornStamp != nil }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        if self.head > 16 << 10, self.head > self.bytes.count / 2 {
            self.bytes.removeFirst(self.head)
            self.head = 0
        }
        unsafe self.bytes.append(contentsOf: more)
    }

    /// Notes that the first `count` bytes are on disk; what is left may begin inside a line.
    mutating func wrote(_ count: Int) {
        let end = self.head + count
        if count > 0 {
            if end == self.bytes.count || self.bytes[end - 1] == 0x0A {
                self.tornStamp = nil
                self.tornCount = 0
            } else if let lineEnd = self.bytes[self.head..<end].lastIndex(of: 0x0A) {
                self.tornStamp = self.stamp(at: lineEnd + 1)
                self.tornCount = end - lineEnd - 1
            } else {
                if self.tornStamp == nil { self.tornStamp = self.stamp(at: self.head) }
                self.tornCount += count
            }
        }
        self.head = end
        if self.isEmpty {
            self.bytes = []
            self.head = 0
            self.hasAlert = false
        }
    }

    /// Drops the oldest lines until at most `limit` bytes are left. Returns true when a line was dropped whose beginning
    /// is on disk, so that the file needs an LF before anything else.
    mutating func trim(to limit: Int) -> Bool {
        var tore = false
        while self.count > limit {
            let end = self.bytes[self.head...].firstIndex(of: 0x0A).map { $0 + 1 } ?? self.bytes.count
            var loss = self.loss ?? Loss()
            let stamp = self.tornStamp ?? self.stamp(at: self.head)
            if loss.lineCount == 0 { loss.first = stamp }
            loss.last = stamp
            loss.lineCount += 1
            let frame = max(1, TextOutput.frameByteCount - self.tornCount)
            loss.byteCount += UInt64(max(0, end - self.head - frame))
            if self.tornStamp != nil { tore = true }
            self.tornStamp = nil
            self.tornCount = 0
            self.loss = loss
            self.head = end
        }
        return tore
    }

    mutating func reportedLoss() {
        self.loss = nil
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe self.bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[self.head...])) }
    }

    private func stamp(at index: Int) -> String {
        String(
            decoding: self.bytes[index..<min(self.bytes.count, index + StampFormatter.byteCount)],
            as: UTF8.self
        )
    }
}
