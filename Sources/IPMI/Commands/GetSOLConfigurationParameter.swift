// SPDX-License-Identifier: Apache-2.0

/// Get SOL Configuration Parameters (IPMI v2.0 §26.3).
package enum GetSOLConfigurationParameter: IPMICommand {
    package static let id = CommandID(.transport, 0x22)

    package struct Request: WireMessage {
        /// Only the revision of the parameter, no data.
        package var revisionOnly: Bool
        package var channel: UInt8
        package var parameter: SOLParameterSelector
        package var setSelector: UInt8
        package var blockSelector: UInt8

        package init(
            _ parameter: SOLParameterSelector,
            channel: UInt8 = Channel.current,
            revisionOnly: Bool = false,
            setSelector: UInt8 = 0,
            blockSelector: UInt8 = 0
        ) {
            self.parameter = parameter
            self.channel = channel & 0x0f
            self.revisionOnly = revisionOnly
            self.setSelector = setSelector
            self.blockSelector = blockSelector
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            let byte = try reader.u8("channel number")
            self.revisionOnly = byte & 0x80 != 0
            self.channel = byte & 0x0f
            self.parameter = SOLParameterSelector(rawValue: try reader.u8("parameter selector"))
            self.setSelector = try reader.u8("set selector")
            self.blockSelector = try reader.u8("block selector")
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.channel | (self.revisionOnly ? 0x80 : 0))
            writer.u8(self.parameter.rawValue)
            writer.u8(self.setSelector)
            writer.u8(self.blockSelector)
        }
    }

    package struct Response: WireMessage {
        /// 11h.
        package var revision: UInt8
        package var data: ArraySlice<UInt8>

        package init(revision: UInt8 = 0x11, data: ArraySlice<UInt8>) {
            self.revision = revision
            self.data = data
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.revision = try reader.u8("parameter revision")
            self.data = reader.rest()
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.revision)
            writer.append(self.data)
        }

        /// The data read as the parameter that was asked for.
        package func value(of parameter: SOLParameterSelector) throws(WireError) -> SOLParameter {
            try SOLParameter(parameter, decoding: self.data)
        }
    }
}

/// Number of a SOL configuration parameter (IPMI v2.0 §26.2, table 26-5).
package struct SOLParameterSelector: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let setInProgress = Self(rawValue: 0)
    package static let enable = Self(rawValue: 1)
    package static let authentication = Self(rawValue: 2)
    package static let accumulate = Self(rawValue: 3)
    package static let retry = Self(rawValue: 4)
    package static let nonVolatileBitRate = Self(rawValue: 5)
    package static let volatileBitRate = Self(rawValue: 6)
    package static let payloadChannel = Self(rawValue: 7)
    package static let payloadPort = Self(rawValue: 8)
}

/// A SOL configuration parameter with its meaning.
package enum SOLParameter: Equatable, Sendable {
    case setInProgress(UInt8)
    case enable(Bool)
    case authentication(forceEncryption: Bool, forceAuthentication: Bool, minimumPrivilege: PrivilegeLevel)
    /// How long the BMC waits before it sends a partial packet, and how many characters trigger one at once.
    case accumulate(interval: Duration, threshold: UInt8)
    case retry(count: UInt8, interval: Duration)
    case nonVolatileBitRate(SOLBitRate)
    case volatileBitRate(SOLBitRate)
    case payloadChannel(UInt8)
    case payloadPort(UInt16)
    /// OEM, or one we do not know.
    case other(SOLParameterSelector, [UInt8])

    package init(_ selector: SOLParameterSelector, decoding data: ArraySlice<UInt8>) throws(WireError) {
        var reader = WireReader(data)
        switch selector {
        case .setInProgress:
            self = .setInProgress(try reader.u8("set in progress") & 0x03)
        case .enable:
            self = .enable(try reader.u8("SOL enable") & 0x01 != 0)
        case .authentication:
            let byte = try reader.u8("SOL authentication")
            self = .authentication(
                forceEncryption: byte & 0x80 != 0,
                forceAuthentication: byte & 0x40 != 0,
                minimumPrivilege: PrivilegeLevel(rawValue: byte)
            )
        case .accumulate:
            let interval = try reader.u8("character accumulate interval")
            self = .accumulate(
                interval: .milliseconds(5 * Int(interval)),
                threshold: try reader.u8("character send threshold")
            )
        case .retry:
            let count = try reader.u8("retry count") & 0x07
            self = .retry(count: count, interval: .milliseconds(10 * Int(try reader.u8("retry interval"))))
        case .nonVolatileBitRate:
            self = .nonVolatileBitRate(SOLBitRate(rawValue: try reader.u8("non-volatile bit rate")))
        case .volatileBitRate:
            self = .volatileBitRate(SOLBitRate(rawValue: try reader.u8("volatile bit rate")))
        case .payloadChannel:
            self = .payloadChannel(try reader.u8("payload channel") & 0x0f)
        case .payloadPort:
            self = .payloadPort(try reader.u16LE("payload port number"))
        default:
            self = .other(selector, Array(data))
        }
    }

    /// The number under which this parameter is asked for.
    package var selector: SOLParameterSelector {
        switch self {
        case .setInProgress: .setInProgress
        case .enable: .enable
        case .authentication: .authentication
        case .accumulate: .accumulate
        case .retry: .retry
        case .nonVolatileBitRate: .nonVolatileBitRate
        case .volatileBitRate: .volatileBitRate
        case .payloadChannel: .payloadChannel
        case .payloadPort: .payloadPort
        case .other(let selector, _): selector
        }
    }

    /// The data as a BMC answers it. Durations are rounded down to the wire's steps and cut to what a byte holds.
    package func encoded() -> [UInt8] {
        var writer = WireWriter(capacity: 2)
        switch self {
        case .setInProgress(let state): writer.u8(state)
        case .enable(let isEnabled): writer.u8(isEnabled ? 1 : 0)
        case .authentication(let encryption, let authentication, let privilege):
            writer.u8(privilege.rawValue | (encryption ? 0x80 : 0) | (authentication ? 0x40 : 0))
        case .accumulate(let interval, let threshold):
            writer.u8(Self.steps(of: 5, in: interval))
            writer.u8(threshold)
        case .retry(let count, let interval):
            writer.u8(count & 0x07)
            writer.u8(Self.steps(of: 10, in: interval))
        case .nonVolatileBitRate(let rate), .volatileBitRate(let rate): writer.u8(rate.rawValue)
        case .payloadChannel(let channel): writer.u8(channel)
        case .payloadPort(let port): writer.u16LE(port)
        case .other(_, let data): writer.append(data)
        }
        return writer.bytes
    }

    private static func steps(of milliseconds: Int, in interval: Duration) -> UInt8 {
        UInt8(clamping: Int(interval / .milliseconds(milliseconds)))
    }
}

/// Serial bit rate of SOL.
package struct SOLBitRate: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0x0f
    }

    /// What the serial configuration of the host says.
    package static let unchanged = Self(rawValue: 0)
    package static let rate9600 = Self(rawValue: 6)
    package static let rate19200 = Self(rawValue: 7)
    package static let rate38400 = Self(rawValue: 8)
    package static let rate57600 = Self(rawValue: 9)
    package static let rate115200 = Self(rawValue: 10)

    /// Bits per second; nil for "unchanged" and reserved numbers.
    package var bitsPerSecond: Int? {
        switch self {
        case .rate9600: 9_600
        case .rate19200: 19_200
        case .rate38400: 38_400
        case .rate57600: 57_600
        case .rate115200: 115_200
        default: nil
        }
    }
}
