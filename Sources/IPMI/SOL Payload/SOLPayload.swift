// SPDX-License-Identifier: Apache-2.0

/// What the remote console asks the BMC to do, byte 3 of a SOL packet to the BMC (IPMI v2.0 §15.9).
package struct SOLOperation: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Throw away what the host sent and we have not got.
    package static let flushOutbound = Self(rawValue: 0x01)
    /// Throw away what we sent and the host has not taken.
    package static let flushInbound = Self(rawValue: 0x02)
    package static let dropDCDAndDSR = Self(rawValue: 0x04)
    /// De-assert CTS: the host should stop sending.
    package static let ctsPause = Self(rawValue: 0x08)
    /// Serial break of about 300 ms.
    package static let generateBreak = Self(rawValue: 0x10)
    package static let ringIndicator = Self(rawValue: 0x20)
    /// The packet named as acknowledged was not accepted: hold your output.
    package static let nack = Self(rawValue: 0x40)
}

/// What the BMC reports, byte 3 of a SOL packet from the BMC (IPMI v2.0 §15.9).
package struct SOLTransferStatus: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let breakDetected = Self(rawValue: 0x04)
    /// Output of the host was lost since the last packet.
    package static let transmitOverrun = Self(rawValue: 0x08)
    /// The payload is being taken from us.
    package static let deactivating = Self(rawValue: 0x10)
    /// Host off, or the serial line is switched elsewhere.
    package static let transferUnavailable = Self(rawValue: 0x20)
    /// The packet named as acknowledged was not, or only partly, accepted.
    package static let nack = Self(rawValue: 0x40)
}

/// SOL packet from the remote console to the BMC (IPMI v2.0 §15.9).
package struct SOLPayloadToBMC: WireMessage {
    /// 1...15; 0: no data here, do not acknowledge.
    package var sequence: UInt8
    /// The packet being acknowledged; 0: none.
    package var acknowledged: UInt8
    /// How many characters of that packet were taken.
    package var acceptedCount: UInt8
    package var operation: SOLOperation
    package var characters: ArraySlice<UInt8>

    package init(
        sequence: UInt8,
        acknowledged: UInt8 = 0,
        acceptedCount: UInt8 = 0,
        operation: SOLOperation = [],
        characters: ArraySlice<UInt8> = []
    ) {
        self.sequence = sequence & 0x0f
        self.acknowledged = acknowledged & 0x0f
        self.acceptedCount = acceptedCount
        self.operation = operation
        self.characters = characters
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.sequence = try reader.u8("packet sequence number") & 0x0f
        self.acknowledged = try reader.u8("acknowledged sequence number") & 0x0f
        self.acceptedCount = try reader.u8("accepted character count")
        self.operation = SOLOperation(rawValue: try reader.u8("operation"))
        self.characters = reader.rest()
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.sequence)
        writer.u8(self.acknowledged)
        writer.u8(self.acceptedCount)
        writer.u8(self.operation.rawValue)
        writer.append(self.characters)
    }
}

/// SOL packet from the BMC to the remote console (IPMI v2.0 §15.9).
package struct SOLPayloadFromBMC: WireMessage {
    /// 1...15; 0: no data here, do not acknowledge.
    package var sequence: UInt8
    /// The packet being acknowledged; 0: none.
    package var acknowledged: UInt8
    /// How many characters of that packet were taken.
    package var acceptedCount: UInt8
    package var status: SOLTransferStatus
    package var characters: ArraySlice<UInt8>

    package init(
        sequence: UInt8,
        acknowledged: UInt8 = 0,
        acceptedCount: UInt8 = 0,
        status: SOLTransferStatus = [],
        characters: ArraySlice<UInt8> = []
    ) {
        self.sequence = sequence & 0x0f
        self.acknowledged = acknowledged & 0x0f
        self.acceptedCount = acceptedCount
        self.status = status
        self.characters = characters
    }

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.sequence = try reader.u8("packet sequence number") & 0x0f
        self.acknowledged = try reader.u8("acknowledged sequence number") & 0x0f
        self.acceptedCount = try reader.u8("accepted character count")
        self.status = SOLTransferStatus(rawValue: try reader.u8("status"))
        self.characters = reader.rest()
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.sequence)
        writer.u8(self.acknowledged)
        writer.u8(self.acceptedCount)
        writer.u8(self.status.rawValue)
        writer.append(self.characters)
    }
}
