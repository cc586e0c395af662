// SPDX-License-Identifier: Apache-2.0

/// Where two texts part, in one line; empty when they are the same. Comparing whole arrays in `#expect` would
/// print them.
func difference(_ found: [UInt8], _ expected: [UInt8]) -> String {
    if found == expected { return "" }
    let place = zip(found, expected).prefix { $0 == $1 }.count
    func around(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.dropFirst(max(place - 30, 0)).prefix(120), as: UTF8.self)
    }
    return
        "at \(place) of \(found.count), expected \(expected.count): \(around(found)) for \(around(expected))"
}
