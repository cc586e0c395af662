// SPDX-License-Identifier: Apache-2.0

/// One command: its number, and the data of its request and response.
package protocol IPMICommand: Sendable {
    associatedtype Request: WireMessage
    associatedtype Response: WireMessage
    static var id: CommandID { get }
}
