// SPDX-License-Identifier: Apache-2.0

/// Network function: the family a command belongs to (IPMI v2.0 §5.1). Always the even number of the request; framing
/// adds 1 to make that of the response.
package struct NetworkFunction: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x3e
    }

    package static let chassis = Self(rawValue: 0x00)
    package static let sensorEvent = Self(rawValue: 0x04)
    package static let application = Self(rawValue: 0x06)
    package static let firmware = Self(rawValue: 0x08)
    package static let storage = Self(rawValue: 0x0a)
    package static let transport = Self(rawValue: 0x0c)
    package static let groupExtension = Self(rawValue: 0x2c)
    package static let oem = Self(rawValue: 0x2e)
}

/// A command's full name on the wire: network function and command number.
package struct CommandID: Hashable, Sendable, CustomStringConvertible {
    package var networkFunction: NetworkFunction
    package var command: UInt8

    package init(_ networkFunction: NetworkFunction, _ command: UInt8) {
        self.networkFunction = networkFunction
        self.command = command
    }

    package var description: String {
        let number = String(self.command, radix: 16)
        return "netFn \(String(self.networkFunction.rawValue, radix: 16))h command \(number)h"
    }
}
