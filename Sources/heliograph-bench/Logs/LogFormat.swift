// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a log tells what a console printed.
enum LogFormat {
    /// `2026-11-22T08:05:19.123Z | text`, `+` for the rest of a line, other signs for events.
    case heliograph
    /// The bytes themselves, with lines of ConMan's own that begin with `<ConMan>`.
    case conman

    /// Calls `body` with each line that the console printed, without its end.
    func forEachLine(in log: [UInt8], _ body: (ArraySlice<UInt8>) -> Void) {
        switch self {
        case .heliograph: Self.forEachStampedLine(in: log, body)
        case .conman: Self.forEachPlainLine(in: log, body)
        }
    }

    private static func forEachPlainLine(in log: [UInt8], _ body: (ArraySlice<UInt8>) -> Void) {
        let own = Array("<ConMan>".utf8)
        for line in log.split(separator: UInt8(ascii: "\n")) {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if !text.isEmpty, !text.starts(with: own) { body(text) }
        }
    }

    private static func forEachStampedLine(in log: [UInt8], _ body: (ArraySlice<UInt8>) -> Void) {
        let kindColumn = 25
        let textColumn = 27
        // A line that was flushed in pieces, until the next one begins.
        var pending: [UInt8]?
        for line in log.split(separator: UInt8(ascii: "\n")) where line.count >= textColumn {
            let text = line[(line.startIndex + textColumn)...]
            switch line[line.startIndex + kindColumn] {
            case UInt8(ascii: "|"):
                if let whole = pending { body(whole[...]) }
                pending = Array(text)
            case UInt8(ascii: "+"): pending = (pending ?? []) + text
            default: break
            }
        }
        if let whole = pending { body(whole[...]) }
    }

    /// When the log says that its console was connected, to the millisecond; nil: it does not.
    static func connected(in log: [UInt8]) -> WallClock? {
        for line in log.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line.prefix(36), as: UTF8.self)
            if text.hasSuffix(" * connected") {
                return Self.instant(text.prefix(24)).map { WallClock(seconds: $0) }
            }
        }
        return nil
    }

    private static func instant(_ stamp: some StringProtocol) -> Double? {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (try? format.parse(String(stamp)))?.timeIntervalSince1970
    }
}
