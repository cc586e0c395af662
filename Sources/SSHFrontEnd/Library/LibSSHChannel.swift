// SPDX-License-Identifier: Apache-2.0

import CLibSSH

/// One channel of a session. A plain handle; its owner removes the callbacks, then calls `free` once, from the loop.
@safe struct LibSSHChannel {
    let pointer: ssh_channel

    @unsafe init(_ pointer: ssh_channel) {
        unsafe self.pointer = pointer
    }

    /// Bytes that the client takes at present.
    var window: Int { unsafe Int(ssh_channel_window_size(self.pointer)) }

    /// Writes to the client's standard output or error; returns how many bytes were taken (0 during a rekey), or -1.
    func write(_ bytes: UnsafeRawBufferPointer, isError: Bool) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let count = UInt32(bytes.count)
        return unsafe Int(
            isError
                ? ssh_channel_write_stderr(self.pointer, base, count)
                : ssh_channel_write(self.pointer, base, count)
        )
    }

    /// Everything the library holds of the client's input, after a data callback took less than all. The library holds
    /// at least one byte, so this handles no packets.
    func takeHeldInput(_ count: Int) -> [UInt8] {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let read = unsafe ssh_channel_read_timeout(self.pointer, buffer.baseAddress, UInt32(count), 0, 0)
            filled = max(0, Int(read))
        }
        return bytes
    }

    /// Ends the channel from our side; the library keeps what it needs until the client answers.
    func finish(exitStatus: UInt8) {
        unsafe ssh_channel_request_send_exit_status(self.pointer, Int32(exitStatus))
        unsafe ssh_channel_send_eof(self.pointer)
        unsafe ssh_channel_close(self.pointer)
    }

    func free() {
        unsafe ssh_channel_free(self.pointer)
    }
}
