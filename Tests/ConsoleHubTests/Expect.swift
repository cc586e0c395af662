// SPDX-License-Identifier: Apache-2.0

import Testing

/// `#expect` for what a mutating call returned, which the macro does not take.
func expect<Value: Equatable>(
    _ actual: Value,
    is expected: Value,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual == expected, sourceLocation: sourceLocation)
}
