// SPDX-License-Identifier: Apache-2.0

/// The payload of an `E` frame, `{"kind":"*","text":"..."}`.
enum EventPayload {
    static func encode(kind: String, text: Span<UInt8>) -> [UInt8] {
        var sanitized: [UInt8] = []
        TextScan.appendSanitized(text, to: &sanitized)
        let text = String(decoding: sanitized, as: UTF8.self)
        return JSONValue.object([("kind", .string(kind)), ("text", .string(text))]).encoded
    }

    /// Reads what `encode` wrote, and nothing else.
    static func parse(_ bytes: ArraySlice<UInt8>) -> (kind: UInt8, text: [UInt8])? {
        let head = Array(#"{"kind":"*","text":""#.utf8)
        guard bytes.count >= head.count + 2, bytes.suffix(2) == ArraySlice(Array(#""}"#.utf8)) else {
            return nil
        }
        let kind = bytes[bytes.startIndex + 9]
        var text: [UInt8] = []
        var index = bytes.startIndex + head.count
        while index < bytes.endIndex - 2 {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            default: text.append(bytes[index + 1])
            }
            index += 2
        }
        return (kind, text)
    }
}
