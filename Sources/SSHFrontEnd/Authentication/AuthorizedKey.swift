// SPDX-License-Identifier: Apache-2.0

/// One line of an `authorized_keys` file (sshd(8)): options, type, key, comment.
package struct AuthorizedKey: Equatable, Sendable {
    /// The key types that can log in. Certificates (`*-cert-v01@openssh.com`) are not among them.
    package static let algorithms: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    package var algorithm: String
    /// The public key as it goes over the wire (RFC 4253 section 6.6).
    package var blob: [UInt8]
    package var comment: String
    package var options: AuthorizedKeyOptions

    /// Reads one line that is neither empty nor a comment.
    package init(parsing line: some StringProtocol) throws(SSHFrontEndError) {
        var scanner = AuthorizedKeyScanner(line)
        var word = scanner.word()
        guard !word.isEmpty else { throw .badKey("the line has no key type") }
        self.options = AuthorizedKeyOptions()
        if !Self.isAlgorithm(word) {
            self.options = try AuthorizedKeyOptions(parsing: word)
            word = scanner.word()
        }
        self.algorithm = word
        guard !word.isEmpty else { throw .badKey("the line has no key type") }
        guard Self.algorithms.contains(word) else {
            throw .badKey("key type \(printable(word)) is not accepted")
        }
        guard let blob = decodeBase64(scanner.word()) else { throw .badKey("the key is not valid base64") }
        guard let parts = Self.strings(in: blob), parts.first == Array(word.utf8)[...], parts.count > 1 else {
            throw .badKey("the key is damaged: it is not a whole \(word) key")
        }
        self.blob = blob
        self.comment = scanner.rest()
    }

    /// Reads a whole file: comments and empty lines are skipped, each other line gives a key or a fault.
    package static func file(_ text: String) -> (
        keys: [AuthorizedKey], faults: [(line: Int, error: SSHFrontEndError)]
    ) {
        var keys: [AuthorizedKey] = []
        var faults: [(line: Int, error: SSHFrontEndError)] = []
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let line = raw.drop { $0 == " " || $0 == "\t" }
            guard let first = line.first, first != "#" else { continue }
            do throws(SSHFrontEndError) {
                keys.append(try AuthorizedKey(parsing: line))
            } catch {
                faults.append((index + 1, error))
            }
        }
        return (keys, faults)
    }

    /// Whether a word can only be meant as a key type: options contain none of these beginnings.
    private static func isAlgorithm(_ word: String) -> Bool {
        self.algorithms.contains(word) || ["ssh-", "ecdsa-", "sk-", "rsa-"].contains { word.hasPrefix($0) }
    }

    /// The length-prefixed strings that a blob consists of; nil when something is left over or missing.
    private static func strings(in blob: [UInt8]) -> [ArraySlice<UInt8>]? {
        var strings: [ArraySlice<UInt8>] = []
        var rest = blob[...]
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4, length <= rest.count - 4 else { return nil }
            strings.append(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
        }
        return strings
    }
}

extension SSHFrontEndError {
    static func badKey(_ detail: String) -> SSHFrontEndError { SSHFrontEndError(.badAuthorizedKey, detail) }
}

/// Cuts a line at blanks, but not inside double quotes.
struct AuthorizedKeyScanner {
    private var remainder: Substring

    init(_ line: some StringProtocol) {
        self.remainder = Substring(line)
        self.skipBlanks()
    }

    mutating func word() -> String {
        var isQuoted = false
        var isEscaped = false
        var end = self.remainder.startIndex
        while end < self.remainder.endIndex {
            let character = self.remainder[end]
            if !isQuoted && (character == " " || character == "\t" || character.isNewline) { break }
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            end = self.remainder.index(after: end)
        }
        let word = String(self.remainder[..<end])
        self.remainder = self.remainder[end...]
        self.skipBlanks()
        return word
    }

    func rest() -> String {
        var text = self.remainder
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    private mutating func skipBlanks() {
        self.remainder = self.remainder.drop { $0.isWhitespace }
    }
}
