// SPDX-License-Identifier: Apache-2.0

/// Why a session ended: a stable code, where it happened, and what to do next.
///
/// The code is the same string in the log, in `helio status`, in metrics and in the manual.
package struct SessionError: Error, Equatable, Sendable, CustomStringConvertible {
    package var code: Code
    package var stage: SessionStage
    /// What exactly the BMC said or did not say; one line, empty if the code says it all.
    package var detail: String

    package init(_ code: Code, stage: SessionStage, detail: String = "") {
        self.code = code
        self.stage = stage
        self.detail = detail
    }

    package var remedy: String { self.code.remedy }
    package var retry: RetryClass { self.code.retry }

    package var description: String {
        let head = "\(self.code.rawValue) (\(self.stage.rawValue))"
        return self.detail.isEmpty ? head : "\(head): \(self.detail)"
    }
}
