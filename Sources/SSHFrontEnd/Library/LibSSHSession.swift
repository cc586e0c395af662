// SPDX-License-Identifier: Apache-2.0

import CLibSSH
import Glibc

func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
}

/// One SSH connection inside the library. A plain handle: its owner calls `free` exactly once, last, after which the
/// descriptor is closed too.
@safe struct LibSSHSession {
    let pointer: ssh_session
    let descriptor: Int32

    @unsafe init(_ pointer: ssh_session, descriptor: Int32) {
        unsafe self.pointer = pointer
        self.descriptor = descriptor
    }

    /// Sends our identification and installs the state machine; once, packets drive the rest.
    func beginKeyExchange() -> Bool {
        unsafe ssh_handle_key_exchange(self.pointer) != SSH_ERROR
    }

    /// Handles what has arrived and runs the callbacks of this session only.
    func process() {
        _ = unsafe ssh_execute_message_callbacks(self.pointer)
    }

    var isClosed: Bool {
        unsafe ssh_get_status(self.pointer) & (SSH_CLOSED | SSH_CLOSED_ERROR) != 0
            || ssh_is_connected(self.pointer) == 0
    }

    /// Whether the kernel has not taken all output yet.
    var hasPendingOutput: Bool { unsafe ssh_get_status(self.pointer) & SSH_WRITE_PENDING != 0 }

    var errorText: String {
        guard let text = unsafe ssh_get_error(UnsafeMutableRawPointer(self.pointer)) else { return "" }
        return unsafe String(cString: text)
    }

    /// The identification the client sent, `SSH-2.0-OpenSSH_9.2`.
    var clientBanner: String? {
        guard let text = unsafe ssh_get_clientbanner(self.pointer) else { return nil }
        return unsafe String(cString: text)
    }

    func offer(_ methods: Set<SSHAuthenticationMethod>) {
        var mask: UInt32 = 0
        if methods.contains(.publickey) { mask |= UInt32(SSH_AUTH_METHOD_PUBLICKEY) }
        if methods.contains(.password) { mask |= UInt32(SSH_AUTH_METHOD_PASSWORD) }
        if methods.contains(.keyboardInteractive) { mask |= UInt32(SSH_AUTH_METHOD_INTERACTIVE) }
        // Zero would mean the library's default, which includes passwords.
        if mask == 0 { mask = UInt32(SSH_AUTH_METHOD_PUBLICKEY) }
        unsafe ssh_set_auth_methods(self.pointer, Int32(mask))
    }

    /// Sends the text shown before login; only while an authentication request is being handled.
    func sendBanner(_ text: String) {
        guard let string = unsafe ssh_string_from_char(text) else { return }
        unsafe ssh_send_issue_banner(self.pointer, string)
        unsafe ssh_string_free(string)
    }

    /// Tells the client why and closes. Never from inside a callback.
    func disconnect(_ reason: String) {
        unsafe ssh_session_set_disconnect_message(self.pointer, reason)
        unsafe ssh_disconnect(self.pointer)
    }

    func free() {
        unsafe ssh_free(self.pointer)
    }

    static var loadedVersion: String {
        guard let version = unsafe ssh_version(0) else { return "" }
        return unsafe String(cString: version)
    }
}
