// SPDX-License-Identifier: Apache-2.0

/// Where everything lies under `logs.directory`.
struct LogPaths: Sendable, Equatable {
    var directory: String

    init(directory: String) {
        self.directory =
            directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    var consoles: String { self.directory + "/console" }
    var archive: String { self.directory + "/archive" }
    var events: String { self.directory + "/events.jsonl" }
    var audit: String { self.directory + "/audit.jsonl" }
    var reserve: String { self.directory + "/.reserve" }

    func current(_ fileName: String) -> String { self.consoles + "/" + fileName + ".log" }
    func archive(of fileName: String) -> String { self.archive + "/" + fileName }

    /// The name of a console as a file name: `%XX` for bytes outside `[A-Za-z0-9._-]`, and for the first dot of a name
    /// that begins with one (`.` and `..` are not files). Names too long for a file system end in a hash.
    static func fileName(for console: String) -> String {
        var name = ""
        for (index, byte) in console.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: ".") where index == 0: name += "%2E"
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default: name += "%" + String(decoding: hexEscape(byte).dropFirst(2), as: UTF8.self)
            }
        }
        guard name.utf8.count > 200 else { return name.isEmpty ? "%" : name }
        return name.prefix(180) + "%" + String(self.hash(console), radix: 16)
    }

    /// FNV-1a: the same in every run, unlike Swift's own hash.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
