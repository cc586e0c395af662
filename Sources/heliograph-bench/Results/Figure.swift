// SPDX-License-Identifier: Apache-2.0

/// A figure with its target.
struct Figure {
    enum Target {
        case below(Double)
        case atLeast(Double)
        case zero
        /// Told, not judged.
        case none
    }

    var name: String
    var target: Target
    /// Nil: it could not be measured.
    var measured: Double?
    var unit: String

    var targetText: String {
        switch self.target {
        case .below(let limit): "< \(Self.text(limit, self.unit))"
        case .atLeast(let limit): ">= \(Self.text(limit, self.unit))"
        case .zero: Self.text(0, self.unit)
        case .none: "-"
        }
    }

    var measuredText: String { self.measured.map { Self.text($0, self.unit) } ?? "not measured" }

    var verdict: String {
        guard let measured else { return "-" }
        switch self.target {
        case .none: return ""
        case .zero: return measured == 0 ? "met" : "missed by \(Self.text(measured, self.unit))"
        case .below(let limit):
            return measured < limit
                ? "met (\(Self.percent(measured / limit)) of it)"
                : "missed by \(Self.percent(measured / limit - 1))"
        case .atLeast(let limit):
            return measured >= limit
                ? "met (\(Self.percent(measured / limit)) of it)"
                : "missed by \(Self.percent(1 - measured / limit))"
        }
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func text(_ value: Double, _ unit: String) -> String {
        unit.isEmpty ? value.brief : "\(value.brief) \(unit)"
    }
}

extension Double {
    /// Three significant digits.
    var brief: String {
        guard self != 0, self.isFinite else { return self == 0 ? "0" : "\(self)" }
        var scale = 1.0
        var decimals = 0
        while abs(self) * scale < 100, decimals < 6 {
            scale *= 10
            decimals += 1
        }
        let scaled = (self * scale).rounded()
        var text = "\(scaled / scale)"
        if text.hasSuffix(".0") { text.removeLast(2) }
        return text
    }
}

extension Sequence<Double> {
    /// The middle one; nil of nothing.
    var median: Double? { self.quantile(0.5) }

    /// The value below which that share of the others lies; nil of nothing.
    func quantile(_ share: Double) -> Double? {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return nil }
        return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
