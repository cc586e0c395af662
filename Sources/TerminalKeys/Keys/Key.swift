// SPDX-License-Identifier: Apache-2.0

/// One key of a keyboard, without the modifiers held down with it.
package enum Key: Hashable, Sendable {
    /// F1 to F24.
    case function(UInt8)
    case up, down, left, right
    case home, end, insert, delete, pageUp, pageDown
    case backspace, enter, tab, escape
    /// A key of the numeric keypad.
    case keypad(KeypadKey)
    /// A key that types this ASCII character; only met together with a modifier, or by name.
    case character(UInt8)
}

/// The numeric keypad's keys; the first eleven are what it has with NumLock off.
package enum KeypadKey: String, Hashable, Sendable, CaseIterable {
    case home = "Home"
    case end = "End"
    case insert = "Insert"
    case delete = "Delete"
    case pageUp = "PageUp"
    case pageDown = "PageDown"
    case up = "Up"
    case down = "Down"
    case left = "Left"
    case right = "Right"
    /// The middle key, 5 with NumLock on.
    case begin = "Begin"
    case enter = "Enter"
    case plus = "Plus"
    case minus = "Minus"
    case multiply = "Multiply"
    case divide = "Divide"
    case decimal = "Decimal"
    case zero = "0"
    case one = "1"
    case two = "2"
    case three = "3"
    case four = "4"
    case five = "5"
    case six = "6"
    case seven = "7"
    case eight = "8"
    case nine = "9"

    /// The key elsewhere on the keyboard that does the same. Nil for the middle key.
    package var counterpart: Key? {
        switch self {
        case .home: .home
        case .end: .end
        case .insert: .insert
        case .delete: .delete
        case .pageUp: .pageUp
        case .pageDown: .pageDown
        case .up: .up
        case .down: .down
        case .left: .left
        case .right: .right
        case .begin: nil
        case .enter: .enter
        case .plus: .character(UInt8(ascii: "+"))
        case .minus: .character(UInt8(ascii: "-"))
        case .multiply: .character(UInt8(ascii: "*"))
        case .divide: .character(UInt8(ascii: "/"))
        case .decimal: .character(UInt8(ascii: "."))
        case .zero, .one, .two, .three, .four, .five, .six, .seven, .eight, .nine:
            self.rawValue.utf8.first.map(Key.character)
        }
    }
}

/// Keys held down together with another.
package struct KeyModifiers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let shift = KeyModifiers(rawValue: 1)
    package static let alt = KeyModifiers(rawValue: 2)
    package static let control = KeyModifiers(rawValue: 4)

    /// Takes the number in xterm's sequences: one more than the sum of Shift 1, Alt 2, Ctrl 4 and Meta 8. Meta counts as
    /// Alt, as iTerm2 means it. Nil if it is none of these.
    init?(xtermParameter parameter: Int) {
        guard (2...16).contains(parameter) else { return nil }
        let bits = UInt8(parameter - 1)
        self.init(rawValue: bits & 7 | (bits & 8 != 0 ? Self.alt.rawValue : 0))
    }

    /// The number in xterm's sequences.
    var xtermParameter: Int { Int(self.rawValue) + 1 }
}
