// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The process's environment.
enum Environment {
    /// Nil when unset or empty.
    static func value(_ name: String) -> String? {
        // Unsafe: a C string. Copied at once, and nobody here calls setenv.
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }
}

/// The system's words for an error number.
enum SystemError {
    static func text(_ code: Int32) -> String {
        // Unsafe: a C string in a static buffer. Copied at once; this program has one thread.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
