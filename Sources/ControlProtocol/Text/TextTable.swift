// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// Columns of text, aligned. Cells are made harmless for terminals.
package struct TextTable: Sendable {
    /// One column.
    package struct Column: Sendable {
        package var title: String
        package var alignsRight: Bool

        package init(_ title: String, alignsRight: Bool = false) {
            self.title = title
            self.alignsRight = alignsRight
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row. Cells beyond the columns are dropped, missing ones are empty.
    package mutating func add(_ cells: [String]) {
        self.rows.append(
            self.columns.indices.map { $0 < cells.count ? TerminalSafe.text(cells[$0]) : "" }
        )
    }

    /// The lines, header first, without blanks at their ends; a newline after each.
    package var text: String {
        let all = [self.columns.map(\.title)] + self.rows
        let widths = self.columns.indices.map { column in
            all.map { TerminalSafe.columns(of: $0[column]) }.max() ?? 0
        }
        return all.map { self.line($0, widths) + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            if index > 0 { line += "  " }
            let padding = String(repeating: " ", count: widths[index] - TerminalSafe.columns(of: cell))
            line += self.columns[index].alignsRight ? padding + cell : cell + padding
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
