// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`, as a dual-stack listener sees it)
/// is the IPv4 address.
package struct IPAddress: Hashable, Sendable {
    /// 32 or 128 bits, right-aligned.
    let bits: UInt128
    let isIPv4: Bool

    /// Reads the usual forms. Nil when the text is none; zone identifiers (`%eth0`) are not part of an address.
    package init?(_ text: some StringProtocol) {
        if let bits = Self.ipv4(text) {
            self.init(bits: UInt128(bits), isIPv4: true)
        } else if let bits = Self.ipv6(text) {
            let mapped = bits >> 32 == 0xFFFF
            self.init(bits: mapped ? bits & 0xFFFF_FFFF : bits, isIPv4: mapped)
        } else {
            return nil
        }
    }

    init(bits: UInt128, isIPv4: Bool) {
        self.bits = bits
        self.isIPv4 = isIPv4
    }

    private static func ipv4(_ text: some StringProtocol) -> UInt32? {
        guard text.utf8.count <= 15 else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            // No leading zeros: some programs read them as octal.
            guard (1...3).contains(part.count), part.allSatisfy(isDigit),
                part.count == 1 || part.first != UInt8(ascii: "0"),
                let number = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            result = result << 8 | UInt32(number)
        }
        return result
    }

    private static func ipv6(_ text: some StringProtocol) -> UInt128? {
        guard text.utf8.count <= 45 else { return nil }
        let halves = Self.halves(of: String(text))
        guard let head = halves.first, let left = Self.groups(head, mayEndInIPv4: halves.count == 1) else {
            return nil
        }
        guard halves.count == 2 else {
            return halves.count == 1 && left.count == 8 ? Self.join(left) : nil
        }
        guard let right = Self.groups(halves[1], mayEndInIPv4: true), left.count + right.count <= 7 else {
            return nil
        }
        return Self.join(left + Array(repeating: 0, count: 8 - left.count - right.count) + right)
    }

    /// Splits at `::`.
    private static func halves(of text: String) -> [[UInt8]] {
        var result: [[UInt8]] = [[]]
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: [0x3A, 0x3A]) {
                result.append([])
                index += 2
            } else {
                result[result.count - 1].append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func groups(_ bytes: [UInt8], mayEndInIPv4: Bool) -> [UInt16]? {
        if bytes.isEmpty { return [] }
        var result: [UInt16] = []
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let text = String(decoding: part, as: UTF8.self)
            if mayEndInIPv4, index == parts.count - 1, let address = Self.ipv4(text) {
                result.append(UInt16(address >> 16))
                result.append(UInt16(address & 0xFFFF))
            } else if (1...4).contains(part.count), !part.contains(UInt8(ascii: "+")),
                let group = UInt16(text, radix: 16)
            {
                result.append(group)
            } else {
                return nil
            }
        }
        return result
    }

    private static func join(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}

/// A network in CIDR notation, `10.0.0.0/8`, or one address.
package struct IPNetwork: Hashable, Sendable {
    package let address: IPAddress
    package let prefixLength: Int

    /// Reads `address[/length]`; bits beyond the length must be zero, as in OpenSSH.
    package init(parsing text: String) throws(ValueError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else {
            throw ValueError(
                "\(text.quoted) is not a network; write 192.0.2.0/24, 2001:db8::/32 or one address"
            )
        }
        // A mapped IPv4 network would need its length counted from the other end.
        guard !(address.isIPv4 && first.contains(":")) else {
            throw ValueError("\(text.quoted): write an IPv4 network as such, not mapped into IPv6")
        }
        let width = address.isIPv4 ? 32 : 128
        self.address = address
        guard parts.count == 2 else {
            self.prefixLength = width
            return
        }
        guard parts[1].utf8.allSatisfy(isDigit), let length = Int(parts[1]), length <= width else {
            throw ValueError("\(text.quoted) has a bad prefix length (0 to \(width))")
        }
        self.prefixLength = length
        guard Self.masked(address, to: length) == address else {
            throw ValueError("\(text.quoted) has bits set beyond its prefix length")
        }
    }

    /// Whether the address lies in this network.
    package func contains(_ other: IPAddress) -> Bool {
        other.isIPv4 == self.address.isIPv4 && Self.masked(other, to: self.prefixLength) == self.address
    }

    private static func masked(_ address: IPAddress, to length: Int) -> IPAddress {
        let hostBits = (address.isIPv4 ? 32 : 128) - length
        // A smart shift by 128 gives zero, as it should.
        return IPAddress(bits: (address.bits >> hostBits) << hostBits, isIPv4: address.isIPv4)
    }
}
