// SPDX-License-Identifier: Apache-2.0

/// The lines of one console that go into its next write. One buffer serves all consoles in turn.
final class TextOutput {
    /// Stamp, space, kind, space and the LF at the end.
    static let frameByteCount = StampFormatter.byteCount + 4

    private let output = RawOutput()
    private var formatter = StampFormatter()
    private(set) var lineCount = 0

    var isEmpty: Bool { self.output.isEmpty }
    var bytes: [UInt8] { self.output.bytes }

    func removeAll() {
        self.output.removeAll()
        self.lineCount = 0
    }

    func appendLine(at milliseconds: Int64, kind: UInt8, _ text: Span<UInt8>) {
        self.output.reserve(text.count + TextOutput.frameByteCount)
        self.formatter.format(milliseconds: milliseconds)
        self.formatter.withText { self.output.put($0) }
        self.output.put(UInt8(ascii: " "))
        self.output.put(kind)
        self.output.put(UInt8(ascii: " "))
        self.output.put(text)
        self.output.put(0x0A)
        self.lineCount += 1
    }

    /// Lends what is there.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe self.output.withBytes(body)
    }
}
