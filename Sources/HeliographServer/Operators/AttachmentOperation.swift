// SPDX-License-Identifier: Apache-2.0

import ConsoleHub

/// What an attached operator wants of a console; carried from the door's thread to the shard in the order
/// typed.
enum AttachmentOperation: Sendable {
    case type(ArraySlice<UInt8>)
    /// A break, and a sysrq key behind it where given.
    case sendBreak(key: UInt8?)
    case request(PenRequest)
    /// A line for the console's log.
    case note(String)
    /// A line for everybody on the console.
    case message(String)
    case show(AttachmentQuestion)
    case open(again: Bool)
    case close

    var inputByteCount: Int {
        if case .type(let characters) = self { characters.count } else { 0 }
    }
}

/// What an operator wants to see of a console.
enum AttachmentQuestion: Sendable {
    case information
    case who
    case playback(lines: Int)
    case redraw
}
