// SPDX-License-Identifier: Apache-2.0

/// Get Channel Cipher Suites (IPMI v2.0 §22.15): a list in pages of 16 bytes. Boards list suites they lack and lack
/// suites they list, so it is a hint.
package enum GetChannelCipherSuites: IPMICommand {
    package static let id = CommandID(.application, 0x54)

    package struct Request: WireMessage {
        package var channel: UInt8
        package var payloadType: PayloadType
        /// List by suite; otherwise the algorithms only.
        package var listsBySuite: Bool
        /// Which page, 0...63.
        package var index: UInt8

        package init(
            channel: UInt8 = Channel.current,
            payloadType: PayloadType = .ipmiMessage,
            listsBySuite: Bool = true,
            index: UInt8
        ) {
            self.channel = channel & 0x0f
            self.payloadType = payloadType
            self.listsBySuite = listsBySuite
            self.index = index & 0x3f
        }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.channel = try reader.u8("channel number") & 0x0f
            self.payloadType = PayloadType(rawValue: try reader.u8("payload type"))
            let byte = try reader.u8("list index")
            self.listsBySuite = byte & 0x80 != 0
            self.index = byte & 0x3f
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.channel)
            writer.u8(self.payloadType.rawValue)
            writer.u8(self.index | (self.listsBySuite ? 0x80 : 0))
        }
    }

    package struct Response: WireMessage {
        package var channel: UInt8
        /// Up to 16 bytes of the list; fewer: this was the last page.
        package var page: ArraySlice<UInt8>

        package init(channel: UInt8, page: ArraySlice<UInt8>) {
            self.channel = channel
            self.page = page
        }

        /// Says that another page may follow.
        package var isFull: Bool { self.page.count >= CipherSuiteList.pageByteCount }

        package init(decoding reader: inout WireReader) throws(WireError) {
            self.channel = try reader.u8("channel number")
            self.page = reader.rest().prefix(CipherSuiteList.pageByteCount)
        }

        package func encode(into writer: inout WireWriter) {
            writer.u8(self.channel)
            writer.append(self.page.prefix(CipherSuiteList.pageByteCount))
        }
    }
}

/// The joined pages of Get Channel Cipher Suites: records may straddle pages.
package struct CipherSuiteList: Equatable, Sendable {
    /// One record of the list.
    package struct Record: Equatable, Sendable {
        package var id: UInt8
        /// Present in OEM records.
        package var enterprise: UInt32?
        /// Usually one; a missing integrity or confidentiality byte means none, several are a choice.
        package var authentication: [AuthenticationAlgorithm]
        package var integrity: [IntegrityAlgorithm]
        package var confidentiality: [ConfidentialityAlgorithm]

        package init(
            id: UInt8,
            enterprise: UInt32? = nil,
            authentication: [AuthenticationAlgorithm] = [],
            integrity: [IntegrityAlgorithm] = [],
            confidentiality: [ConfidentialityAlgorithm] = []
        ) {
            self.id = id
            self.enterprise = enterprise
            self.authentication = authentication
            self.integrity = integrity
            self.confidentiality = confidentiality
        }

        /// The record of a suite we speak.
        package init(_ suite: CipherSuite) {
            self.init(
                id: suite.id,
                authentication: [suite.authentication],
                integrity: [suite.integrity],
                confidentiality: [suite.confidentiality]
            )
        }
    }

    package static let pageByteCount = 16
    /// More pages than this cannot be asked for.
    package static let pageLimit = 64

    private var bytes: [UInt8] = []
    private var pageCount = 0

    package init() {}

    package init(_ records: [Record]) {
        self.bytes = records.flatMap(Self.encode)
        self.pageCount = self.bytes.count / Self.pageByteCount + 1
    }

    /// Appends the next page. Returns true when the one after it should be asked for.
    package mutating func append(_ response: GetChannelCipherSuites.Response) -> Bool {
        self.bytes.append(contentsOf: response.page)
        self.pageCount += 1
        return response.isFull && self.pageCount < Self.pageLimit
    }

    /// What a BMC with this list answers for one page; empty behind the end.
    package func page(_ index: UInt8) -> ArraySlice<UInt8> {
        self.bytes.dropFirst(Int(index) * Self.pageByteCount).prefix(Self.pageByteCount)
    }

    /// The records. Bytes outside a record (Sun ILOM's wrong tags) are passed over, a record cut off at the end is left
    /// out.
    package var records: [Record] {
        var records: [Record] = []
        var reader = WireReader(self.bytes)
        var current: Record?
        while let byte = try? reader.u8("cipher suite record") {
            switch byte {
            case 0xc0, 0xc1:
                if let current { records.append(current) }
                current = try? Self.startRecord(byte, from: &reader)
            default:
                current?.add(byte)
            }
        }
        if let current { records.append(current) }
        return records
    }

    private static func startRecord(_ start: UInt8, from reader: inout WireReader) throws(WireError) -> Record
    {
        let id = try reader.u8("cipher suite ID")
        return Record(id: id, enterprise: start == 0xc1 ? try reader.u24LE("OEM IANA number") : nil)
    }

    private static func encode(_ record: Record) -> [UInt8] {
        var writer = WireWriter()
        writer.u8(record.enterprise == nil ? 0xc0 : 0xc1)
        writer.u8(record.id)
        if let enterprise = record.enterprise { writer.u24LE(enterprise) }
        for algorithm in record.authentication { writer.u8(algorithm.rawValue) }
        for algorithm in record.integrity { writer.u8(0x40 | algorithm.rawValue) }
        for algorithm in record.confidentiality { writer.u8(0x80 | algorithm.rawValue) }
        return writer.bytes
    }
}

extension CipherSuiteList.Record {
    fileprivate mutating func add(_ byte: UInt8) {
        switch byte & 0xc0 {
        case 0x00: self.authentication.append(.init(rawValue: byte))
        case 0x40: self.integrity.append(.init(rawValue: byte))
        case 0x80: self.confidentiality.append(.init(rawValue: byte))
        default: break  // A reserved start byte: nothing we know follows.
        }
    }

    /// The suites we speak that this record offers.
    package var suites: [CipherSuite] {
        guard self.enterprise == nil else { return [] }
        let authentication = self.authentication.isEmpty ? [.none] : self.authentication
        let integrity = self.integrity.isEmpty ? [.none] : self.integrity
        let confidentiality = self.confidentiality.isEmpty ? [.none] : self.confidentiality
        return authentication.flatMap { authentication in
            integrity.flatMap { integrity in
                confidentiality.compactMap { CipherSuite(authentication, integrity, $0) }
            }
        }
    }
}
