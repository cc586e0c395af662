// SPDX-License-Identifier: Apache-2.0

/// A key with its modifiers, by the name that operators, the configuration and the records use: `F11`, `Ctrl-Alt-Delete`,
/// `KP_Enter`.
package struct KeyName: Hashable, Sendable {
    package var key: Key
    package var modifiers: KeyModifiers

    package init(_ key: Key, _ modifiers: KeyModifiers = []) {
        self.key = key
        self.modifiers = modifiers
    }

    package static let up = KeyName(.up)
    package static let down = KeyName(.down)
    package static let left = KeyName(.left)
    package static let right = KeyName(.right)
    package static let home = KeyName(.home)
    package static let end = KeyName(.end)
    package static let insert = KeyName(.insert)
    package static let delete = KeyName(.delete)
    package static let pageUp = KeyName(.pageUp)
    package static let pageDown = KeyName(.pageDown)
    package static let backspace = KeyName(.backspace)
    package static let enter = KeyName(.enter)
    package static let tab = KeyName(.tab)
    package static let escape = KeyName(.escape)
    /// The key that resets a machine; see `KeyTranslator` for how it is kept from accidents.
    package static let controlAltDelete = KeyName(.delete, [.control, .alt])

    /// F1 to F24.
    package static func function(_ number: UInt8) -> KeyName { KeyName(.function(number)) }

    /// A keypad key.
    package static func keypad(_ key: KeypadKey) -> KeyName { KeyName(.keypad(key)) }

    /// The same key with more modifiers.
    package func with(_ modifiers: KeyModifiers) -> KeyName {
        KeyName(self.key, self.modifiers.union(modifiers))
    }

    /// The same key elsewhere on the keyboard, for a key of the keypad that has one; otherwise itself.
    var withoutKeypad: KeyName {
        guard case .keypad(let key) = self.key, let counterpart = key.counterpart else { return self }
        return KeyName(counterpart, self.modifiers)
    }
}

extension KeyName: CustomStringConvertible {
    /// The name as `init(parsing:)` takes it.
    package var description: String {
        (self.modifiers.contains(.control) ? "Ctrl-" : "") + (self.modifiers.contains(.alt) ? "Alt-" : "")
            + (self.modifiers.contains(.shift) ? "Shift-" : "") + self.key.name
    }
}

extension Key {
    /// The keys with a name of their own, apart from F1 to F24 and the keypad.
    static let named: [(key: Key, name: String)] = [
        (.up, "Up"), (.down, "Down"), (.left, "Left"), (.right, "Right"),
        (.home, "Home"), (.end, "End"), (.insert, "Insert"), (.delete, "Delete"),
        (.pageUp, "PageUp"), (.pageDown, "PageDown"),
        (.backspace, "Backspace"), (.enter, "Enter"), (.tab, "Tab"), (.escape, "Escape"),
        (.character(0x20), "Space"),
    ]

    var name: String {
        switch self {
        case .function(let number): "F\(number)"
        case .keypad(let key): "KP_" + key.rawValue
        case .character(let byte) where byte > 0x20 && byte < 0x7F: String(UnicodeScalar(byte))
        case .up, .down, .left, .right, .home, .end, .insert, .delete, .pageUp, .pageDown, .backspace, .enter,
            .tab, .escape, .character:
            Self.named.first { $0.key == self }?.name ?? "?"
        }
    }
}
