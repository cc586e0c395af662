// SPDX-License-Identifier: Apache-2.0

/// Bytes from hexadecimal digits; white space between them is ignored.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.utf8.compactMap { digit -> UInt8? in
        Character(UnicodeScalar(digit)).hexDigitValue.map { UInt8($0) }
    }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Hexadecimal digits of bytes, for comparison with the vectors and for readable failures.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
