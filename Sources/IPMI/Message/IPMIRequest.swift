// SPDX-License-Identifier: Apache-2.0

/// A request as it travels in an IPMI message payload (IPMI v2.0 §13.8): with both checksums.
package struct IPMIRequest: Equatable, Sendable {
    /// Who is asked (rsAddr): 20h is the BMC, 81h we ourselves.
    package var responder: UInt8
    package var responderLUN: UInt8
    /// Who asks (rqAddr).
    package var requester: UInt8
    package var requesterLUN: UInt8
    /// rqSeq, 0...63: a new one for every request and retransmission.
    package var sequence: UInt8
    package var command: CommandID
    package var data: ArraySlice<UInt8>

    package init(
        _ command: CommandID,
        data: ArraySlice<UInt8>,
        sequence: UInt8,
        responder: UInt8 = IPMIAddress.bmc,
        responderLUN: UInt8 = 0,
        requester: UInt8 = IPMIAddress.remoteConsole,
        requesterLUN: UInt8 = 0
    ) {
        self.command = command
        self.data = data
        self.sequence = sequence & 0x3f
        self.responder = responder
        self.responderLUN = responderLUN & 0x03
        self.requester = requester
        self.requesterLUN = requesterLUN & 0x03
    }

    /// A request to the BMC for one of the commands we know.
    package init<Command: IPMICommand>(_ command: Command.Type, _ request: Command.Request, sequence: UInt8) {
        self.init(Command.id, data: request.encoded()[...], sequence: sequence)
    }

    /// Reads the data part of a request for a command we know.
    package func decode<Command: IPMICommand>(_ command: Command.Type) throws(WireError) -> Command.Request {
        try Command.Request(decoding: self.data)
    }

    /// The message with both checksums.
    package func encoded() -> [UInt8] {
        IPMIFrame.encode(
            first: self.responder,
            second: self.command.networkFunction.rawValue << 2 | self.responderLUN,
            third: self.requester,
            fourth: self.sequence << 2 | self.requesterLUN,
            command: self.command.command,
            completion: nil,
            data: self.data
        )
    }
}

/// The addresses that occur in messages over LAN.
package enum IPMIAddress {
    /// The management controller.
    package static let bmc: UInt8 = 0x20
    /// Remote console software number 1, as every client calls itself.
    package static let remoteConsole: UInt8 = 0x81
}
