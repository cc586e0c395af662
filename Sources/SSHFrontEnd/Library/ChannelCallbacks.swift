// SPDX-License-Identifier: Apache-2.0

import CLibSSH

/// What a client does on one channel. Called on the worker's thread while the session is processed, and while
/// something is written to it.
protocol ChannelCallbackTarget: AnyObject {
    func requestedTerminal(type: String, columns: Int, rows: Int) -> Bool
    func resized(columns: Int, rows: Int)
    func setEnvironment(_ name: String, _ value: String) -> Bool
    func requestedShell() -> Bool
    func requestedCommand(_ line: String) -> Bool
    func requestedSubsystem(_ name: String) -> Bool
    /// Input, with what was not taken earlier at its front; returns how much of it is taken.
    func received(_ bytes: UnsafeRawBufferPointer) -> Int
    func receivedEndOfFile()
    func receivedClose()
}

/// The callback structure of a channel. `remove` must come before the channel is freed: a channel closed by us lives
/// on inside the session until the client's CLOSE arrives, and that would still call back.
@safe final class ChannelCallbacks {
    private let structure: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    fileprivate weak var target: (any ChannelCallbackTarget)?

    init(target: any ChannelCallbackTarget) {
        self.target = target
        unsafe self.structure = .allocate(capacity: 1)
        unsafe self.structure.initialize(to: .init())
        unsafe self.structure.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        // Unretained: the channel owns this object and removes the callbacks before it goes.
        unsafe self.structure.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        self.setRequests()
        self.setStream()
    }

    deinit {
        unsafe self.structure.deallocate()
    }

    func install(on channel: LibSSHChannel) {
        unsafe ssh_set_channel_callbacks(channel.pointer, self.structure)
    }

    func remove(from channel: LibSSHChannel) {
        unsafe ssh_remove_channel_callbacks(channel.pointer, self.structure)
    }

    private func setRequests() {
        unsafe self.structure.pointee.channel_pty_request_function = {
            _,
            _,
            type,
            width,
            height,
            _,
            _,
            data in
            let type = unsafe text(type)
            return unsafe answer(
                channelTarget(data)?.requestedTerminal(type: type, columns: Int(width), rows: Int(height))
            )
        }
        unsafe self.structure.pointee.channel_pty_window_change_function = {
            _,
            _,
            width,
            height,
            _,
            _,
            data in
            unsafe channelTarget(data)?.resized(columns: Int(width), rows: Int(height))
            return 0
        }
        unsafe self.structure.pointee.channel_env_request_function = { _, _, name, value, data in
            unsafe answer(channelTarget(data)?.setEnvironment(text(name), text(value)))
        }
        unsafe self.structure.pointee.channel_shell_request_function = { _, _, data in
            unsafe answer(channelTarget(data)?.requestedShell())
        }
        unsafe self.structure.pointee.channel_exec_request_function = { _, _, line, data in
            unsafe answer(channelTarget(data)?.requestedCommand(text(line)))
        }
        unsafe self.structure.pointee.channel_subsystem_request_function = { _, _, name, data in
            unsafe answer(channelTarget(data)?.requestedSubsystem(text(name)))
        }
    }

    private func setStream() {
        unsafe self.structure.pointee.channel_data_function = { _, _, bytes, count, isError, data in
            // Nothing reads what a client sends as its standard error: it is thrown away.
            guard isError == 0, let target = unsafe channelTarget(data) else { return Int32(clamping: count) }
            return unsafe Int32(
                clamping: target.received(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            )
        }
        unsafe self.structure.pointee.channel_eof_function = { _, _, data in
            unsafe channelTarget(data)?.receivedEndOfFile()
        }
        unsafe self.structure.pointee.channel_close_function = { _, _, data in
            unsafe channelTarget(data)?.receivedClose()
        }
    }
}

private func answer(_ isAccepted: Bool?) -> Int32 {
    isAccepted == true ? 0 : 1
}

@unsafe private func channelTarget(_ data: UnsafeMutableRawPointer?) -> (any ChannelCallbackTarget)? {
    guard let data = unsafe data else { return nil }
    return unsafe Unmanaged<ChannelCallbacks>.fromOpaque(data).takeUnretainedValue().target
}

/// Text from the client; what is not UTF-8 in it becomes U+FFFD.
@unsafe private func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
}
