// SPDX-License-Identifier: Apache-2.0

/// Decodes standard base64 (RFC 4648 section 4) strictly: padding as it must be, nothing between the characters.
func decodeBase64(_ text: some StringProtocol) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard !characters.isEmpty, characters.count.isMultiple(of: 4) else { return nil }
    let padding = characters.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 4 * 3)
    var accumulator: UInt32 = 0
    for (index, character) in characters.dropLast(padding).enumerated() {
        guard let value = base64Value(character) else { return nil }
        accumulator = accumulator << 6 | value
        if index % 4 == 3 {
            bytes += [16, 8, 0].map { UInt8(accumulator >> $0 & 0xFF) }
            accumulator = 0
        }
    }
    switch padding {
    case 0: break
    case 1: bytes += [10, 2].map { UInt8(accumulator >> $0 & 0xFF) }
    default: bytes.append(UInt8(accumulator >> 4 & 0xFF))
    }
    return bytes
}

private func base64Value(_ character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
}
