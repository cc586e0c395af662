// SPDX-License-Identifier: Apache-2.0

/// All figures, one a row, for the end of the run.
struct FigureTable {
    var figures: [Figure] = []

    var text: String {
        let rows =
            [["figure", "target", "measured", "verdict"]]
            + self.figures.map { [$0.name, $0.targetText, $0.measuredText, $0.verdict] }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return String(cells.joined(separator: "  ").trimmingSuffix { $0 == " " })
        }.joined(separator: "\n")
    }
}

extension String {
    func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, isUnwanted(last) { rest.removeLast() }
        return rest
    }
}
