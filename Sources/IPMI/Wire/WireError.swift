// SPDX-License-Identifier: Apache-2.0

/// Why a message could not be read: always names the field of the specification at which reading stopped.
package enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The message ended inside or before this field.
    case truncated(field: String, needed: Int, available: Int)
    /// The field holds a value that no reading of the specification allows.
    case invalid(field: String, value: UInt64)
    /// The checksum named does not match the bytes it covers.
    case checksum(field: String)

    /// The field of the specification that was missing or wrong.
    package var field: String {
        switch self {
        case .truncated(let field, _, _), .invalid(let field, _), .checksum(let field): field
        }
    }

    package var description: String {
        switch self {
        case .truncated(let field, let needed, let available):
            "\(field): \(needed) bytes needed, \(available) present"
        case .invalid(let field, let value):
            "\(field): value \(value) is not allowed"
        case .checksum(let field):
            "\(field) does not match"
        }
    }
}
