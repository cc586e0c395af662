// SPDX-License-Identifier: Apache-2.0

/// A response as it travels in an IPMI message payload (IPMI v2.0 §13.8): with both checksums.
package struct IPMIResponse: Equatable, Sendable {
    /// Who asked (rqAddr).
    package var requester: UInt8
    package var requesterLUN: UInt8
    /// Who answers (rsAddr).
    package var responder: UInt8
    package var responderLUN: UInt8
    /// Copied from the request.
    package var sequence: UInt8
    /// With the even network function of the request.
    package var command: CommandID
    package var completion: CompletionCode
    package var data: ArraySlice<UInt8>

    package init(
        _ command: CommandID,
        completion: CompletionCode,
        data: ArraySlice<UInt8>,
        sequence: UInt8,
        requester: UInt8 = IPMIAddress.remoteConsole,
        requesterLUN: UInt8 = 0,
        responder: UInt8 = IPMIAddress.bmc,
        responderLUN: UInt8 = 0
    ) {
        self.command = command
        self.completion = completion
        self.data = data
        self.sequence = sequence & 0x3f
        self.requester = requester
        self.requesterLUN = requesterLUN & 0x03
        self.responder = responder
        self.responderLUN = responderLUN & 0x03
    }

    /// The answer to a request: addresses, sequence and command copied.
    package init(to request: IPMIRequest, completion: CompletionCode, data: ArraySlice<UInt8> = []) {
        self.init(
            request.command,
            completion: completion,
            data: data,
            sequence: request.sequence,
            requester: request.requester,
            requesterLUN: request.requesterLUN,
            responder: request.responder,
            responderLUN: request.responderLUN
        )
    }

    /// The successful answer to a request for a command we know.
    package init<Command: IPMICommand>(
        to request: IPMIRequest,
        _ command: Command.Type,
        _ response: Command.Response
    ) {
        self.init(to: request, completion: .success, data: response.encoded()[...])
    }

    /// Reads the data part of an answer to a command we know. Look at `completion` first: after an error the data is
    /// usually missing.
    package func decode<Command: IPMICommand>(_ command: Command.Type) throws(WireError) -> Command.Response {
        try Command.Response(decoding: self.data)
    }

    /// The message with both checksums.
    package func encoded() -> [UInt8] {
        IPMIFrame.encode(
            first: self.requester,
            second: (self.command.networkFunction.rawValue | 1) << 2 | self.requesterLUN,
            third: self.responder,
            fourth: self.sequence << 2 | self.responderLUN,
            command: self.command.command,
            completion: self.completion.rawValue,
            data: self.data
        )
    }
}
