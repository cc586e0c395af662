// SPDX-License-Identifier: Apache-2.0

/// A set-up menu as server firmware draws it on a serial terminal: 80 by 24, ANSI colours, reacts to keys.
package struct BIOSSetup: Equatable, Sendable {
    /// What a key led to.
    package enum Outcome: Equatable, Sendable {
        case stay
        /// Leaves the menu and boots on; true if the settings were saved.
        case leave(saved: Bool)
    }

    private struct Item: Equatable, Sendable {
        var name: String
        var choices: [String]
        var choice = 0
    }

    private struct Page: Equatable, Sendable {
        var title: String
        var items: [Item]
    }

    private enum Dialog: Equatable, Sendable {
        case saveAndExit, discardAndExit

        var question: String {
            switch self {
            case .saveAndExit: "Save configuration changes and exit now?"
            case .discardAndExit: "Discard changes and exit now?"
            }
        }
    }

    private var pages: [Page] = [
        Page(
            title: "Main",
            items: [
                Item(name: "System Language", choices: ["English"]),
                Item(name: "Total Memory", choices: ["262144 MB"]),
                Item(name: "Quiet Boot", choices: ["Disabled", "Enabled"]),
            ]
        ),
        Page(
            title: "Advanced",
            items: [
                Item(name: "Hyper-Threading", choices: ["Enabled", "Disabled"]),
                Item(name: "Virtualization", choices: ["Enabled", "Disabled"]),
                Item(name: "Console Redirection", choices: ["Enabled", "Disabled"]),
                Item(name: "Bits per second", choices: ["115200", "57600", "38400", "19200", "9600"]),
                Item(name: "Terminal Type", choices: ["VT100+", "VT-UTF8", "ANSI", "VT100"]),
            ]
        ),
        Page(
            title: "Boot",
            items: [
                Item(name: "Boot mode select", choices: ["UEFI", "LEGACY", "DUAL"]),
                Item(
                    name: "Boot Option #1",
                    choices: ["debian (SATA, Port: 0)", "UEFI PXE IPv4", "UEFI: Built-in EFI Shell"]
                ),
                Item(
                    name: "Boot Option #2",
                    choices: ["UEFI PXE IPv4", "debian (SATA, Port: 0)", "Disabled"]
                ),
            ]
        ),
        Page(
            title: "Save & Exit",
            items: [
                Item(name: "Save Changes and Exit", choices: [""]),
                Item(name: "Discard Changes and Exit", choices: [""]),
            ]
        ),
    ]
    private var page = 0
    private var selected = 0
    private var dialog: Dialog?

    package init() {}

    package mutating func press(_ key: HostKey, output: inout [UInt8]) -> Outcome {
        if let dialog { return self.answer(dialog, key, output: &output) }
        switch key {
        case .left: self.turn(to: self.page - 1, output: &output)
        case .right: self.turn(to: self.page + 1, output: &output)
        case .up: self.select(self.selected - 1, output: &output)
        case .down: self.select(self.selected + 1, output: &output)
        case .home: self.select(0, output: &output)
        case .end: self.select(self.pages[self.page].items.count - 1, output: &output)
        case .enter: self.enter(output: &output)
        case .character(UInt8(ascii: "+")): self.change(by: 1, output: &output)
        case .character(UInt8(ascii: "-")): self.change(by: -1, output: &output)
        case .function(10): self.ask(.saveAndExit, output: &output)
        case .escape: self.ask(.discardAndExit, output: &output)
        case .character, .backspace, .delete, .pageUp, .pageDown, .function: break
        }
        return .stay
    }

    private mutating func answer(_ dialog: Dialog, _ key: HostKey, output: inout [UInt8]) -> Outcome {
        switch key {
        case .enter, .character(UInt8(ascii: "y")), .character(UInt8(ascii: "Y")):
            self.dialog = nil
            output.append(contentsOf: "\u{1B}[0m\u{1B}[2J\u{1B}[H".utf8)
            return .leave(saved: dialog == .saveAndExit)
        case .escape, .character(UInt8(ascii: "n")), .character(UInt8(ascii: "N")):
            self.dialog = nil
            self.draw(&output)
            return .stay
        case .character, .backspace, .delete, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
            .function:
            return .stay
        }
    }

    private mutating func turn(to page: Int, output: inout [UInt8]) {
        self.page = (page + self.pages.count) % self.pages.count
        self.selected = 0
        self.draw(&output)
    }

    private mutating func select(_ index: Int, output: inout [UInt8]) {
        let count = self.pages[self.page].items.count
        let old = self.selected
        self.selected = (index + count) % count
        self.drawItem(old, &output)
        self.drawItem(self.selected, &output)
    }

    private mutating func enter(output: inout [UInt8]) {
        guard self.pages[self.page].title == "Save & Exit" else { return self.change(by: 1, output: &output) }
        self.ask(self.selected == 0 ? .saveAndExit : .discardAndExit, output: &output)
    }

    private mutating func change(by step: Int, output: inout [UInt8]) {
        let item = self.pages[self.page].items[self.selected]
        self.pages[self.page].items[self.selected].choice =
            (item.choice + step + item.choices.count) % item.choices.count
        self.drawItem(self.selected, &output)
    }

    private mutating func ask(_ dialog: Dialog, output: inout [UInt8]) {
        self.dialog = dialog
        let question = dialog.question
        let width = question.utf8.count + 6
        let column = (80 - width) / 2
        let rows = [
            "/" + Self.repeated("-", width - 2) + "\\",
            "|  " + question + "  |",
            "|" + Self.centred("[Yes]     [No]", width - 2) + "|",
            "\\" + Self.repeated("-", width - 2) + "/",
        ]
        for (offset, row) in rows.enumerated() {
            output.append(contentsOf: "\u{1B}[\(10 + offset);\(column)H\u{1B}[1;37;41m\(row)\u{1B}[0m".utf8)
        }
    }

    /// Draws the whole screen.
    package func draw(_ output: inout [UInt8]) {
        output.append(contentsOf: "\u{1B}[0m\u{1B}[2J\u{1B}[1;1H\u{1B}[37;44m".utf8)
        output.append(contentsOf: Self.centred("Aptio Setup Utility - Simulated Firmware 2.20", 80).utf8)
        output.append(contentsOf: "\u{1B}[2;1H".utf8)
        for (index, page) in self.pages.enumerated() {
            let colours = index == self.page ? "\u{1B}[34;47m" : "\u{1B}[37;44m"
            output.append(contentsOf: "\(colours) \(page.title) \u{1B}[37;44m ".utf8)
        }
        output.append(
            contentsOf: "\u{1B}[0m\u{1B}[3;1H/\(Self.repeated("-", 53))+\(Self.repeated("-", 24))\\".utf8
        )
        for row in 4...21 {
            output.append(contentsOf: "\u{1B}[\(row);1H|\u{1B}[\(row);55H|\u{1B}[\(row);80H|".utf8)
        }
        output.append(contentsOf: "\u{1B}[22;1H\\\(Self.repeated("-", 53))+\(Self.repeated("-", 24))/".utf8)
        let help = [
            "><: Select Screen", "^v: Select Item", "Enter: Select", "+/-: Change Opt.", "F10: Save & Exit",
            "ESC: Exit",
        ]
        for (offset, line) in help.enumerated() {
            output.append(contentsOf: "\u{1B}[\(15 + offset);57H\(line)".utf8)
        }
        output.append(
            contentsOf:
                "\u{1B}[23;1H\u{1B}[37;44m\(Self.centred("Version 2.20.1276. Simulated host", 80))\u{1B}[0m"
                .utf8
        )
        for index in self.pages[self.page].items.indices { self.drawItem(index, &output) }
    }

    private func drawItem(_ index: Int, _ output: inout [UInt8]) {
        let item = self.pages[self.page].items[index]
        let colours = index == self.selected ? "\u{1B}[1;37m" : "\u{1B}[0;34m"
        let value = item.choices[item.choice].isEmpty ? "" : "[\(item.choices[item.choice])]"
        let text = Self.padded(Self.padded(item.name, 24) + value, 51)
        output.append(contentsOf: "\u{1B}[\(5 + index);3H\(colours)\(text)\u{1B}[0m".utf8)
    }

    private static func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: max(0, count))
    }
    private static func padded(_ text: String, _ width: Int) -> String {
        text + Self.repeated(" ", width - text.utf8.count)
    }
    private static func centred(_ text: String, _ width: Int) -> String {
        let left = (width - text.utf8.count) / 2
        return Self.padded(Self.repeated(" ", left) + text, width)
    }
}
