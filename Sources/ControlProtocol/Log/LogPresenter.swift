// SPDX-License-Identifier: Apache-2.0

/// Turns lines of a text log (`2026-11-22T08:05:19.123Z | text`) into what `log` prints: as they are, `--raw`
/// without stamps and events, or `--json`, one object per line. The daemon and `helio` both use it.
package struct LogPresenter: Sendable {
    /// How lines are printed.
    package enum Form: Equatable, Sendable {
        case asStored
        case raw
        case json
    }

    private let form: Form
    /// A line whose end has not come yet. `LogReader` returns whole lines, so this is a guard; at most
    /// `maximumLine`.
    private var partial: [UInt8] = []
    /// In raw form the newline is written late, because a `+` line continues the one before.
    private var owesNewline = false

    /// Longer lines than any that the log writes are cut here.
    static let maximumLine = 64 * 1024
    private static let stampLength = 24

    package init(_ form: Form) {
        self.form = form
    }

    package init(_ options: LogOptions) {
        self.init(options.json ? .json : options.raw ? .raw : .asStored)
    }

    /// The next bytes of the log, and what to print for them.
    package mutating func present(_ bytes: [UInt8]) -> [UInt8] {
        if self.form == .asStored { return bytes }
        var output: [UInt8] = []
        for piece in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            // Every piece but the first follows a newline.
            if piece.offset > 0 {
                self.line(self.partial[...], &output)
                self.partial = []
            }
            self.partial += piece.element.prefix(Self.maximumLine - self.partial.count)
        }
        return output
    }

    /// What is still to be printed at the end.
    package mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        if !self.partial.isEmpty { self.line(self.partial[...], &output) }
        self.partial = []
        if self.owesNewline { output.append(0x0A) }
        self.owesNewline = false
        return output
    }

    private mutating func line(_ line: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        // Stamp, space, kind, space. A line that is cut short after the kind has no text.
        guard line.count > Self.stampLength + 1 else { return }
        let kind = line[Self.stampLength + 1]
        let text = line.dropFirst(Self.stampLength + 3)
        switch self.form {
        case .asStored: break
        case .raw:
            guard kind == UInt8(ascii: "|") || kind == UInt8(ascii: "+") else { return }
            if self.owesNewline, kind == UInt8(ascii: "|") { output.append(0x0A) }
            output += text
            self.owesNewline = true
        case .json:
            let time = String(decoding: line.prefix(Self.stampLength), as: UTF8.self)
            let object = JSON.object([
                .init("time", .string(time)), .init("kind", .string(Self.name(of: kind))),
                .init("text", .string(String(decoding: text, as: UTF8.self))),
            ])
            output += Array((object.text + "\n").utf8)
        }
    }

    private static func name(of kind: UInt8) -> String {
        switch kind {
        case UInt8(ascii: "|"): "output"
        case UInt8(ascii: "+"): "continuation"
        case UInt8(ascii: "*"): "event"
        case UInt8(ascii: "!"): "alert"
        case UInt8(ascii: "<"): "input"
        default: "unknown"
        }
    }
}
