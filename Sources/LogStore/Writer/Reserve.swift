// SPDX-License-Identifier: Apache-2.0

/// A file that holds space for bad times: it is removed when the disk is full, so that events can still be written.
final class Reserve {
    private let path: String
    private let wanted: Int64
    private let directory: String
    private var size: Int64 = 0
    /// The disk was full and the reserve is gone: only events may be written until there is room for it again.
    private(set) var isSpent = false

    init(paths: LogPaths, byteCount: Int64) {
        self.path = paths.reserve
        self.directory = paths.directory
        self.wanted = byteCount
    }

    /// Makes the reserve, smaller on a small file system. Without it the log works, but events are lost on a full disk.
    func restore(_ files: any FileLayer) {
        guard self.wanted > 0, let room = try? files.room(at: self.directory) else { return }
        let size = min(self.wanted, room.total / 16)
        let present = (try? files.status(at: self.path))?.size ?? 0
        guard size > 0, present >= size || room.free - size > size / 4 else { return }
        do throws(FileError) {
            let descriptor = try files.openOrCreate(self.path, mode: 0o600)
            defer { files.close(descriptor) }
            if present < size { try files.allocate(descriptor, size: size) }
            self.size = size
            self.isSpent = false
        } catch {
            try? files.remove(self.path)
            self.size = 0
        }
    }

    /// Gives the space back. Returns true when that may help.
    func spend(_ files: any FileLayer) -> Bool {
        guard self.size > 0 else { return false }
        self.size = 0
        self.isSpent = true
        do {
            try files.remove(self.path)
            return true
        } catch {
            return false
        }
    }
}
