// SPDX-License-Identifier: Apache-2.0

extension MapReader {
    /// `password_file`, `password_env`, `password_credential` or `password_command`; the same for other prefixes. The
    /// secret itself is refused, and never repeated in a message.
    mutating func secret(_ name: String) -> SecretReference? {
        if let bare = self.entry(name) {
            self.sink.error(
                bare.keyPosition,
                "\(name): secrets do not belong into the configuration;"
                    + " use \(name)_file, \(name)_env, \(name)_credential or \(name)_command"
            )
        }
        let given = ["file", "env", "credential", "command"].map { "\(name)_\($0)" }.filter { self.has($0) }
        if given.count > 1 {
            self.sink.error(
                self.position,
                given.joined(separator: " and ") + " are both given; one says where the secret is"
            )
        }
        let file = self.path("\(name)_file").map { SecretReference.file($0) }
        let environment = self.value("\(name)_env") { text throws(ValueError) in
            let isName = text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") || isASCIILetter($0) }
            guard !text.isEmpty, isName, !isDigit(text.utf8.first ?? 0) else {
                throw ValueError("\(text.quoted) is not the name of an environment variable")
            }
            return SecretReference.environment(text)
        }
        let credential = self.value("\(name)_credential") { text throws(ValueError) in
            guard GroupName.isValid(text) else {
                throw ValueError("\(text.quoted) is not the name of a credential")
            }
            return SecretReference.credential(text)
        }
        let command = self.command("\(name)_command").map { SecretReference.command($0) }
        return file ?? environment ?? credential ?? command
    }
}

private func isASCIILetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
