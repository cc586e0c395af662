// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system's error numbers that the log store treats apart, and the names of those that operators meet.
enum ErrorNumber {
    static let noEntry = ENOENT
    static let exists = EEXIST
    static let noSpace = ENOSPC
    static let quota = EDQUOT
    static let inputOutput = EIO
    static let tooManyFiles = EMFILE
    static let fileTableFull = ENFILE
    static let notRegular = EINVAL
    static let noMemory = ENOMEM

    private static let names: [Int32: String] = [
        EPERM: "EPERM", ENOENT: "ENOENT", EINTR: "EINTR", EIO: "EIO", EBADF: "EBADF", EAGAIN: "EAGAIN",
        ENOMEM: "ENOMEM", EACCES: "EACCES", EEXIST: "EEXIST", EXDEV: "EXDEV", ENOTDIR: "ENOTDIR",
        EISDIR: "EISDIR",
        EINVAL: "EINVAL", ENFILE: "ENFILE", EMFILE: "EMFILE", EFBIG: "EFBIG", ENOSPC: "ENOSPC",
        EROFS: "EROFS",
        ENAMETOOLONG: "ENAMETOOLONG", ELOOP: "ELOOP", EDQUOT: "EDQUOT", ESTALE: "ESTALE",
        ENOTEMPTY: "ENOTEMPTY",
    ]

    static func name(_ number: Int32) -> String {
        self.names[number] ?? "errno-\(number)"
    }

    /// True when waiting for somebody to make room helps.
    static func meansFull(_ number: Int32) -> Bool {
        number == ENOSPC || number == EDQUOT
    }
}
