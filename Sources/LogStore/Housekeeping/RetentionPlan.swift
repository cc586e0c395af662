// SPDX-License-Identifier: Apache-2.0

/// Decides which closed files are deleted: those too old, then the oldest until the rest fits.
struct RetentionPlan: Equatable {
    struct File: Equatable {
        var path: String
        var size: Int64
        var closed: WallTime
    }

    /// Why a file goes.
    enum Reason: String, Equatable {
        case age, total
        case freeSpace = "free-space"
    }

    struct Deletion: Equatable {
        var file: File
        var reason: Reason
    }

    private(set) var deletions: [Deletion] = []

    init(_ files: [File], _ retention: LogStoreConfiguration.Retention, room: FileSystemRoom, now: WallTime) {
        var total = files.reduce(0) { $0 + $1.size }
        var free = room.free
        let wantedFree: Int64 =
            switch retention.minimumFree {
            case .none: 0
            case .bytes(let count): count
            case .percent(let share): Int64(Double(room.total) * share / 100)
            }
        for file in files.sorted(by: { ($0.closed, $0.path) < ($1.closed, $1.path) }) {
            let reason: Reason
            if let age = retention.age, file.closed < now - age {
                reason = .age
            } else if let limit = retention.byteCount, total > limit {
                reason = .total
            } else if free < wantedFree {
                reason = .freeSpace
            } else {
                return
            }
            self.deletions.append(Deletion(file: file, reason: reason))
            total -= file.size
            free += file.size
        }
    }
}
