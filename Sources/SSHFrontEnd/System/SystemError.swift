// SPDX-License-Identifier: Apache-2.0

import Glibc

extension SSHFrontEndError {
    /// A system call failed for want of a resource.
    static func system(_ call: String, _ number: Int32) -> SSHFrontEndError {
        SSHFrontEndError(.systemLimit, "\(call): \(systemErrorText(number))")
    }
}

/// The text for an error number.
func systemErrorText(_ number: Int32) -> String {
    // Sound: the GNU variant returns a string that is constant or in `buffer`, and it is copied before that goes.
    var buffer = [CChar](repeating: 0, count: 128)
    return unsafe buffer.withUnsafeMutableBufferPointer { pointer in
        guard let base = pointer.baseAddress, unsafe strerror_r(number, base, pointer.count) == 0 else {
            return "error \(number)"
        }
        return unsafe String(cString: base)
    }
}
