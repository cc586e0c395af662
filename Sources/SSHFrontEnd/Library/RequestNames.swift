// SPDX-License-Identifier: Apache-2.0

import CLibSSH
import Glibc

/// Catches the names of channel requests that libssh 0.10 does not know, `break` above all.
///
/// Such a request reaches us as a message without its name. But immediately before, on the same thread, the function
/// `ssh_message_handle_channel_request` writes one line to the library's log that has it, and both log callback and
/// level belong to the thread. The lines are for this alone and never go to our own log.
final class RequestNames {
    private var last: String?

    /// Catches the names on the calling thread from now on, which must outlive nothing that uses this object.
    func install() {
        // Unretained: the worker owns this object and takes it out of the library before it ends.
        unsafe ssh_set_log_userdata(Unmanaged.passUnretained(self).toOpaque())
        unsafe ssh_set_log_callback { _, function, line, data in
            guard
                let function = unsafe function, let line = unsafe line, let data = unsafe data,
                unsafe isRequestHandler(function)
            else {
                return
            }
            let names = unsafe Unmanaged<RequestNames>.fromOpaque(data).takeUnretainedValue()
            names.last = requestName(in: unsafe String(cString: line))
        }
        ssh_set_log_level(SSH_LOG_DEBUG)
    }

    /// Undoes `install`, on the same thread.
    static func uninstall() {
        ssh_set_log_level(SSH_LOG_NONE)
        ssh_set_log_callback(nil)
        ssh_set_log_userdata(nil)
    }

    /// The name of the request that is being handled, once.
    func take() -> String? {
        defer { self.last = nil }
        return self.last
    }
}

@unsafe private func isRequestHandler(_ function: UnsafePointer<CChar>) -> Bool {
    unsafe strcmp(function, "ssh_message_handle_channel_request") == 0
}

/// The name in `...: Received a NAME channel_request for channel (1:2) ...`. The last such end counts, so a name that
/// contains the phrase itself is not mistaken for its own beginning.
func requestName(in line: String) -> String? {
    let bytes = Array(line.utf8)
    let beginning = Array("Received a ".utf8)
    let end = Array(" channel_request for channel (".utf8)
    func matches(_ pattern: [UInt8], at index: Int) -> Bool {
        bytes[index...].starts(with: pattern)
    }
    guard
        let start = bytes.indices.first(where: { matches(beginning, at: $0) }),
        let stop = bytes.indices.last(where: { matches(end, at: $0) }),
        stop >= start + beginning.count
    else {
        return nil
    }
    return String(decoding: bytes[(start + beginning.count)..<stop], as: UTF8.self)
}
