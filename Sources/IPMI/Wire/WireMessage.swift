// SPDX-License-Identifier: Apache-2.0

/// A message or the data part of one, which both ends of the wire can write and read.
package protocol WireMessage: Equatable, Sendable {
    /// Reads the message; bytes that follow it stay in the reader, since real BMCs append some.
    init(decoding reader: inout WireReader) throws(WireError)
    /// Writes the message.
    func encode(into writer: inout WireWriter)
}

extension WireMessage {
    /// Reads the message from the start of `bytes`.
    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(bytes)
        try self.init(decoding: &reader)
    }

    /// Reads the message from the start of `bytes`.
    package init(decoding bytes: ArraySlice<UInt8>) throws(WireError) {
        var reader = WireReader(bytes)
        try self.init(decoding: &reader)
    }

    /// The message as bytes.
    package func encoded() -> [UInt8] {
        var writer = WireWriter(capacity: 48)
        self.encode(into: &writer)
        return writer.bytes
    }
}

/// The data part of a request or response that has none.
package struct NoData: WireMessage {
    package init() {}
    package init(decoding reader: inout WireReader) throws(WireError) {}
    package func encode(into writer: inout WireWriter) {}
}
