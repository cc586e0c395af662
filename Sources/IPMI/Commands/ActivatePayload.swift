// SPDX-License-Identifier: Apache-2.0

/// Activate Payload for SOL (IPMI v2.0 §24.1): from here on console characters flow.
package enum ActivatePayload: IPMICommand {
    package static let id = CommandID(.application, 0x48)

    /// Completion codes of this command.
    package enum Code {
        /// On another session, or on ours: ask Get Payload Instance Info which.
        package static let alreadyActive = CompletionCode(rawValue: 0x80)
        package static let payloadTypeDisabled = CompletionCode(rawValue: 0x81)
        package static let activationLimitReached = CompletionCode(rawValue: 0x82)
        package static let cannotActivateWithEncryption = CompletionCode(rawValue: 0x83)
        package static let cannotActivateWithoutEncryption = CompletionCode(rawValue: 0x84)
    }

    /// First auxiliary byte for SOL.
    package struct Options: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Start with CTS and DCD/DSR de-asserted: the host may be held until we assert them. Some boards refuse it.
        package static let handshakeDeasserted = Self(rawValue: 0x02)
        /// Serial alerts wait while SOL is active. Windmill and Winterfell ignore input without it.
        package static let alertsDeferred = Self(rawValue: 0x04)
        package static let alertsSucceed = Self(rawValue: 0x08)
        package static let testMode = Self(rawValue: 0x20)
        package static let authenticated = Self(rawValue: 0x40)
        package static let encrypted = Self(rawValue: 0x80)
    }

    package struct Request: WireMessage {
        package var payload: PayloadInstance
        package var options: Options

        package init(_ payload: PayloadInstance = .sol, options: Options) {
            self.payload = payload
            self.options = options
        }

        /// What no known firmware objects to: as protected as the suite allows, alerts deferred, handshake asserted.
        package init(_ payload: PayloadInstance = .sol, suite: CipherSuite) {
            var options: Options = [.alertsDeferred]
            if suite.isAuthenticated { options.insert(.authenticated) }
            if suite.isEncrypted { options.insert(.encrypted) }
            self.init(payload, options: options)
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.payload = try PayloadInstance(decoding: &reader)
            self.options = Options(rawValue: try reader.u8("auxiliary request data"))
            try reader.skip(3, "auxiliary request data")
        }

        package func encode(into writer: inout WireWriter) {
            self.payload.encode(into: &writer)
            writer.u8(self.options.rawValue)
            writer.zeros(3)
        }
    }

    package struct Response: WireMessage {
        /// Bit 0 of the first byte: test mode is active.
        package var auxiliary: UInt32
        /// Largest SOL payload, header included, that the BMC takes; may be senseless or byte-swapped.
        package var inboundPayloadSize: UInt16
        /// Largest it sends; OpenBMC exceeds it by the header.
        package var outboundPayloadSize: UInt16
        /// Normally the one in use; 28418 is 623 with its bytes swapped.
        package var port: UInt16
        /// FFFFh: none.
        package var vlan: UInt16

        package init(
            auxiliary: UInt32 = 0,
            inboundPayloadSize: UInt16,
            outboundPayloadSize: UInt16,
            port: UInt16 = 623,
            vlan: UInt16 = 0xffff
        ) {
            self.auxiliary = auxiliary
            self.inboundPayloadSize = inboundPayloadSize
            self.outboundPayloadSize = outboundPayloadSize
            self.port = port
            self.vlan = vlan
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.auxiliary = try reader.u32LE("auxiliary response data")
            self.inboundPayloadSize = try reader.u16LE("inbound payload size")
            self.outboundPayloadSize = try reader.u16LE("outbound payload size")
            self.port = try reader.u16LE("payload UDP port number")
            self.vlan = try reader.u16LE("payload VLAN number")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u32LE(self.auxiliary)
            writer.u16LE(self.inboundPayloadSize)
            writer.u16LE(self.outboundPayloadSize)
            writer.u16LE(self.port)
            writer.u16LE(self.vlan)
        }
    }
}

/// Payload type and instance, as the payload commands name them. Nearly all BMCs have one instance.
package struct PayloadInstance: Hashable, WireMessage {
    package var type: PayloadType
    /// From 1.
    package var instance: UInt8

    package init(_ type: PayloadType, instance: UInt8) {
        self.type = type
        self.instance = instance & 0x0f
    }

    /// The one everybody uses.
    package static let sol = Self(.sol, instance: 1)

    package init(decoding reader: inout WireReader) throws(WireError) {
        self.type = PayloadType(rawValue: try reader.u8("payload type"))
        self.instance = try reader.u8("payload instance") & 0x0f
    }

    package func encode(into writer: inout WireWriter) {
        writer.u8(self.type.rawValue)
        writer.u8(self.instance)
    }
}
