// SPDX-License-Identifier: Apache-2.0

import HeliographConfig

/// A file system of texts. Patterns know `*` in the last part of a path.
struct Files {
    var texts: [String: [UInt8]]

    init(_ texts: [String: String]) {
        self.texts = texts.mapValues { Array($0.utf8) }
    }

    /// Loads `c.yaml` with this text.
    static func load(_ text: String) -> ConfigurationLoader.Result {
        Files(["c.yaml": text]).load("c.yaml")
    }

    /// The diagnostics of a text, as lines.
    static func diagnostics(_ text: String) -> [String] {
        Self.load(text).diagnostics.map(\.description)
    }

    func load(_ path: String) -> ConfigurationLoader.Result {
        let texts = self.texts
        let access = ConfigurationLoader.FileAccess(
            read: { path throws(ConfigurationLoader.FileProblem) in
                guard let text = texts[path] else { throw .init("no such file or directory") }
                return text
            },
            expand: { pattern throws(ConfigurationLoader.FileProblem) in
                let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
                guard parts.count == 2 else { return texts[pattern] == nil ? [] : [pattern] }
                // Backwards, since the order is the loader's business.
                return texts.keys.sorted(by: >).filter { path in
                    path.hasPrefix(parts[0]) && path.hasSuffix(parts[1])
                        && !path.dropFirst(parts[0].count).contains("/")
                }
            }
        )
        return ConfigurationLoader(files: access).load(path)
    }
}
