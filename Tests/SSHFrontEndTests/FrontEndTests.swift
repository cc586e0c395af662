// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SSHFrontEnd

/// Everything that runs a door and real clients: one after the other, for they share descriptors and two cores.
@Suite("SSH front end", .serialized)
struct FrontEndTests {}

extension TestDoor {
    /// Looks at the door's numbers until they are as expected. The numbers tell nobody when they change, so this looks
    /// again and again, giving way to others in between.
    func waitForStatus(_ holds: (SSHFrontEndStatus) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: patience)
        while !holds(self.frontEnd.status) {
            guard Date() < deadline else { return false }
            sched_yield()
        }
        return true
    }
}
