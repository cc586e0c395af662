// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A pseudo terminal: a program stands at one end, the test at the other.
package final class Terminal: Sendable {
    package let output: ByteCollector
    /// The path of the program's end.
    package let path: String
    private let controller: Descriptor
    private let programEnd: Locked<Descriptor?>

    package init(columns: UInt16 = 80, rows: UInt16 = 24) throws {
        // Where processes are started, so that none starts before the ends are closed to children.
        let (controller, end, path) = try SpawnThread.shared.run { try Self.open(columns, rows) }
        self.controller = controller
        self.programEnd = Locked(end)
        self.path = path
        self.output = ByteCollector(reading: self.controller)
    }

    private static func open(_ columns: UInt16, _ rows: UInt16) throws -> (Descriptor, Descriptor, String) {
        var (controller, end): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&controller, &end, &name, nil, &size) == 0 else { throw Descriptor.failure("openpty") }
        for number in [controller, end] { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (Descriptor(controller), Descriptor(end), path)
    }

    /// Gives the program's end away: from then on the terminal ends with the program.
    func takeProgramEnd() -> Descriptor? {
        self.programEnd.withLock { end in
            defer { end = nil }
            return end
        }
    }

    /// Types; waits only for the terminal's small buffer.
    package func type(_ text: String) { _ = self.controller.write(Array(text.utf8)) }

    /// Types more than the buffer holds, as fast as it is taken, on a thread of its own.
    package func paste(_ bytes: [UInt8]) {
        let controller = self.controller
        Thread { _ = controller.write(bytes) }.start()
    }
}
