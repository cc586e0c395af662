// SPDX-License-Identifier: Apache-2.0

/// How durations and fractions are written on the command line and in control commands.
package enum TextValues {
    /// `500ms`, `30s`, `10m`, `2h`; a number alone counts seconds.
    package static func duration(_ text: some StringProtocol) -> Duration? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let value = Double(digits), value >= 0, value <= 1e9 else { return nil }
        switch text[digits.endIndex...] {
        case "us": return .microseconds(value)
        case "ms": return .milliseconds(value)
        case "", "s": return .seconds(value)
        case "m": return .seconds(value * 60)
        case "h": return .seconds(value * 3600)
        default: return nil
        }
    }

    /// `5%` or `0.05`.
    package static func fraction(_ text: some StringProtocol) -> Double? {
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return value.flatMap { (0...1).contains($0) ? $0 : nil }
    }

    /// `30s@60s`: for 30 s, from the 60th second on.
    package static func blackout(_ text: some StringProtocol) -> FaultPlan.Blackout? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Self.duration(parts[0]), let start = Self.duration(parts[1])
        else { return nil }
        return FaultPlan.Blackout(start: start, length: length)
    }

    /// `10%:700ms`: a tenth of the datagrams, 0.7 s late.
    package static func late(_ text: some StringProtocol) -> FaultPlan.LateDelivery? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let fraction = Self.fraction(parts[0]), let delay = Self.duration(parts[1])
        else { return nil }
        return FaultPlan.LateDelivery(fraction: fraction, delay: delay)
    }

    /// `127.0.0.1:9001`.
    package static func address(_ text: some StringProtocol) -> PeerAddress? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
        let bytes = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4, !bytes.contains(nil) else { return nil }
        return PeerAddress(ip: bytes.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }, port: port)
    }
}
