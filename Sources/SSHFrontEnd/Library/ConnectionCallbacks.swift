// SPDX-License-Identifier: Apache-2.0

import CLibSSH

/// What a client can ask once it is logged in, besides what belongs to a channel.
protocol ConnectionCallbackTarget: AnyObject {
    /// Whether one more channel may be opened.
    func mayOpenChannel() -> Bool
    func opened(_ channel: LibSSHChannel)
    /// A channel request that the library does not know, by its name; true when it was carried out.
    func requested(_ name: String, on channel: LibSSHChannel) -> Bool
}

/// The callback structure of a session that a worker serves; lives as long as the session.
@safe final class ConnectionCallbacks {
    private let structure: UnsafeMutablePointer<ssh_server_callbacks_struct>
    private let names: RequestNames
    fileprivate weak var target: (any ConnectionCallbackTarget)?

    init(target: any ConnectionCallbackTarget, names: RequestNames) {
        self.target = target
        self.names = names
        unsafe self.structure = .allocate(capacity: 1)
        unsafe self.structure.initialize(to: .init())
        unsafe self.structure.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
        // Unretained: the connection owns this object and frees the session first.
        unsafe self.structure.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        unsafe self.structure.pointee.channel_open_request_session_function = { session, data in
            guard
                let target = unsafe callbacks(data)?.target, target.mayOpenChannel(),
                let channel = unsafe ssh_channel_new(session)
            else {
                return nil
            }
            unsafe target.opened(LibSSHChannel(channel))
            return unsafe channel
        }
        unsafe self.structure.pointee.gssapi_select_oid_function = { _, _, _, _, _ in nil }
    }

    deinit {
        unsafe self.structure.deallocate()
    }

    func install(on session: LibSSHSession) {
        unsafe ssh_set_server_callbacks(session.pointer, self.structure)
        unsafe ssh_set_message_callback(
            session.pointer,
            { _, message, data in
                guard let callbacks = unsafe callbacks(data), let message = unsafe message else { return 1 }
                return unsafe callbacks.handle(message) ? 0 : 1
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// True when the request was carried out and answered; the library refuses everything else.
    @unsafe private func handle(_ message: ssh_message) -> Bool {
        guard
            unsafe ssh_message_type(message) == Int32(SSH_REQUEST_CHANNEL.rawValue),
            unsafe ssh_message_subtype(message) == Int32(SSH_CHANNEL_REQUEST_UNKNOWN.rawValue),
            let name = self.names.take(),
            let channel = unsafe ssh_message_channel_request_channel(message),
            unsafe self.target?.requested(name, on: LibSSHChannel(channel)) == true
        else {
            return false
        }
        unsafe ssh_message_channel_request_reply_success(message)
        return true
    }
}

@unsafe private func callbacks(_ data: UnsafeMutableRawPointer?) -> ConnectionCallbacks? {
    guard let data = unsafe data else { return nil }
    return unsafe Unmanaged<ConnectionCallbacks>.fromOpaque(data).takeUnretainedValue()
}
