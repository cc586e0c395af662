// SPDX-License-Identifier: Apache-2.0

/// One attached operator, for as long as the attachment lasts. Unique in the process.
package struct ReaderID: Hashable, Sendable {
    package var rawValue: UInt64

    /// Stands for input that no attached operator typed.
    package static let nobody = ReaderID(rawValue: 0)

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// What an operator asks of the pen, at attach or later.
package enum PenRequest: String, Equatable, Sendable, CaseIterable {
    /// Take the pen when it is free, else watch.
    case readWrite = "read-write"
    /// Watch only.
    case readOnly = "read-only"
    /// Take the pen from whoever has it.
    case force = "force"
    /// Share the pen with whoever has it.
    case join = "join"
}

/// Who may type: the holder of the pen and those who joined.
///
/// A pen that becomes free stays free until somebody asks for it: a spectator must not find out by accident
/// that what is typed now reaches the machine.
package struct WriterLease: Equatable, Sendable {
    /// What a request came to.
    package enum Outcome: Equatable, Sendable {
        /// The asker has the pen now; nobody else had it.
        case granted
        /// The asker has the pen now; this one lost it and becomes a spectator.
        case taken(from: [ReaderID])
        /// The asker writes beside these.
        case joined(with: [ReaderID])
        /// Somebody else has it: the asker watches.
        case refused(holder: ReaderID)
        /// The asker watches, as asked.
        case watching
    }

    /// Everybody who may type, in the order in which they came. Empty: the pen is free.
    package private(set) var writers: [ReaderID] = []

    package init() {}

    package func mayWrite(_ reader: ReaderID) -> Bool { self.writers.contains(reader) }

    /// Asks for a mode, at attach or later.
    package mutating func request(_ mode: PenRequest, by reader: ReaderID) -> Outcome {
        let others = self.writers.filter { $0 != reader }
        switch mode {
        case .readOnly:
            self.writers = others
            return .watching
        case .readWrite:
            guard let holder = others.first, !self.mayWrite(reader) else {
                self.admit(reader)
                return .granted
            }
            return .refused(holder: holder)
        case .force:
            self.writers = [reader]
            return others.isEmpty ? .granted : .taken(from: others)
        case .join:
            self.admit(reader)
            return others.isEmpty ? .granted : .joined(with: others)
        }
    }

    /// Forgets a reader who left. True when the pen became free by this.
    package mutating func release(_ reader: ReaderID) -> Bool {
        guard let index = self.writers.firstIndex(of: reader) else { return false }
        self.writers.remove(at: index)
        return self.writers.isEmpty
    }

    private mutating func admit(_ reader: ReaderID) {
        if !self.mayWrite(reader) { self.writers.append(reader) }
    }
}
