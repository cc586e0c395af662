// SPDX-License-Identifier: Apache-2.0

/// Paths as text. The configuration never asks the file system about them.
enum FilePath {
    /// A path as seen from the directory of the file it is written in, with `.` and `..` taken out.
    static func resolve(_ path: String, relativeTo file: String) -> String {
        if path.hasPrefix("/") { return Self.normalised(path) }
        guard let slash = file.lastIndex(of: "/") else { return Self.normalised(path) }
        return Self.normalised(String(file[...slash]) + path)
    }

    /// Without `.`, `..` and double slashes; leading `..` of a relative path stay.
    static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        let isAbsolute = path.hasPrefix("/")
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/" + joined : (joined.isEmpty ? "." : joined)
    }
}
