// SPDX-License-Identifier: Apache-2.0

import OperatorSession

/// A verb's words, sorted by the verb table into operands and options.
struct ParsedArguments {
    let verb: Verb
    private(set) var operands: [String] = []
    /// By the option's key; a flag has an empty list.
    private(set) var options: [String: [String]] = [:]
    private(set) var wantsHelp = false
    private let known: [VerbDescription.Option]

    /// Options may stand anywhere; `--` ends them.
    init(_ description: VerbDescription, _ words: some Sequence<String>) throws(UsageError) {
        self.verb = description.verb
        self.known = description.options + [.help]
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            if word == "--" {
                self.operands += rest
                break
            } else if word.hasPrefix("--") {
                try self.takeLong(word.dropFirst(2), &rest)
            } else if word.hasPrefix("-"), word.count > 1 {
                try self.takeShort(word.dropFirst(), &rest)
            } else {
                self.operands.append(word)
            }
        }
        if !self.wantsHelp { try self.checkCount(description.operands) }
    }

    /// The nth operand. The count has been checked against the table.
    subscript(index: Int) -> String { index < self.operands.count ? self.operands[index] : "" }

    func has(_ key: String) -> Bool { self.options[key] != nil }

    func value(_ key: String) -> String? { self.options[key]?.last }

    private mutating func takeLong(_ text: Substring, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = self.known.first(where: { $0.long == name }) else {
            throw self.unknown("--\(name)")
        }
        try self.take(option, attached: parts.count > 1 ? String(parts[1]) : nil, &rest)
    }

    /// `-f`, `-n 20`, `-n20`, `-fn20`
    private mutating func takeShort(_ text: Substring, _ rest: inout ArraySlice<String>) throws(UsageError) {
        var letters = text
        while let letter = letters.popFirst() {
            guard let option = self.known.first(where: { $0.short == letter }) else {
                throw self.unknown("-\(letter)")
            }
            let takesRest = option.value != nil && !letters.isEmpty
            try self.take(option, attached: takesRest ? String(letters) : nil, &rest)
            if takesRest { return }
        }
    }

    private mutating func take(
        _ option: VerbDescription.Option,
        attached: String?,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        if option == .help {
            self.wantsHelp = true
            return
        }
        guard option.repeats || self.options[option.key] == nil else {
            throw UsageError(self.verb, "\(option.name) is given twice")
        }
        guard let value = option.value else {
            guard attached == nil else { throw UsageError(self.verb, "\(option.name) takes no value") }
            self.options[option.key] = []
            return
        }
        guard let text = attached ?? rest.popFirst() else {
            throw UsageError(self.verb, "\(option.name) needs a value: \(option.name) \(value)")
        }
        self.options[option.key, default: []].append(text)
    }

    private func unknown(_ word: String) -> UsageError {
        let names = self.known.compactMap { $0.long.map { "--\($0)" } }
        let nearest = word.hasPrefix("--") ? EditDistance.closest(to: word, among: names) : nil
        let hint = nearest.map { " (did you mean \($0)?)" } ?? ""
        return UsageError(self.verb, "unknown option \(TerminalSafe.text(word))\(hint)")
    }

    private func checkCount(_ operands: [VerbDescription.Operand]) throws(UsageError) {
        let required = operands.filter { !$0.isOptional }
        if self.operands.count < required.count {
            throw UsageError(self.verb, "\(required[self.operands.count].name) is missing")
        }
        if self.operands.count > operands.count, operands.last?.repeats != true {
            throw UsageError(
                self.verb,
                "one word too many: \(TerminalSafe.text(self.operands[operands.count]))"
            )
        }
    }
}
