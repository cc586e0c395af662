// SPDX-License-Identifier: Apache-2.0

/// The content of an IPMI message payload: a request or a response, told apart by the lowest bit of the network
/// function. Either may come from either side (SOL Activating is a request of the BMC).
package enum IPMIMessage: Equatable, Sendable {
    case request(IPMIRequest)
    case response(IPMIResponse)

    /// What to do about a wrong checksum.
    package enum ChecksumPolicy: Sendable {
        /// Refuse the message.
        case insist
        /// Some Supermicro boards send wrong ones; inside an integrity-protected session they protect nothing.
        /// `checksumsAreValid` tells for the counters.
        case ignore
    }

    /// Reads a whole message; the last byte is the second checksum.
    package init(decoding bytes: [UInt8], checksums: ChecksumPolicy = .insist) throws(WireError) {
        try self.init(decoding: bytes[...], checksums: checksums)
    }

    /// Reads a whole message; the last byte is the second checksum.
    package init(decoding bytes: ArraySlice<UInt8>, checksums: ChecksumPolicy = .insist) throws(WireError) {
        var reader = WireReader(bytes)
        let first = try reader.u8("first address")
        let second = try reader.u8("network function")
        try reader.skip(1, "checksum 1")
        let third = try reader.u8("second address")
        let fourth = try reader.u8("request sequence")
        let number = try reader.u8("command")
        let isResponse = second & 0x04 != 0
        let completion = isResponse ? try reader.u8("completion code") : 0
        guard !reader.isAtEnd else { throw .truncated(field: "checksum 2", needed: 1, available: 0) }
        let data = try reader.slice(reader.remaining - 1, "message data")
        if checksums == .insist { try IPMIFrame.verifyChecksums(bytes) }

        let command = CommandID(NetworkFunction(rawValue: second >> 2), number)
        if isResponse {
            self = .response(
                IPMIResponse(
                    command,
                    completion: CompletionCode(rawValue: completion),
                    data: data,
                    sequence: fourth >> 2,
                    requester: first,
                    requesterLUN: second,
                    responder: third,
                    responderLUN: fourth
                )
            )
        } else {
            self = .request(
                IPMIRequest(
                    command,
                    data: data,
                    sequence: fourth >> 2,
                    responder: first,
                    responderLUN: second,
                    requester: third,
                    requesterLUN: fourth
                )
            )
        }
    }

    /// Says whether both checksums of a message match; false also for one that is too short to have them.
    package static func checksumsAreValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? IPMIFrame.verifyChecksums(bytes)) != nil
    }

    /// The message with both checksums.
    package func encoded() -> [UInt8] {
        switch self {
        case .request(let request): request.encoded()
        case .response(let response): response.encoded()
        }
    }
}

/// What requests and responses have in common: six bytes of header, the data, and two checksums.
package enum IPMIFrame {
    /// Two's complement of the sum: covered bytes and checksum add up to 0 modulo 256.
    package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt8 {
        0 &- bytes.reduce(0, &+)
    }

    fileprivate static func verifyChecksums(_ bytes: ArraySlice<UInt8>) throws(WireError) {
        var reader = WireReader(bytes)
        let header = try reader.slice(3, "checksum 1")
        guard Self.checksum(header) == 0 else { throw .checksum(field: "checksum 1") }
        guard reader.remaining >= 4 else {
            throw .truncated(field: "checksum 2", needed: 4, available: reader.remaining)
        }
        guard Self.checksum(reader.rest()) == 0 else { throw .checksum(field: "checksum 2") }
    }

    static func encode(
        first: UInt8,
        second: UInt8,
        third: UInt8,
        fourth: UInt8,
        command: UInt8,
        completion: UInt8?,
        data: ArraySlice<UInt8>
    ) -> [UInt8] {
        var writer = WireWriter(capacity: data.count + 8)
        writer.u8(first)
        writer.u8(second)
        writer.u8(0 &- (first &+ second))
        writer.u8(third)
        writer.u8(fourth)
        writer.u8(command)
        if let completion { writer.u8(completion) }
        writer.append(data)
        writer.u8(Self.checksum(writer.bytes[3...]))
        return writer.bytes
    }
}
