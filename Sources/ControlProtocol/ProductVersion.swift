// SPDX-License-Identifier: Apache-2.0

/// The version of Heliograph, the same in every program.
package enum ProductVersion {
    package static let text = "0.1.0"
}
