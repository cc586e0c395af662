// SPDX-License-Identifier: Apache-2.0

import CLibSSH

/// What a client can ask before it is logged in. Called on the reception thread while the session is processed.
protocol LoginCallbackTarget: AnyObject {
    func askedForMethods(user: String)
    /// First without a signature (would it do?), then with one that the library has checked.
    func offered(_ key: OfferedKey, user: String, isProven: Bool) -> Bool
    func offered(password: String, user: String) -> Bool
    /// Wants a dialogue; true sends the prompt for a password.
    func beganDialogue(user: String) -> Bool
    func answered(_ answer: String) -> Bool
}

/// The callback structure of a session that is logging in. The library keeps its address, so it lives as long as the
/// session, or until other callbacks are installed.
@safe final class LoginCallbacks {
    private let structure: UnsafeMutablePointer<ssh_server_callbacks_struct>
    fileprivate weak var target: (any LoginCallbackTarget)?

    init(target: any LoginCallbackTarget) {
        self.target = target
        unsafe self.structure = .allocate(capacity: 1)
        unsafe self.structure.initialize(to: .init())
        unsafe self.structure.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
        // Unretained: the login owns this object and frees the session first.
        unsafe self.structure.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        unsafe self.structure.pointee.auth_none_function = { _, user, data in
            unsafe loginTarget(data)?.askedForMethods(user: text(user))
            return denied
        }
        unsafe self.structure.pointee.auth_pubkey_function = { _, user, key, state, data in
            guard let target = unsafe loginTarget(data), let key = unsafe key else { return denied }
            let state = Int32(state)
            guard state == SSH_PUBLICKEY_STATE_NONE.rawValue || state == SSH_PUBLICKEY_STATE_VALID.rawValue
            else {
                return denied
            }
            let isProven = state == SSH_PUBLICKEY_STATE_VALID.rawValue
            let offered = unsafe OfferedKey(key)
            return unsafe target.offered(offered, user: text(user), isProven: isProven) ? accepted : denied
        }
        unsafe self.structure.pointee.auth_password_function = { _, user, password, data in
            let isRight =
                unsafe loginTarget(data)?.offered(password: text(password), user: text(user)) ?? false
            return isRight ? accepted : denied
        }
        // Without this the library asks Kerberos, with files and perhaps DNS, for any stranger who says the word.
        unsafe self.structure.pointee.gssapi_select_oid_function = { _, _, _, _, _ in nil }
        // Nobody opens a channel before a worker has taken the session over.
        unsafe self.structure.pointee.channel_open_request_session_function = { _, _ in nil }
    }

    deinit {
        unsafe self.structure.deallocate()
    }

    func install(on session: LibSSHSession) {
        unsafe ssh_set_server_callbacks(session.pointer, self.structure)
        unsafe ssh_set_message_callback(
            session.pointer,
            { session, message, data in
                guard let target = unsafe loginTarget(data), let message = unsafe message else { return 1 }
                return unsafe interact(session, message, target) ? 0 : 1
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

private let accepted = Int32(SSH_AUTH_SUCCESS.rawValue)
private let denied = Int32(SSH_AUTH_DENIED.rawValue)

@unsafe private func loginTarget(_ data: UnsafeMutableRawPointer?) -> (any LoginCallbackTarget)? {
    guard let data = unsafe data else { return nil }
    return unsafe Unmanaged<LoginCallbacks>.fromOpaque(data).takeUnretainedValue().target
}

/// Empty, which is nobody's name and password, when it is not UTF-8.
@unsafe private func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(validatingCString: pointer) ?? ""
}

/// Keyboard-interactive has no callback of its own and comes as a message. True when it was answered.
@unsafe private func interact(
    _ session: ssh_session?,
    _ message: ssh_message,
    _ target: any LoginCallbackTarget
) -> Bool {
    guard
        unsafe ssh_message_type(message) == Int32(SSH_REQUEST_AUTH.rawValue),
        unsafe ssh_message_subtype(message) == Int32(SSH_AUTH_METHOD_INTERACTIVE)
    else {
        return false
    }
    guard unsafe ssh_message_auth_kbdint_is_response(message) != 0 else {
        guard target.beganDialogue(user: unsafe text(ssh_message_auth_user(message))) else { return false }
        return unsafe "Password: ".withCString { prompt in
            var prompts: [UnsafePointer<CChar>?] = unsafe [prompt]
            var echo: [CChar] = [0]
            return unsafe ssh_message_auth_interactive_request(message, "", "", 1, &prompts, &echo) == SSH_OK
        }
    }
    guard unsafe ssh_userauth_kbdint_getnanswers(session) == 1 else { return false }
    guard target.answered(unsafe text(ssh_userauth_kbdint_getanswer(session, 0))) else { return false }
    unsafe ssh_message_auth_reply_success(message, 0)
    return true
}
