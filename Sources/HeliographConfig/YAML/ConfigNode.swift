// SPDX-License-Identifier: Apache-2.0

/// A value in a configuration file, and where it stands. Our own tree: nothing beyond `YAMLComposer` knows Yams.
struct ConfigNode {
    enum Content {
        case scalar(Scalar)
        case list([ConfigNode])
        case map([Entry])
    }

    struct Scalar {
        var text: String
        /// Written in quotes or as a block, so that `null` and `~` mean themselves.
        var isQuoted: Bool
    }

    /// `key: value`.
    struct Entry {
        var key: String
        var keyPosition: SourcePosition
        var value: ConfigNode
    }

    var position: SourcePosition
    var content: Content

    /// True for a key that has nothing after it.
    var isNull: Bool {
        guard case .scalar(let scalar) = self.content, !scalar.isQuoted else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// What it is, for messages.
    var kind: String {
        switch self.content {
        case .scalar: self.isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}
